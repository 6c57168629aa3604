/** As written before the full stop ("No. 5", but "he said no."); lower-case ones may begin a sentence too. */
const ABBREVIATIONS = new Set(
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

const LONGEST_WORD = 16;
/** The look-behind lets a match begin at the start of a run only, which keeps the search linear. */
const WORD_BEFORE_STOP = /(?<![\p{L}\p{M}\p{N}.])[\p{L}\p{M}\p{N}.]+$/u;
/** German ordinals and dates ("3. Mai", "1. Januar"), and numbered lists. */
const ORDINAL = /^\d{1,2}$/;
/** In scripts with upper and lower case only: elsewhere one letter can be a word ("네."). */
const INITIAL = /^[\p{Lu}\p{Ll}]\p{M}*$/u;
/** Letters between full stops: "z.B", "т.е", "U.S", "Ph.D", "p.m". */
const DOTTED = /^(?:[\p{Lu}\p{Ll}]{1,2}\.)+[\p{Lu}\p{Ll}]{1,2}$/u;

/** Whether the full stop at `index` belongs to an abbreviation, an initial or an ordinal instead of ending a sentence. */
export function isAbbreviationStop(text: string, index: number): boolean {
	const before = text.slice(Math.max(0, index - LONGEST_WORD), index);
	const word = WORD_BEFORE_STOP.exec(before)?.[0];
	if (word === undefined) return false;
	const inSentence = word.charAt(0).toLowerCase() + word.slice(1);
	const isKnown = ABBREVIATIONS.has(word) || ABBREVIATIONS.has(inSentence);
	return isKnown || INITIAL.test(word) || ORDINAL.test(word) || DOTTED.test(word);
}
