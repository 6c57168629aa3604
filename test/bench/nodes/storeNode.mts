import { Readable } from 'node:stream';
import type { INodeType } from 'n8n-workflow';
import { describeNode } from '../../support/engine/index.mts';
import { builtModule } from '../builtModule.mts';
import { measured } from '../measure.mts';
import { speechLike } from '../server/speechLike.mts';

const { createAudioScanner } =
	builtModule<typeof import('../../../nodes/shared/audio/audioScan.ts')>('shared/audio/audioScan');
const { mp4DurationMeter } = builtModule<
	typeof import('../../../nodes/shared/audio/mp4Duration.ts')
>('shared/audio/mp4Duration');

/** As they come from a TLS connection. */
const CHUNK_BYTES = 16 * 1024;

/** Stores a number of MP3 files as a download would, with or without the meters that the package's sink feeds. */
export const storeNode: INodeType = {
	description: describeNode('storeNode', {
		properties: [
			{ displayName: 'Mode', name: 'mode', type: 'string', default: 'plain' },
			{ displayName: 'Files', name: 'files', type: 'number', default: 1 },
			{ displayName: 'Bytes', name: 'bytes', type: 'number', default: 1 },
		],
	}),
	async execute() {
		const isMeasured = this.getNodeParameter('mode', 0) === 'measured';
		const files = Number(this.getNodeParameter('files', 0));
		const content = speechLike(Number(this.getNodeParameter('bytes', 0)));
		let seconds = 0;
		const { cpuMs } = await measured(async () => {
			for (let file = 0; file < files; file += 1) {
				const [audio, video] = [createAudioScanner(), mp4DurationMeter()];
				const chunks = function* () {
					for (let at = 0; at < content.length; at += CHUNK_BYTES) {
						const chunk = content.subarray(at, at + CHUNK_BYTES);
						if (isMeasured) {
							audio.push(chunk);
							video.push(chunk);
						}
						yield chunk;
					}
				};
				await this.helpers.prepareBinaryData(
					Readable.from(chunks(), { objectMode: false }),
					`${file}.mp3`,
					'audio/mpeg',
				);
				if (isMeasured) seconds += audio.finish()?.durationSeconds ?? video.finish() ?? 0;
			}
		});
		return [[{ json: { cpuMs, seconds } }]];
	},
};
