import { type BrowserContext, type Page, chromium, selectors } from 'playwright-core';

import type { N8nClient } from './n8n-client.mts';

export interface EditorOptions {
	readonly client: N8nClient;
	readonly chromiumPath: string;
	readonly colorScheme: 'light' | 'dark';
	/** Whether the page starts with the client's session; a person's path starts without. */
	readonly signedIn?: boolean;
}

/** A page of n8n's editor and what its console complained about. */
export interface Editor extends AsyncDisposable {
	readonly page: Page;
	/** Console errors and uncaught exceptions, each with the place it came from. */
	readonly errors: readonly string[];
}

// How n8n's editor spells it.
selectors.setTestIdAttribute('data-test-id');

const VIEWPORT = { width: 1440, height: 900 };
const CHROMIUM_FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--disable-dev-shm-usage',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
];

/** Opens a browser that reaches nothing but loopback. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
	const { client, chromiumPath, colorScheme, signedIn = true } = options;
	const browser = await chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_FLAGS });
	try {
		const context = await browser.newContext({
			viewport: VIEWPORT,
			colorScheme,
			// Pictures of a half faded-in page are of no use.
			reducedMotion: 'reduce',
		});
		await stayOnLoopback(context);
		if (signedIn) await shareSession(context, client);
		const page = await context.newPage();
		const errors = collectErrors(page);
		return { page, errors, [Symbol.asyncDispose]: async () => await browser.close() };
	} catch (error) {
		await browser.close();
		throw error;
	}
}

async function stayOnLoopback(context: BrowserContext): Promise<void> {
	await context.route(
		(url) => url.hostname !== '127.0.0.1' && url.protocol.startsWith('http'),
		// Answered instead of refused: a refusal would stand in the console as an error.
		async (route) => await route.fulfill({ status: 204 }),
	);
}

async function shareSession(context: BrowserContext, client: N8nClient): Promise<void> {
	await context.addInitScript((browserId) => {
		localStorage.setItem('n8n-browserId', browserId);
	}, client.browserId);
	await context.addCookies([{ ...client.authCookie, url: client.baseUrl }]);
}

function collectErrors(page: Page): readonly string[] {
	const errors: string[] = [];
	page.on('console', (message) => {
		if (message.type() !== 'error') return;
		errors.push(`${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
	return errors;
}
