import base from '../vitest.config.mts';

/** What takes minutes of real time, such as n8n's own polls: too long for every submission. */
export default {
	...base,
	test: { ...base.test, name: 'nightly', include: ['test/e2e/nightly/*.e2e.test.mts'] },
};
