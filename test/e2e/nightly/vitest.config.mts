import base from '../vitest.config.mts';

/** What takes minutes, such as n8n's own polls and every example in an editor: too long for each submission. */
export default {
	...base,
	test: {
		...base.test,
		name: 'nightly',
		include: ['test/e2e/nightly/*.e2e.test.mts', 'test/e2e/editor.e2e.test.mts'],
		env: { EDITOR_THEMES: process.env['EDITOR_THEMES'] ?? 'dark' },
	},
};
