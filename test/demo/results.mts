import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Table from 'cli-table3';
import type { INodeExecutionData } from 'n8n-workflow';
import { parsedSeconds } from '../support/audio.mts';
import type { RunResult } from '../support/engine/index.mts';
import { say } from './progress.mts';
import { outputDirectory, type Stage } from './stage.mts';

export interface SavedFile {
	/** Relative to the output folder. */
	readonly name: string;
	readonly bytes: Buffer;
}

/** Writes a binary field of a row to the output folder, under the name that the node gave it. */
export async function saveFile(
	{ engine }: Pick<Stage, 'engine'>,
	row: INodeExecutionData | undefined,
	folder: string,
	field = 'data',
): Promise<SavedFile> {
	const bytes = await engine.binary.read(row, field);
	const fileName = row?.binary?.[field]?.fileName ?? field;
	await mkdir(path.join(outputDirectory, folder), { recursive: true });
	await writeFile(path.join(outputDirectory, folder, fileName), bytes);
	return { name: path.join(folder, fileName), bytes };
}

/** Seconds of sound in an MP3, counted frame by frame; throws when there are none. */
export async function playingSeconds({ name, bytes }: SavedFile): Promise<number> {
	const seconds = await parsedSeconds(bytes, 'audio/mpeg', 'frames');
	if (!(seconds > 0)) throw new Error(`${name} cannot be played`);
	return seconds;
}

/** How many requests the nodes of a run made for an item, tries included. */
export function requestsOf({ logs }: RunResult, item: number, endpoint?: string): number {
	return logs.filter(
		({ message, metadata }) =>
			message.startsWith('FishSpeech call') &&
			metadata['item'] === item &&
			(endpoint === undefined || metadata['path'] === endpoint),
	).length;
}

export type Cell = string | number;

export function showTable(head: readonly string[], rows: readonly Cell[][]): void {
	const table = new Table({ head: [...head], style: { head: [], border: [] } });
	table.push(...rows);
	say(table.toString());
}
