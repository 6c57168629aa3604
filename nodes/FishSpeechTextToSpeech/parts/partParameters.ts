import type { INodeProperties } from 'n8n-workflow';

import { number, type Parameter } from '../../shared/host/parameters/parameter';

const LONGEST_PAUSE_MS = 60_000;
const JOINABLE_FORMATS: readonly string[] = ['mp3', 'wav'];

/** Whether the parts of a speech in this format can become one file. */
export function isJoinable(format: string): boolean {
	return JOINABLE_FORMATS.includes(format);
}

/** Silence between two parts, in milliseconds. */
export function pause(field: Omit<INodeProperties, 'type' | 'typeOptions'>): Parameter<number> {
	const typeOptions = { minValue: 0, maxValue: LONGEST_PAUSE_MS, numberPrecision: 0 };
	return number({ ...field, type: 'number', typeOptions });
}
