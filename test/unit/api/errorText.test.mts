import { describe, expect, it } from 'vitest';
import { readErrorBody, shownError } from '../../../nodes/shared/api/http/errorText.ts';
import { isErrorBody } from '../../../nodes/shared/fishspeech/errorBody.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';

const { errors } = fishSpeech;

describe('an error body', () => {
	it.each([
		[
			'of the documented shape',
			{ code: 'invalid_request', message: 'Invalid.', requestId: 'req_1', extra: 1 },
			{ code: 'invalid_request', message: 'Invalid.', requestId: 'req_1' },
		],
		[
			'with another spelling of the request id',
			{ message: 'm', request_id: 'r' },
			{ message: 'm', requestId: 'r' },
		],
		[
			'of the legacy shape',
			{ error: 'Invalid', details: 'Voice', code: 'c' },
			{ code: 'c', message: 'Invalid' },
		],
		['with details only', { details: 'Voice' }, { message: 'Voice' }],
		[
			'in an envelope',
			{ success: false, error: { code: 'c', message: 'm' } },
			{ code: 'c', message: 'm' },
		],
		['with numbers for texts', { code: 1001, message: 'm' }, { code: '1001', message: 'm' }],
		['with fields of no use', { code: {}, message: [], error: 5 }, {}],
		['that says nothing', {}, {}],
	])('%s is read', (_what, body, expected) => {
		const { code, message, requestId } = readErrorBody(JSON.stringify(body), errors, []);
		expect(JSON.parse(JSON.stringify({ code, message, requestId }))).toEqual(expected);
	});

	it.each([
		['', 'an empty body'],
		[' \n', 'an empty body'],
		['<!doctype html><title>502</title>', 'an HTML page'],
		['  <html><body>', 'an HTML page'],
		['Bad Gateway', 'a body that is not JSON'],
		['{"code":"cut', 'a body that is not JSON'],
		['"text"', 'a body that is not JSON'],
		['[1]', 'a body that is not JSON'],
	])('that is no object is described: %s', (text, bodyDescription) => {
		expect(readErrorBody(text, errors, [])).toEqual({ bodyDescription });
	});

	it('is shown without secrets, in all of its parts', () => {
		const secrets = [{ value: 'sk-secret-token', label: '[token]' }];
		const body = {
			code: 'c sk-secret-token',
			message: 'm sk-secret-token',
			requestId: 'sk-secret-token',
		};
		expect(shownError(body, errors, secrets)).toEqual({
			code: 'c [token]',
			message: 'm [token]',
			requestId: '[token]',
		});
	});

	it('may begin with a byte order mark', () => {
		expect(readErrorBody('\uFEFF{"code":"c","message":"m"}', errors, [])).toMatchObject({
			code: 'c',
		});
	});
});

describe('a body that came with a success status', () => {
	it.each([
		[{ code: 'c', message: 'm' }, true],
		[{ error: 'Invalid' }, true],
		[{ error: { message: 'm' } }, true],
		[{ success: false, message: 'Nothing left' }, true],
		[{ success: true, message: 'Job created', data: { id: 'j' } }, false],
		[{ code: 200, data: {} }, false],
		[{ code: 0, message: 'success' }, false],
		[{ code: '0', message: 'ok' }, false],
		[{ code: 'OK', message: 'Done' }, false],
		[{ code: 1001, message: 'No voice' }, true],
		[{ error: '' }, false],
		[{ error: null }, false],
		[{ id: 't', status: 'queued' }, false],
		[{}, false],
	])('%o is an error: %s', (body, expected) => {
		expect(isErrorBody(body)).toBe(expected);
	});
});
