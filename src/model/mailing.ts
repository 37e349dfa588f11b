import type { ProblemError } from './problem.ts';

/** What a letter says, in each language it is written in; plain text with places to fill in. */
export type Message = Record<string, { subject: string; text: string }>;

export type LetterKind = 'invitation' | 'reminder';

/** What is filled in for one person; addresses are whole, with https and host. */
export type LetterValues = { name: string | null; link: string; optOut: string };

export const SUBJECT_MAX = 200;
export const TEXT_MAX = 10_000;

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const PLACES = ['name', 'link', 'optOut'];

/**
 * What stands in the way of sending a message. A letter without a link asks nothing, and one without a way out may not
 * be sent.
 *
 * @returns an error for each fault, pointing at `#/subject-en` or `#/text-en`; none when it can be sent
 *
 * @example
 * checkMessage({ en: { subject: 'Hello', text: 'Go to {{link}}' } }).map((fault) => fault.pointer) // => ['#/text-en']
 */
export function checkMessage(message: Message): ProblemError[] {
  const faults: ProblemError[] = [];
  if (Object.keys(message).length === 0)
    faults.push({ pointer: '', detail: 'Write the letter in one language at least' });
  for (const [language, { subject, text }] of Object.entries(message)) {
    const say = (field: 'subject' | 'text', detail: string) =>
      faults.push({ pointer: `#/${field}-${language}`, detail });
    if (subject.trim() === '') say('subject', 'Enter a subject');
    if ([...subject].length > SUBJECT_MAX) say('subject', `Keep the subject under ${SUBJECT_MAX} letters`);
    if (/[\r\n]/.test(subject)) say('subject', 'Keep the subject on one line');
    for (const place of placesIn(subject)) {
      if (place !== 'name') say('subject', `A subject can hold {{name}} only, not {{${place}}}`);
    }
    const places = placesIn(text);
    if (text.trim() === '') {
      say('text', 'Enter the text of the letter');
      continue;
    }
    if ([...text].length > TEXT_MAX) say('text', `Keep the text under ${TEXT_MAX} letters`);
    if (!places.includes('link')) say('text', 'Put {{link}} where the personal link should stand');
    if (!places.includes('optOut')) say('text', 'Put {{optOut}} where people can say that they want no more letters');
    for (const place of new Set(places)) {
      if (!PLACES.includes(place)) say('text', `{{${place}}} is none of {{name}}, {{link}} and {{optOut}}`);
    }
  }
  return faults;
}

const placesIn = (text: string): string[] => [...text.matchAll(PLACE)].map(([, name]) => name ?? '');

/**
 * One person's letter. Where no name is known, the space before it goes too, so that “Dear {{name}},” becomes “Dear,”.
 *
 * @param message the texts; `language` must be one of them
 * @throws {RangeError} when there is no text in that language
 *
 * @example
 * composeLetter({ en: { subject: 'Hi', text: 'Hi {{name}}, {{link}}' } }, 'en',
 *   { name: null, link: 'https://r.example/1', optOut: '' }).text // => 'Hi, https://r.example/1\n'
 */
export function composeLetter(
  message: Message,
  language: string,
  values: LetterValues,
): { subject: string; text: string } {
  const wording = message[language];
  if (!wording) throw new RangeError(`composeLetter has no text in ${language}`);
  const fill = (text: string) =>
    text.replace(/( ?)\{\{\s*(name|link|optOut)\s*\}\}/g, (_all, space: string, place: keyof LetterValues) => {
      const value = values[place];
      return value === null ? '' : `${space}${value}`;
    });
  return { subject: fill(wording.subject).replace(/\s+/g, ' ').trim(), text: `${fill(wording.text).trimEnd()}\n` };
}

/** Letters to begin from. Languages that are not here begin from English. */
const DRAFTS: Record<string, Record<LetterKind, { subject: string; text: string }>> = {
  en: {
    invitation: {
      subject: 'An invitation to take part: {{title}}',
      text: 'Dear {{name}},\n\nwe would like to hear from you. This link is yours alone; please do not pass it on:\n\n{{link}}\n\nTaking part is up to you, and you can stop at any time.\n\nIf you would rather not be asked again:\n{{optOut}}\n',
    },
    reminder: {
      subject: 'A reminder: {{title}}',
      text: 'Dear {{name}},\n\na few days ago we asked you to take part in a survey. It is still open, and this link is still yours:\n\n{{link}}\n\nIf you would rather not be asked again:\n{{optOut}}\n',
    },
  },
  de: {
    invitation: {
      subject: 'Einladung zur Teilnahme: {{title}}',
      text: 'Guten Tag {{name}},\n\nwir möchten gern von Ihnen hören. Dieser Link gehört nur Ihnen; bitte geben Sie ihn nicht weiter:\n\n{{link}}\n\nDie Teilnahme ist freiwillig, und Sie können jederzeit aufhören.\n\nWenn Sie nicht mehr gefragt werden möchten:\n{{optOut}}\n',
    },
    reminder: {
      subject: 'Zur Erinnerung: {{title}}',
      text: 'Guten Tag {{name}},\n\nvor einigen Tagen haben wir Sie um die Teilnahme an einer Umfrage gebeten. Sie ist noch offen, und dieser Link gehört weiterhin Ihnen:\n\n{{link}}\n\nWenn Sie nicht mehr gefragt werden möchten:\n{{optOut}}\n',
    },
  },
};

/**
 * A letter to begin from, with the survey's title put in.
 *
 * @example
 * draftMessage('invitation', 'en', 'Moving house').subject // => 'An invitation to take part: Moving house'
 */
export function draftMessage(kind: LetterKind, language: string, title: string): { subject: string; text: string } {
  const draft = (DRAFTS[language] ?? DRAFTS[language.split('-')[0] ?? ''] ?? DRAFTS['en'])?.[kind];
  const safe = title.replace(/[{}\r\n]/g, ' ').slice(0, 120);
  return { subject: (draft?.subject ?? '').replace('{{title}}', () => safe), text: draft?.text ?? '' };
}
