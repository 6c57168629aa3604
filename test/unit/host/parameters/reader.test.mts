import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../../nodes/shared/api/errors.ts';
import { optionalText } from '../../../../nodes/shared/host/parameters/parameter.ts';
import { ParameterReader } from '../../../../nodes/shared/host/parameters/reader.ts';
import { readerOf, refusalOf, withOptions } from './reading.mts';

const fails = () => {
	throw new Error('$json.x is undefined');
};

const note = optionalText({ displayName: 'Note', name: 'note', type: 'string', default: 'none' });

describe('a parameter of the node', () => {
	it('is read by its name', () => {
		expect(readerOf({ note: ' hello ' }).get(note)).toBe('hello');
	});

	it('whose expression fails is refused with the reason', () => {
		expect(refusalOf(() => readerOf({ note: fails }).get(note))).toContain(
			'Parameter "Note" could not be read: $json.x is undefined',
		);
	});

	it('has no item in its message where there are no items, as in a trigger', () => {
		const reader = new ParameterReader(fails);
		expect(() => reader.get(note)).toThrow(
			new ServiceError(
				'Parameter "Note" could not be read: $json.x is undefined.',
				'Accepted: an expression that works for every item. Nothing was sent.',
				{ kind: 'terminal', reason: 'invalidParameter', attempts: 0, outcomeUnknown: false },
			),
		);
	});
});

describe('an entry of a collection', () => {
	it.each<[string, Record<string, unknown>, string]>([
		['added', { note: 'a' }, 'a'],
		['added and empty', { note: '' }, ''],
		['not added', {}, 'none'],
		['undefined', { note: undefined }, 'none'],
	])('that is %s', (_, options, expected) => {
		expect(withOptions(options).option(note)).toBe(expected);
		expect(readerOf({ filters: options }).entry('filters', note)).toBe(expected);
	});

	it('is refused when it is null: an expression that found nothing is not the default', () => {
		expect(refusalOf(() => withOptions({ note: null }).option(note))).toContain('is missing');
	});

	it('has its default where the node has no such collection', () => {
		expect(readerOf({}).option(note)).toBe('none');
		expect(readerOf({}).optionIfAdded(note)).toBeUndefined();
	});

	it('is never read where the editor does not offer it', () => {
		const reader = withOptions({ note: 'a' });
		expect(reader.offering([note]).option(note)).toBe('a');
		const other = reader.offering([]);
		expect(other.offers(note)).toBe(false);
		for (const read of [() => other.option(note), () => other.optionIfAdded(note)])
			expect(read).toThrow('The option "Note" is not offered.');
	});

	it('counts as soon as it is added, where that matters', () => {
		expect(withOptions({ note: 'a' }).optionIfAdded(note)).toBe('a');
		expect(withOptions({ note: '' }).optionIfAdded(note)).toBe('');
		expect(withOptions({}).optionIfAdded(note)).toBeUndefined();
		refusalOf(() => withOptions({ note: undefined }).optionIfAdded(note));
		refusalOf(() => withOptions({ note: null }).optionIfAdded(note));
	});

	it.each(['text', 7, [], true, null])('is refused when the collection is %o', (collection) => {
		expect(refusalOf(() => withOptions(collection).option(note))).toContain('"Options"');
		expect(refusalOf(() => readerOf({ filters: collection }).entry('filters', note))).toContain(
			'"Filters"',
		);
	});

	it('is resolved once for an item, however many are read', () => {
		let evaluated = 0;
		const reader = readerOf({
			options: () => {
				evaluated++;
				return { note: 'a' };
			},
		});
		expect([reader.option(note), reader.option(note), reader.optionIfAdded(note)]).toEqual([
			'a',
			'a',
			'a',
		]);
		expect(evaluated).toBe(1);
	});
});
