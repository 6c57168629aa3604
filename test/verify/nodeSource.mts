import ts from 'typescript';

const ITEM_ERRORS = new Set(['NodeOperationError', 'NodeApiError']);

/**
 * Errors of n8n that are made without `itemIndex`, as `line: class`. An argument that is not an object literal, or has
 * a spread in it, cannot be judged by reading it and passes, as it does in n8n's rule.
 */
export function errorsWithoutItemIndex(text: string): string[] {
	const source = parse(text);
	return descendants(source)
		.filter(ts.isNewExpression)
		.filter(({ expression }) => ts.isIdentifier(expression) && ITEM_ERRORS.has(expression.text))
		.filter(({ arguments: given }) => lacksItemIndex(given?.[2]))
		.map((node) => {
			const { line } = source.getLineAndCharacterOfPosition(node.getStart());
			return `${line + 1}: ${node.expression.getText()}`;
		});
}

function lacksItemIndex(options: ts.Expression | undefined): boolean {
	if (options === undefined) return true;
	if (!ts.isObjectLiteralExpression(options)) return false;
	return !options.properties.some(
		(property) => ts.isSpreadAssignment(property) || property.name?.getText() === 'itemIndex',
	);
}

/** Classes whose `execute` does not call `this.continueOnFail()` itself; the newest rule looks no further. */
export function executesWithoutContinueOnFail(text: string): string[] {
	return descendants(parse(text))
		.filter(ts.isMethodDeclaration)
		.filter(({ name, body }) => name.getText() === 'execute' && body !== undefined)
		.filter(({ body }) => !/\bthis\.continueOnFail\(\)/.test(body?.getText() ?? ''))
		.flatMap(({ parent }) => (ts.isClassDeclaration(parent) ? [parent.name?.text ?? '?'] : []));
}

function parse(text: string): ts.SourceFile {
	return ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
}

function descendants(node: ts.Node): ts.Node[] {
	const found = [node];
	ts.forEachChild(node, (child) => void found.push(...descendants(child)));
	return found;
}
