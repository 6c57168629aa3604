import {
	analyzePackage,
	buildScanConfig,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';

export { SOURCE_FILE_PATTERNS };

/** Everything that n8n's scanner has to say about a package, warnings included, which it itself keeps quiet about. */
export async function findingsIn(
	directory: string,
	patterns: readonly string[],
): Promise<readonly string[]> {
	const { passed, message, details } = await analyzePackage(directory, [...patterns]);
	const refusal = passed && message === undefined ? [] : [details ?? message ?? 'not passed'];
	const eslint = new ESLint({
		cwd: directory,
		allowInlineConfig: false,
		overrideConfigFile: true,
		errorOnUnmatchedPattern: false,
		overrideConfig: await buildScanConfig(),
	});
	const results = await eslint.lintFiles([...patterns]);
	if (results.length === 0) return ['no file was looked at'];
	const messages = results.flatMap(({ filePath, messages: found }) =>
		found.map(({ line, ruleId, message: text }) => `${filePath}:${line} ${ruleId}: ${text}`),
	);
	return [...refusal, ...messages];
}
