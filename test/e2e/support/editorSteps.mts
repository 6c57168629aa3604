import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import { OWNER } from '../host/n8n-client.mts';

/** What a person does in n8n's editor, step by step, found by n8n's own test ids. */
export class EditorSteps {
	constructor(
		readonly page: Page,
		private readonly baseUrl: string,
	) {
		page.setDefaultTimeout(60_000);
	}

	byId(id: string): Locator {
		return this.page.getByTestId(id);
	}

	async signIn(): Promise<void> {
		await this.page.goto(`${this.baseUrl}/signin`);
		await this.page.getByLabel('Email').fill(OWNER.email);
		await this.page.getByLabel('Password').fill(OWNER.password);
		await this.page.getByRole('button', { name: 'Sign in' }).click();
		await this.page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	}

	/** A new workflow with a manual trigger. */
	async startWorkflow(): Promise<void> {
		await this.page.goto(`${this.baseUrl}/workflow/new`);
		await this.byId('canvas-plus-button').click();
		await this.byId('node-creator-search-bar').fill('Trigger manually');
		await this.byId('node-creator-node-item').filter({ hasText: 'Trigger manually' }).click();
		await this.byId('canvas-trigger-node').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.baseUrl}/workflow/${id}`);
		await this.byId('canvas-node').first().waitFor();
		// Icons come one by one, after the nodes.
		await this.page.waitForLoadState('networkidle');
		await this.byId('zoom-to-fit').click();
	}

	/** Opens the node panel behind the last node and looks for nodes. */
	async search(text: string): Promise<Locator> {
		await this.byId('canvas-handle-plus').last().click();
		await this.byId('node-creator-search-bar').fill(text);
		const found = this.byId('node-creator-action-item').or(this.byId('node-creator-node-item'));
		await found.first().waitFor();
		return found;
	}

	/** Picks an operation of a node that the search has found; its panel opens. */
	async addAction(nodeName: string, action: string): Promise<void> {
		await this.byId('node-creator-item-name').filter({ hasText: nodeName }).first().click();
		await this.byId('node-creator-item-name').filter({ hasText: action }).click();
		await this.byId('ndv').waitFor();
	}

	/** Makes the first credential from within the node's panel; the dialog closes when its test has passed. */
	async createCredential(fields: Readonly<Record<string, string>>): Promise<void> {
		await this.page.getByRole('button', { name: 'Connect to FishSpeech' }).click();
		for (const [name, value] of Object.entries(fields))
			await this.field(name).locator('input').fill(value);
		await this.byId('credential-save-button').click();
		await this.byId('credential-edit-dialog').waitFor({ state: 'hidden' });
	}

	/** Opens the node's credential, which n8n tests again. */
	async openCredential(): Promise<Locator> {
		await this.byId('credential-edit-button').click();
		const dialog = this.byId('credential-edit-dialog');
		await dialog.waitFor();
		return dialog;
	}

	async closeCredential(): Promise<void> {
		// Escape would close the node's panel as well.
		await this.byId('editCredential-modal').locator('.el-dialog__headerbtn').click();
		await this.byId('credential-edit-dialog').waitFor({ state: 'hidden' });
	}

	field(name: string): Locator {
		return this.byId(`parameter-input-${name}`);
	}

	/** Picks an entry of a resource locator's list. */
	async pick(parameter: string, entry: string): Promise<void> {
		await this.byId(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
		await this.byId('rlc-item').filter({ hasText: entry }).click();
	}

	/** Opens a node of the canvas by its name. */
	async openNode(name: string): Promise<void> {
		await this.byId('canvas-node').filter({ hasText: name }).first().dblclick();
		await this.byId('ndv').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.byId('ndv-close-button').click();
		await this.byId('ndv').waitFor({ state: 'hidden' });
	}

	async executeStep(): Promise<void> {
		await this.byId('node-execute-button').click();
		await this.byId('output-panel').getByTestId('ndv-items-count').first().waitFor();
	}

	/** No red mark in an open panel or on the canvas. */
	async expectNoIssues(): Promise<void> {
		expect(await this.byId('node-issues').count()).toBe(0);
		expect(await this.byId('parameter-issues').count()).toBe(0);
		expect(await this.page.locator('.has-issues').count()).toBe(0);
	}

	/** Each picture in the element has been loaded, and there is at least one. */
	async expectIcons(element: Locator): Promise<void> {
		const images = element.locator('img');
		await images.first().waitFor();
		const widths = await images.evaluateAll(async (found) => {
			const loaded = found.filter((image) => image instanceof HTMLImageElement);
			await Promise.all(loaded.map(async (image) => await image.decode().catch(() => undefined)));
			return loaded.map(({ naturalWidth }) => naturalWidth);
		});
		expect(widths.every((width) => width > 0)).toBe(true);
	}
}
