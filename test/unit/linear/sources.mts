import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../../..');

export interface FoundPattern {
	/** As it stands in the source: `/a+/g`. */
	readonly literal: string;
	readonly file: string;
}

/** Every regular expression in the sources of the package, by their syntax trees. */
export function findPatterns(): FoundPattern[] {
	return sourceFiles().flatMap((file) => {
		const found: FoundPattern[] = [];
		const visit = (node: ts.Node): void => {
			if (ts.isRegularExpressionLiteral(node)) found.push({ literal: node.text, file });
			// One that is put together at run time cannot be looked up by its text.
			if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp')
				found.push({ literal: node.getText(), file });
			ts.forEachChild(node, visit);
		};
		visit(
			ts.createSourceFile(
				file,
				readFileSync(join(ROOT, file), 'utf8'),
				ts.ScriptTarget.ESNext,
				true,
			),
		);
		return found;
	});
}

function sourceFiles(): string[] {
	return ['nodes', 'credentials', 'packages']
		.flatMap((folder) => entriesOf(folder).map((name) => join(folder, name)))
		.filter((file) => /\.m?ts$/.test(file) && !file.includes('node_modules'));
}

/** The second package has no folder yet on every branch. */
function entriesOf(folder: string): string[] {
	try {
		return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
	} catch {
		return [];
	}
}

export function toRegExp(literal: string): RegExp {
	const end = literal.lastIndexOf('/');
	return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}
