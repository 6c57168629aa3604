// Loads what n8n loads of the package, over what every n8n has loaded already, and prints what that cost.
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const root = path.join(__dirname, '..', '..');
const { nodes, credentials } = require(path.join(root, 'package.json')).n8n;
const fromRoot = require('node:module').createRequire(path.join(root, 'package.json'));

/** Wall time, unless other programs took the processor away meanwhile. */
const costMs = (load) => {
	const startedAt = performance.now();
	const cpuBefore = process.cpuUsage();
	load();
	const { user, system } = process.cpuUsage(cpuBefore);
	return Math.min(performance.now() - startedAt, (user + system) / 1_000);
};

const hostMs = costMs(() => ['n8n-workflow', 'zod/v4'].forEach((name) => fromRoot(name)));

const memory = () => {
	globalThis.gc();
	const { rss, heapUsed } = process.memoryUsage();
	return { rss, heapUsed };
};
const mib = (bytes) => bytes / 1024 ** 2;

const modulesBefore = Object.keys(require.cache).length;
const before = memory();
const packageMs = costMs(() => [...credentials, ...nodes].forEach((file) => fromRoot(`./${file}`)));
const after = memory();
const loaded = Object.keys(require.cache);

process.stdout.write(
	JSON.stringify({
		hostMs,
		packageMs,
		rssMib: mib(after.rss - before.rss),
		heapMib: mib(after.heapUsed - before.heapUsed),
		loadsUndici: loaded.some((file) => file.includes(`${path.sep}undici${path.sep}`)),
		modules: loaded.length - modulesBefore,
	}),
);
