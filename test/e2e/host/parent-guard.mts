/** Preloaded into n8n: ends its whole process group when the process that started it is gone. */
process.once('disconnect', () => {
	process.kill(-process.pid, 'SIGKILL');
});
process.channel?.unref();
