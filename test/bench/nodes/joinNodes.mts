import { Readable } from 'node:stream';
import type { IBinaryData, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { describeNode, type Engine, type InputItem } from '../../support/engine/index.mts';
import { builtModule } from '../builtModule.mts';
import { measured } from '../measure.mts';
import { speechLike } from '../server/speechLike.mts';

const { joinParts } = builtModule<
	typeof import('../../../nodes/FishSpeechTextToSpeech/parts/audioParts.ts')
>('FishSpeechTextToSpeech/parts/audioParts');
const { createAudioScanner } = builtModule<
	typeof import('../../../nodes/shared/audio/audioScanner.ts')
>('shared/audio/audioScanner');
const { BinaryStore } = builtModule<
	typeof import('../../../nodes/shared/host/media/binaryStore.ts')
>('shared/host/media/binaryStore');

/** As long as people leave between two speakers. */
const PAUSE_MS = 300;
const FILE_STEM = 'joined';
const MIME_TYPE = 'audio/mpeg';

/** Parts as finished requests leave them: files in the store, one an item. */
export async function storeParts(
	engine: Engine,
	count: number,
	bytes: number,
): Promise<InputItem[]> {
	const content = speechLike(bytes);
	return await Promise.all(
		Array.from({ length: count }, async (_, index) => ({
			json: {},
			binary: {
				data: await engine.binary.put(content, {
					fileName: `part-${index}.mp3`,
					mimeType: MIME_TYPE,
				}),
			},
		})),
	);
}

/** Makes one file of all items' files, with the package's join, the same with pauses, or by copying them one behind the other. */
export const joinNode: INodeType = {
	description: describeNode('joinNode', {
		properties: [{ displayName: 'Mode', name: 'mode', type: 'string', default: 'join' }],
	}),
	async execute() {
		const files = this.getInputData().flatMap(({ binary }) => binary?.['data'] ?? []);
		const mode = this.getNodeParameter('mode', 0);
		const work =
			mode === 'copy'
				? copying(this, files)
				: await joining(this, files, mode === 'join' ? 0 : PAUSE_MS);
		let bytes = 0;
		const { wallMs } = await measured(async () => {
			bytes = await work();
		});
		return [[{ json: { wallMs, bytes } }]];
	},
};

/** Scans the parts first: in the package that happens while they are downloaded. */
async function joining(
	host: IExecuteFunctions,
	files: readonly IBinaryData[],
	pauseMs: number,
): Promise<() => Promise<number>> {
	const binaries = new BinaryStore(host);
	const parts = await Promise.all(
		files.map(async (binary) => {
			const scanner = createAudioScanner();
			for await (const chunk of await binaries.open(binary)) scanner.push(chunk);
			return { binary, bytes: binary.bytes ?? 0, scan: scanner.finish() };
		}),
	);
	return async () => {
		const joined = await joinParts(parts, binaries, { fileStem: FILE_STEM, pauseMs });
		if (joined.type === 'single') throw new Error(joined.problem);
		return joined.bytes;
	};
}

function copying(host: IExecuteFunctions, files: readonly IBinaryData[]): () => Promise<number> {
	const all = async function* () {
		for (const { id = '' } of files) yield* await host.helpers.getBinaryStream(id);
	};
	return async () => {
		const { bytes = 0 } = await host.helpers.prepareBinaryData(
			Readable.from(all(), { objectMode: false }),
			`${FILE_STEM}.mp3`,
			MIME_TYPE,
		);
		return bytes;
	};
}
