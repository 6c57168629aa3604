import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { compareSchema } from './schema.mts';

const basePath = '/api/open/v1';

function documentWith(profile: unknown, path = '/profile'): object {
	const content = { 'application/json': { schema: profile } };
	return {
		paths: { [path]: { get: { responses: { 200: { content } } } } },
		components: {
			schemas: {
				'Balance.Parts': {
					properties: { credits: { type: ['integer', 'null'] }, bonus: { type: 'number' } },
				},
				Profile: {
					allOf: [
						{
							properties: {
								user_id: { type: 'string' },
								tier: { $ref: '#/components/schemas/Tier' },
							},
						},
						{ $ref: '#/components/schemas/Balance.Parts' },
					],
				},
				Tier: { type: 'integer' },
			},
		},
	};
}

const profile = { $ref: '#/components/schemas/Profile' };

describe('the comparison with a published schema', () => {
	it('follows references and takes the parts of a schema together', () => {
		expect(compareSchema(documentWith(profile), basePath).fields).toEqual([
			{
				endpoint: ENDPOINTS.getProfile,
				gone: ['api_quota_remaining'],
				new: ['bonus'],
				changed: ['tier: number instead of string'],
			},
		]);
	});

	it.each([['/profile'], ['/api/open/v1/profile']])('knows an endpoint by the path %s', (path) => {
		const found = compareSchema(documentWith(profile, path), basePath);
		expect(found.newEndpoints).toEqual([]);
		expect(found.goneEndpoints).not.toContain(ENDPOINTS.getProfile);
	});

	it.each([
		['/voices/{id}/samples', 'newEndpoints'],
		['/videos', 'announcedEndpoints'],
		['/realtime/sessions', 'announcedEndpoints'],
		['/video-effects', 'newEndpoints'],
	] as const)('lists %s among the %s', (path, list) => {
		expect(compareSchema(documentWith(profile, path), basePath)[list]).toEqual([`GET ${path}`]);
	});

	it('does not run in circles', () => {
		const circle = { allOf: [{ $ref: '#/components/schemas/Circle' }] };
		const document = { ...documentWith(circle), components: { schemas: { Circle: circle } } };
		expect(compareSchema(document, basePath).fields).toEqual([]);
	});

	it.each([[undefined], ['a page'], [{}], [{ paths: [] }]])('cannot read %j', (document) => {
		expect(compareSchema(document, basePath).isReadable).toBe(false);
	});
});
