/** A page of `docs` that comments cite by section. */
export interface CitedPage {
	readonly name: 'contract' | 'design';
	readonly text: string;
}

/** The sections of a page: `## 3. Title` has the number 3. */
export function sectionsOf({ text }: CitedPage): ReadonlySet<string> {
	return new Set(
		[...text.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? /gm)].map(([, number = '']) => number),
	);
}

/** The numbered reader rules of the contract's section 9. */
export function rulesOf({ text }: CitedPage): ReadonlySet<string> {
	const section = /^## 9\. [\s\S]*?(?=^## )/m.exec(text)?.[0] ?? '';
	return new Set([...section.matchAll(/^(\d+)\. /gm)].map(([, number = '']) => number));
}

/** Citations like "contract §3" or "contract §9, rule 4" that lead nowhere. */
export function brokenCitations(text: string, pages: readonly CitedPage[]): string[] {
	return pages.flatMap((page) => {
		const sections = sectionsOf(page);
		const rules = rulesOf(page);
		const cited = text.matchAll(
			new RegExp(String.raw`\b${page.name},? §(\d+(?:\.\d+)?)(?:,? rule (\d+))?`, 'g'),
		);
		return [...cited]
			.filter(
				([, section = '', rule]) =>
					!sections.has(section) || (rule !== undefined && (section !== '9' || !rules.has(rule))),
			)
			.map(([found]) => found);
	});
}

/** Relative links of a Markdown text: targets without their anchor. */
export function relativeLinks(markdown: string): string[] {
	return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, target = '']) => target.replace(/#.*$/, ''))
		.filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

/** Tests that a page names as `unit/api/baseUrl`: paths below `test`, without their ending. */
export function citedTests(markdown: string): string[] {
	return [...markdown.matchAll(/`((?:unit|engine|faults|verify|queue|e2e)\/[\w/-]+)`/g)].map(
		([, found = '']) => found,
	);
}

/** The TypeScript that a page quotes. */
export function quotedCode(markdown: string): string[] {
	return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}
