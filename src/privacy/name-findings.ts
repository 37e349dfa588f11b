import { GIVEN_NAMES } from './given-names.ts';
import type { Found } from './units.ts';

/** “My name is” in the languages surveys are answered in; what follows is a name though it be written small. */
const SAYS_NAME =
  /(?<![\p{L}\d])(?:my (?:full |first |last |real )?name(?:['’]s| is)|i(?:['’]m| am) called|they call me|ich hei(?:ß|ss)e|mein name(?: ist|:)|je m['’]appelle|mon nom (?:est|:)|me llamo|mi nombre es|mi chiamo|il mio nome (?:è|e['’])|ik heet|mijn naam is|(?:eu )?me chamo|chamo-me|(?:o )?meu nome é|nazywam się|mam na imię|jag heter|mitt namn är|jeg hedder|jeg heter|(?:mit|mitt) navn er|nimeni on|benim adım|adım|jmenuji se|m[ăa] numesc|numele meu este|a nevem|меня зовут|мене звати|моё имя|με λένε)[ :,]{1,2}/giu;
const SAYS_NAME_UNSPACED =
  /(?:我叫|我的名字是|我的名字叫|私の名前は|名前は|제 이름은 ?)([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{1,6}?)(?=です|と|입니다|[，。,.!！\s]|$)/gu;
/** Weaker words, after which only a given name that we know is one. */
const SAYS_WHO =
  /(?<![\p{L}\d])(?:i(?:['’]m| am)|this is|call me|ich bin(?: (?:der|die))?|hier ist|je suis|soy|io sono|sono|ik ben|eu sou|sou (?:o|a)|jestem|jag är|jeg er) /giu;
const CLOSING =
  /(?:regards|sincerely|cheers|best wishes|many thanks|thanks|thank you|yours|gr(?:ü|ue)(?:ß|ss)en?|lg|mfg|vg|cordialement|bien à vous|saludos|un saludo|atentamente|cordiali saluti|saluti|groeten|groetjes|met vriendelijke groet|atenciosamente|abraços|pozdrawiam|hälsningar|hilsen)[,!.]{0,2}\s?\n?\s?(?:-|–)?\s?((?:\p{Lu}[\p{L}'’.-]{1,30})(?: \p{Lu}[\p{L}'’-]{1,30}){0,2})\s{0,3}$/iu;

const CAPITALISED =
  /^(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Mme|M)\.? )?\p{Lu}[\p{L}'’-]{0,30}(?: (?:(?:von|van|de|der|den|del|della|da|dos|du|la|le|el|bin|ibn|al|zu|ter|ten|af|di)(?= ) ?){0,3}\p{Lu}[\p{L}'’.-]{0,30}){0,3}/u;
const SMALL = /^\p{Ll}[\p{L}'’-]{1,30}(?= ?(?:$|[.,;!?\n]|and |und |y |et |e |en |i |och |og |ja |but |i['’]m ))/u;
/** What is said of a name rather than being one. */
const NO_NAME =
  /^(?:not|on|in|wrong|missing|misspelled|misspelt|spelled|incorrect|correct|always|never|private|secret|irrelevant|unimportant|unknown|confidential|already|also|often|falsch|nicht|egal|geheim|immer|unwichtig|privat|anonym|anonymous|nobody|no|none|secreto|privado|correcto|incorrecto|mal|pas|faux|confidentiel|anonyme|anonimo|niet|fout|anoniem|nie|inte|ikke|errado|segreto|sbagliato|the|a|an|it|that|so|das|der|die|team|everyone|all|you|again|much|kind|to|for|my|your|back|later|crazy|old|when|if|names?)$/iu;
const NOT_AFTER_CLOSING =
  /^(?:team|everyone|all|you|again|much|for|to|kind|best|regards|thanks|guys|folks|and|verbatim|support|anonymous|anonym|ein|eine|a|the|ihr|ihre|an)$/iu;

/** Names where people say that they are theirs. */
export function findNames(text: string): Found[] {
  const found: Found[] = [];
  const add = (from: number, words: string) =>
    found.push({ from, to: from + words.replace(/[.'’-]+$/, '').length, kind: 'name' });
  for (const match of text.matchAll(SAYS_NAME)) {
    const from = match.index + match[0].length;
    const after = text.slice(from, from + 160);
    const name = CAPITALISED.exec(after)?.[0] ?? SMALL.exec(after)?.[0] ?? '';
    if (name !== '' && !NO_NAME.test(name.split(' ')[0] ?? '')) add(from, name);
  }
  for (const match of text.matchAll(SAYS_NAME_UNSPACED)) {
    const name = match[1] ?? '';
    add(match.index + match[0].length - name.length, name);
  }
  for (const match of text.matchAll(SAYS_WHO)) {
    const from = match.index + match[0].length;
    const name = CAPITALISED.exec(text.slice(from, from + 160))?.[0] ?? '';
    if (GIVEN_NAMES.has(fold(name.split(' ')[0] ?? ''))) add(from, name);
  }
  const tail = Math.max(0, text.length - 160);
  const closing = CLOSING.exec(text.slice(tail));
  const signed = closing?.[1] ?? '';
  // A closing with no break or comma before what follows is a sentence that goes on.
  if (closing && signed !== '' && !NOT_AFTER_CLOSING.test(signed.split(' ')[0] ?? '') && isSigned(closing[0], signed))
    add(tail + closing.index + closing[0].lastIndexOf(signed), signed);
  return found;
}

const isSigned = (closing: string, name: string): boolean =>
  /^\p{Lu}/u.test(name) &&
  (/[,!.\n–-]\s*$/.test(closing.slice(0, closing.lastIndexOf(name))) ||
    GIVEN_NAMES.has(fold(name.split(' ')[0] ?? '')));

const fold = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
