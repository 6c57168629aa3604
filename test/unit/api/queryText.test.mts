import { describe, expect, it } from 'vitest';
import { queryText, type Query } from '../../../nodes/shared/api/client/queryText.ts';

describe('a query', () => {
	it.each<[Query, string]>([
		[{}, ''],
		[{ page: 1, search: 'a b&c', none: undefined }, 'page=1&search=a+b%26c'],
		[{ ids: ['1', '2'] }, 'ids=1&ids=2'],
		[{ ids: { entries: ['1', '2'], delimiter: ',' } }, 'ids=1,2'],
		[{ ids: { entries: ['a,b', 'c d', 'e+f'], delimiter: ',' } }, 'ids=a%2Cb,c%20d,e%2Bf'],
		[{ ids: { entries: ['1', '2'], delimiter: '%20' } }, 'ids=1%202'],
		[{ ids: { entries: ['1', '2'], delimiter: '%7C' }, n: 1 }, 'ids=1%7C2&n=1'],
		[{ 'a&b': { entries: ['\ud800'], delimiter: ',' } }, 'a%26b=%EF%BF%BD'],
		[{ ids: { entries: [], delimiter: ',' }, none: [] }, ''],
	])('of %j is %s', (query, text) => {
		expect(queryText(query)).toBe(text);
		const url = new URL('https://example.com/a');
		url.search = text;
		expect(url.search).toBe(text && `?${text}`);
	});
});
