import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

import { REPOSITORY_ROOT } from '../host/runtime.mts';

/** `npm run docs:images` sets it: the same suites then keep what they see. */
const TAKES_PICTURES = process.env['DOCS_IMAGES'] === 'true';

/** Takes a picture for the documentation; does nothing in ordinary runs. */
export async function picture(page: Page, file: string): Promise<void> {
	if (!TAKES_PICTURES) return;
	const target = path.join(REPOSITORY_ROOT, file);
	await mkdir(path.dirname(target), { recursive: true });
	await page.screenshot({ path: target, caret: 'hide', animations: 'disabled' });
}

/** What the browser showed when a test failed, in the repository's cache folder. */
export async function pictureOfFailure(page: Page, testName: string): Promise<void> {
	const name = testName.replace(/\W+/g, '-');
	const target = path.join(REPOSITORY_ROOT, '.cache/e2e-failures', `${name}.png`);
	await page.screenshot({ path: target });
	process.stdout.write(`[e2e] The page at the failure: ${target}\n`);
}
