'use strict';

exports.FixtureApi = class FixtureApi {
	name = 'fixtureApi';
	displayName = 'Fixture API';
	properties = [
		{ displayName: 'Token', name: 'token', type: 'string', default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: 'http://127.0.0.1' },
	];

	async authenticate(credentials, request) {
		if (new URL(request.url).origin !== new URL(credentials.baseUrl).origin) {
			throw new Error('the token stays at home');
		}
		return {
			...request,
			headers: { ...request.headers, authorization: `Bearer ${credentials.token}` },
		};
	}
};
