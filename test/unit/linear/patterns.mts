/** An input on which a pattern has the most to do: `start`, then `repeated` to the wanted length, then `end`. */
export interface WorstCase {
	readonly start?: string;
	readonly repeated: string;
	readonly end?: string;
}

export function worstInput({ start = '', repeated, end = '' }: WorstCase, length: number): string {
	return start + repeated.repeat(Math.ceil(length / repeated.length)) + end;
}

const ch = String.raw;

/**
 * The worst case of every regular expression in the sources. Whoever writes a new one adds it here: what it repeats, and
 * what makes it fail at the end, so that it has to give back what it has taken.
 */
export const WORST_CASES: ReadonlyMap<string, WorstCase> = new Map<string, WorstCase>([
	// api
	[ch`/^[\x21-\x7e]+$/`, { repeated: 'a', end: ' ' }],
	[ch`/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/`, { start: '127.0.0.1', repeated: '1' }],
	[ch`/https?:\/\/[^\s"'<>]*/gi`, { repeated: 'http://' }],
	[ch`/[?#]/`, { repeated: 'a' }],
	[ch`/:\/\/|^www\.|[?&][\w.~%-]{1,64}=/`, { repeated: '?a' }],
	[ch`/\s/`, { repeated: 'a' }],
	[
		ch`/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/`,
		{ start: '2026-01-01T00:00:00.', repeated: '0' },
	],
	[ch`/[\p{Cc}\u2028\u2029]+/gu`, { repeated: '\u0001', end: 'a' }],
	[ch`/canceled/gi`, { repeated: 'cancele' }],
	[ch`/ {2,}/g`, { repeated: ' a ' }],
	[ch`/\S{0,200}$/`, { repeated: 'a', end: ' ' }],
	[ch`/_+([a-z0-9])?/gi`, { repeated: '_', end: '-' }],
	[ch`/^\s*<(!doctype|html|head|body)/i`, { repeated: ' ', end: 'a' }],
	[ch`/^-?[1-9]\d*$/`, { start: '-', repeated: '1', end: 'a' }],
	[ch`/^[^\p{Z}\p{C}]+$/u`, { repeated: 'a', end: ' ' }],
	[ch`/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/`, { start: '1.1.1.1', repeated: '1' }],
	[ch`/^\d+$/`, { repeated: '1', end: 'a' }],
	[ch`/^(\xef\xbb\xbf)?\s*/`, { repeated: ' ' }],
	[ch`/^[{[]/`, { repeated: 'a' }],
	[
		ch`/^$|^(audio|video)\/|^application\/octet-stream$|^binary\//`,
		{ start: 'application/octet-stream', repeated: 'm' },
	],
	[ch`/[.!?…。！？]$/`, { repeated: '.', end: 'a' }],
	[ch`/^(CERT_|ERR_TLS_)/`, { repeated: 'CERT' }],
	[
		ch`/before secure TLS connection was established|wrong.version.number|unsupported.protocol|alert.protocol.version|handshake.failure/i`,
		{ repeated: 'wrong version alert protocol ' },
	],
	[ch`/^\d+(\.\d+)?$/`, { repeated: '1', end: '.' }],
	[ch`/[a-z]{3}/i`, { repeated: 'aa1' }],
	[ch`/^7\.\d+\.\d+$/`, { start: '7.', repeated: '1', end: 'a' }],
	// The service
	[ch`/^(0|2\d\d|ok|success)$/i`, { repeated: '0' }],
	[ch`/([a-z])([A-Z])/g`, { repeated: 'a' }],
	[ch`/[^a-z]/`, { repeated: 'a' }],
	// text
	[ch`/(?<![\p{L}\p{M}\p{N}.])[\p{L}\p{M}\p{N}.]+$/u`, { repeated: 'a', end: '!' }],
	[ch`/^\d{1,2}$/`, { repeated: '1' }],
	[ch`/^[\p{Lu}\p{Ll}]\p{M}*$/u`, { start: 'a', repeated: '\u0301', end: 'a' }],
	[ch`/^(?:[\p{Lu}\p{Ll}]{1,2}\.)+[\p{Lu}\p{Ll}]{1,2}$/u`, { repeated: 'aa.' }],
	[ch`/^\p{Nd}/u`, { repeated: '1' }],
	[ch`/\r\n?|[\v\f\u0085\u2028\u2029]/g`, { repeated: '\r' }],
	[ch`/[^\P{Cc}\n\t]|[\u200B\u2060\uFEFF]|\p{Cs}/gu`, { repeated: '\u200b\u0001' }],
	[ch`/[ \t]{2,}|\t/g`, { repeated: ' \t' }],
	[ch`/ \n ?|\n /g`, { repeated: ' \n' }],
	[ch`/\n{3,}/g`, { repeated: '\n\na' }],
	[ch`/[\uD800-\uDFFF]/`, { repeated: 'a' }],
	[
		ch`/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u`,
		{ repeated: 'a' },
	],
	[ch`/[/?&=#%+~@|\\-](?=[^/?&=#%+~@|\\-]*$)/`, { repeated: 'a/' }],
	// Dialogue
	[ch`/\s+/gu`, { repeated: ' ', end: 'a' }],
	[ch`/^\s*[-*•]\s+/`, { start: '-', repeated: ' ' }],
	[ch`/^[\s*_[]+/`, { repeated: '*', end: 'a' }],
	[ch`/(?<![\s*_\]])[\s*_\]]+$/`, { repeated: '*', end: 'a' }],
	[ch`/\([^()]*\)[*_]*$/`, { start: '()', repeated: '*', end: 'a' }],
	[
		ch`/^[\s*_•-]*[[(][\d\s.,/-]*\d:\d\d[\d\s:.,>–-]*(?:[ap]m)?[\])][\s*_–—-]*/i`,
		{ start: '[0:00', repeated: '0:00', end: 'a' },
	],
	[
		ch`/^[\s*_•-]*\d{1,3}(?::\d\d){1,2}(?:[.,]\d{1,3})?(?:\s?[ap]m)?(?=[\s*_])[\s*_–—-]*/i`,
		{ repeated: '*', end: '0:00' },
	],
	[
		ch`/[[(][^()[\]:]*\d:\d\d[^()[\]]*[\])](?=[\s*_]*[:：])/`,
		{ start: '(', repeated: '0:00', end: ')' },
	],
	[ch`/^["“”„«»]([^"“”„«»]+)["“”„«»]$/`, { start: '"', repeated: 'a' }],
	[ch`/^[*_]{1,3}(?=\s|$)/`, { repeated: '*' }],
	[ch`/^[/\\\d]/`, { repeated: '1' }],
	[ch`/[!?;,/"“”„«»<>{}\\]|\.\s+\p{Ll}|\d{4}/u`, { start: '.', repeated: ' ', end: 'A' }],
	[ch`/^\uFEFF/`, { repeated: '\ufeff' }],
	[ch`/^[a-z]*$/i`, { repeated: 'a', end: '1' }],
	[ch`/^\s*(?:\[\s*[{\]]|\{)/`, { start: '[', repeated: ' ', end: 'a' }],
	[ch`/at position (\d+)/`, { repeated: 'at position ' }],
	[ch`/\.\.\."([^]{0,60})"(?:\.\.\.)? is not valid JSON$/`, { repeated: '..."' }],
	[ch`/\r\n|[\n\r\u2028\u2029]/`, { repeated: '\r' }],
	[ch`/[:：]/`, { repeated: 'a' }],
	// audio
	[ch`/^RIFF[^]{4}WAVE/`, { repeated: 'RIFF' }],
	[ch`/^[\x20-\x7e]{4}$/`, { repeated: 'a' }],
	// Subtitles
	[ch`/[&<>{}]/g`, { repeated: '<' }],
	[
		ch`/^(start|begin|end)(?:time|timestamp)?(?:in)?(s|secs?|seconds|ms|msecs?|millis|milliseconds)?$/`,
		{ start: 'start', repeated: 'time' },
	],
	[ch`/[\s\p{Cc}]+/gu`, { repeated: ' ', end: 'a' }],
	[ch`/[_-]/g`, { repeated: '_' }],
	[ch`/^[%・ー～‥々ゝヽぁぃぅぇぉっゃゅょァィゥェォッャュョ]/`, { repeated: '%' }],
	[ch`/[([{“‘„‚«‹「『（【《〈〔〖｢［｛〝]$/`, { repeated: '(', end: 'a' }],
	[
		ch`/^[ -~\u00A1-\u00AC\u00AE-\u02FF\u0370-\u0373\u0376-\u0482\u048A-\u052F\u2010-\u2027]*$/`,
		{ repeated: 'a', end: '\u0301' },
	],
	[
		ch`/[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]|\uFE0F/u`,
		{ repeated: 'a' },
	],
	// host
	[ch`/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu`, { repeated: '\u2028' }],
	[ch`/[/\\%?#]/`, { repeated: 'a' }],
	[ch`/[^\w-]/g`, { repeated: '/' }],
	[ch`/^audio\/(mp3|x-mp3|mpeg3|x-mpeg)$/`, { start: 'audio/x-', repeated: 'mp3' }],
	[ch`/^audio\/(x-wav|wave|vnd\.wave|x-pn-wav)$/`, { start: 'audio/', repeated: 'wave' }],
	[ch`/^(audio\/vorbis|application\/ogg)$/`, { repeated: 'audio/vorbis' }],
	[ch`/^audio\/x-flac$/`, { repeated: 'audio/x-flac' }],
	[ch`/^audio\/x-aac$/`, { repeated: 'audio/x-aac' }],
	[ch`/^audio\/(x-m4a|m4a)$/`, { start: 'audio/', repeated: 'm4a' }],
	[ch`/^video\/x-mp4$/`, { repeated: 'video/x-mp4' }],
	[ch`/^(audio|video)\//`, { repeated: 'audio' }],
	[ch`/\.([^.]+)$/`, { repeated: '.a', end: '.' }],
	[ch`/\.[^.]*$/`, { repeated: '.' }],
	[
		ch`/binary-data(?:\/|%2F)signed(?:\?|%3F)token(?:=|%3D)[\w.%-]*/i`,
		{ repeated: 'http://binary-data/signed?token' },
	],
	[ch`/[^\s"'<>]+/g`, { repeated: 'a' }],
	[ch`/https?(?::|%3A)/i`, { repeated: 'http' }],
	[ch`/^[a-z]{2}(-[A-Z]{2})?$/`, { repeated: 'aa-AA' }],
	[ch`/^https?:/i`, { repeated: 'http' }],
	[ch`/^[a-z0-9]{2,8}$/`, { repeated: 'a' }],
	[ch`/[/\\:\p{Cc}\u2028\u2029]/u`, { repeated: 'a' }],
	// credentials
	[ch`/^[/\\]{2}/`, { repeated: '/' }],
	// openApi
	[ch`/^\/[\w\-.~!$&'()*+,;=:@{}/]*$/`, { start: '/', repeated: 'a', end: ' ' }],
	[ch`/\{([\w\-.~]+)\}/g`, { repeated: '{a' }],
	[ch`/[{}]/`, { repeated: 'a' }],
	[ch`/^3\./`, { repeated: '3' }],
	[ch`/[\s\p{C}]+/gu`, { repeated: ' ', end: 'a' }],
	[
		ch`/^(application|\*)\/([\w.+-]*json|\*)/i`,
		{ start: 'application/', repeated: 'json', end: '/' },
	],
	[ch`/^multipart\/form-data/i`, { repeated: 'multipart/form-dat' }],
	[ch`/[^!-~]/`, { repeated: 'a' }],
	[ch`/\s+/`, { repeated: ' ', end: 'a' }],
	[ch`/^\.{1,2}$|[/\\?#%\p{C}]/u`, { repeated: 'a' }],
	[ch`/^[a-z0-9]{1,10}$/`, { repeated: 'a', end: ' ' }],
	[ch`/^(application|image|font|model)\//`, { repeated: 'application' }],
	[ch`/json|^\*/i`, { repeated: 'jso' }],
	[ch`/^\*|^text\/(?!html)|xml/i`, { repeated: 'xm' }],
	[ch`/^[a-z]+\/([\w.-]+\+)?xml\b/`, { start: 'a/', repeated: 'a', end: '+' }],
	[ch`/\$fromai/i`, { repeated: '$froma' }],
	[ch`/^2/`, { repeated: '2' }],
	[ch`/[{}]/g`, { repeated: 'a' }],
]);
