import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';

export interface CertificateFiles {
	readonly folder: string;
	readonly certificate: string;
	readonly key: string;
}

/** A certificate for 127.0.0.1, in files, because Node takes further authorities from a file only. */
export async function writeCertificate(): Promise<CertificateFiles> {
	const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
		],
	});
	const folder = mkdtempSync(path.join(tmpdir(), 'bench-tls-'));
	const files = { certificate: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') };
	writeFileSync(files.certificate, cert);
	writeFileSync(files.key, key, { mode: 0o600 });
	return { folder, ...files };
}
