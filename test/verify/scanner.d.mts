/** What is used of n8n's scanner, which is plain JavaScript. */
declare module '@n8n/scan-community-package/scanner/scanner.mjs' {
	import type { ESLint, Linter } from 'eslint';

	export const SOURCE_FILE_PATTERNS: string[];

	export function buildScanConfig(): Promise<Linter.Config[]>;

	export function analyzePackage(
		packageDir: string,
		filePatterns?: string[],
	): Promise<{ passed: boolean; message?: string; details?: string; error?: unknown }>;
}
