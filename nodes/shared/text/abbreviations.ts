/** As written before the full stop ("No. 5", but "he said no."); lower-case ones may begin a sentence too. */
const abbreviations = new Set(
	[
		// English
		'Mr Mrs Ms Dr Prof St Sr Jr Messrs Gen Col Capt Cpt Lt Sgt Cmdr Adm Rev Hon Gov Sen Rep Pres Mt Ft vs',
		'No Nos Vol Vols Fig Figs Eq Eqs Sec Ch pp cf approx dept est al Inc Ltd Corp Co Bros Ave Blvd Rd Tel',
		'Jan Feb Apr Aug Sept Oct Nov Dec',
		// German
		'Hr Hrn Fr Frl Nr Nrn Abb Abs Abt Anm Art Aufl Bd Bde Bsp Dipl Ing Fa Hrsg Jh Jhd Kap Mio Mrd Tsd Tab Str',
		'bzw ca evtl exkl geb gegr gem gest ggf ggü inkl insb mind max min sog spez tel usf vgl zzgl zuzgl Std Sek',
		// Russian
		'проф акад доц им ул просп пр пер пл стр рис см тыс млн млрд трлн руб коп обл гл ред изд напр тел кв гр св рр гг вв',
		// French, Spanish, Italian, Portuguese
		'Mme Mlle Mmes MM Mgr éd env Sra Srta Dra Ud Uds pág págs Sig Dott Avv pag',
	]
		.join(' ')
		.split(' '),
);

const longestWord = 16;
/** The look-behind lets a match begin at the start of a run only, which keeps the search linear. */
const wordBeforeStop = /(?<![\p{L}\p{M}\p{N}.])[\p{L}\p{M}\p{N}.]+$/u;
/** German ordinals and dates ("3. Mai", "1. Januar"), and numbered lists. */
const ordinal = /^\d{1,2}$/;
/** In scripts with upper and lower case only: elsewhere one letter can be a word ("네."). */
const initial = /^[\p{Lu}\p{Ll}]\p{M}*$/u;
/** Letters between full stops: "z.B", "т.е", "U.S", "Ph.D", "p.m". */
const dotted = /^(?:[\p{Lu}\p{Ll}]{1,2}\.)+[\p{Lu}\p{Ll}]{1,2}$/u;

/** Whether the full stop at `index` belongs to an abbreviation, an initial or an ordinal instead of ending a sentence. */
export function isAbbreviationStop(text: string, index: number): boolean {
	const before = text.slice(Math.max(0, index - longestWord), index);
	const word = wordBeforeStop.exec(before)?.[0];
	if (word === undefined) return false;
	const inSentence = word.charAt(0).toLowerCase() + word.slice(1);
	const isKnown = abbreviations.has(word) || abbreviations.has(inSentence);
	return isKnown || initial.test(word) || ordinal.test(word) || dotted.test(word);
}
