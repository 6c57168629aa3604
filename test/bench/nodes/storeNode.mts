import { Readable } from 'node:stream';
import type { INodeType } from 'n8n-workflow';
import { describeNode } from '../../support/engine/index.mts';
import { builtModule } from '../builtModule.mts';
import { measured } from '../measure.mts';
import { speechLike } from '../server/speechLike.mts';

const { createAudioScanner } = builtModule<
	typeof import('../../../nodes/shared/audio/audioScanner.ts')
>('shared/audio/audioScanner');

/** As they come from a TLS connection. */
const CHUNK_BYTES = 16 * 1024;

/**
 * Stores a number of MP3 files as a download does, each chunk shown to the scanner that the package's sink feeds. Says
 * what all of it cost, and what of that was the scanner's, which waits for nothing: its time is its CPU time.
 */
export const storeNode: INodeType = {
	description: describeNode('storeNode', {
		properties: [
			{ displayName: 'Files', name: 'files', type: 'number', default: 1 },
			{ displayName: 'Bytes', name: 'bytes', type: 'number', default: 1 },
		],
	}),
	async execute() {
		const files = Number(this.getNodeParameter('files', 0));
		const content = speechLike(Number(this.getNodeParameter('bytes', 0)));
		let seconds = 0;
		let scanMs = 0;
		const scanning = <T,>(work: () => T): T => {
			const startedMs = performance.now();
			const result = work();
			scanMs += performance.now() - startedMs;
			return result;
		};
		const { cpuMs } = await measured(async () => {
			for (let file = 0; file < files; file += 1) {
				const scanner = scanning(() => createAudioScanner());
				const chunks = function* () {
					for (let at = 0; at < content.length; at += CHUNK_BYTES) {
						const chunk = content.subarray(at, at + CHUNK_BYTES);
						scanning(() => scanner.push(chunk));
						yield chunk;
					}
				};
				await this.helpers.prepareBinaryData(
					Readable.from(chunks(), { objectMode: false }),
					`${file}.mp3`,
					'audio/mpeg',
				);
				seconds += scanning(() => scanner.finish())?.durationSeconds ?? 0;
			}
		});
		return [[{ json: { cpuMs, scanMs, seconds } }]];
	},
};
