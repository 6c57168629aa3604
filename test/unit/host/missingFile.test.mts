import { UnexpectedError } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { saysMissing } from '../../../nodes/shared/host/media/missingFile.ts';

class FileNotFoundError extends Error {}
class BinaryDataFileNotFoundError extends UnexpectedError {}

const error = (about: object) => Object.assign(new Error('It says no.'), about);

describe('an error of the binary store', () => {
	it.each<[string, unknown]>([
		['of the file system', error({ code: 'ENOENT' })],
		['of n8n', new FileNotFoundError('File not found')],
		['of n8n, newer', new BinaryDataFileNotFoundError('Binary data file not found')],
		['of a bucket', error({ name: 'NoSuchKey' })],
		['of a bucket over HTTP', error({ response: { status: 404 } })],
		['of a database', error({ name: 'EntityNotFoundError' })],
		['wrapped in another', error({ cause: error({ cause: error({ name: 'NoSuchKey' }) }) })],
	])('%s says that a file is gone', (_, thrown) => {
		expect(saysMissing(thrown)).toBe(true);
	});

	it.each<[string, unknown]>([
		['a connection that is refused', error({ code: 'ECONNREFUSED' })],
		['a disk that fails', error({ code: 'EIO' })],
		['a file that may not be read', error({ code: 'EACCES' })],
		['too many open files', error({ code: 'EMFILE' })],
		['a bucket that refuses', error({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })],
		['a bucket that is busy', error({ name: 'SlowDown', response: { status: 503 } })],
		['a missing bucket', error({ name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } })],
		['a mode that is no longer set up', new UnexpectedError('Invalid binary data mode')],
		['a text', 'ENOENT'],
		['nothing', undefined],
	])('says no such thing: %s', (_, thrown) => {
		expect(saysMissing(thrown)).toBe(false);
	});

	it('that is its own cause ends', () => {
		const circular = error({});
		expect(saysMissing(Object.assign(circular, { cause: circular }))).toBe(false);
	});
});
