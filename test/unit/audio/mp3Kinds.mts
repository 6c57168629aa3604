import type { Mp3Options } from '../../support/audio.mts';

/** All versions of Layer III, mono and stereo, of constant and of variable bitrate. */
export const MP3_KINDS: ReadonlyArray<readonly [name: string, options: Mp3Options]> = [
	['MPEG-1 stereo of constant bitrate', { sampleRate: 44_100, channels: 2, bitrate: 128 }],
	['MPEG-1 mono of constant bitrate', { sampleRate: 48_000, channels: 1, bitrate: 64 }],
	[
		'MPEG-1 mono of a bitrate too low for the header',
		{ sampleRate: 48_000, channels: 1, bitrate: 32 },
	],
	['MPEG-1 stereo of variable bitrate', { sampleRate: 32_000, channels: 2 }],
	['MPEG-2 mono of constant bitrate', { sampleRate: 24_000, channels: 1, bitrate: 48 }],
	['MPEG-2 stereo of variable bitrate', { sampleRate: 22_050, channels: 2 }],
	['MPEG-2.5 mono of constant bitrate', { sampleRate: 8_000, channels: 1, bitrate: 8 }],
	['MPEG-2.5 stereo of constant bitrate', { sampleRate: 11_025, channels: 2, bitrate: 32 }],
];
