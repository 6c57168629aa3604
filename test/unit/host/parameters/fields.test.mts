import type { INodeProperties } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import {
	filtersField,
	forChoice,
	optionsField,
} from '../../../../nodes/shared/host/parameters/fields.ts';
import { optionalText } from '../../../../nodes/shared/host/parameters/parameter.ts';

const field = (displayName: string): INodeProperties => ({
	displayName,
	name: displayName.toLowerCase(),
	type: 'string',
	default: '',
});

describe('collections', () => {
	it.each([
		['options', optionsField],
		['filters', filtersField],
	])(
		'%s are sorted by what the user reads, without touching what was handed over',
		(name, make) => {
			const entries = ['Voice', 'Concurrency', 'Max Retries'].map((name) =>
				optionalText(field(name)),
			);
			const collection = make(entries);
			expect(collection).toMatchObject({ name, type: 'collection', default: {} });
			expect(
				collection.options?.map((option) => 'displayName' in option && option.displayName),
			).toEqual(['Concurrency', 'Max Retries', 'Voice']);
			expect(entries.map((entry) => entry.field.displayName)).toEqual([
				'Voice',
				'Concurrency',
				'Max Retries',
			]);
		},
	);
});

describe('the fields of an operation', () => {
	it('show for it only, and keep their other conditions', () => {
		const conditional = {
			...field('A'),
			displayOptions: { show: { simplify: [true] }, hide: { b: [1] } },
		};
		expect(forChoice('operation', 'get', [conditional])[0]?.displayOptions).toEqual({
			show: { simplify: [true], operation: ['get'] },
			hide: { b: [1] },
		});
		expect(conditional.displayOptions.show).toEqual({ simplify: [true] });
	});
});
