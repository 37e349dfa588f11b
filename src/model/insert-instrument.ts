import { type InstrumentFile, itemParts } from './instrument.ts';
import type { Instrument, Page, SurveyDefinition, Wording } from './survey.ts';
import { codeFrom, placeCodes, questionCodes } from './survey-edit-codes.ts';

/**
 * Puts an instrument into a survey: its statements as batteries on pages of their own at the end, and its key among the
 * survey's instruments. Where the survey is asked in a language that the instrument is not worded in, the wording of the
 * instrument's first language stands, for somebody to translate.
 *
 * @returns null when the survey has an instrument of this code already
 */
export function insertInstrument(definition: SurveyDefinition, file: InstrumentFile): SurveyDefinition | null {
  if (definition.instruments?.some(({ code }) => code === file.code)) return null;
  const word = (wording: Wording): Wording =>
    Object.fromEntries(
      definition.languages.map((language) => [
        language,
        wording[language] ?? wording[file.languages[0] ?? 'en'] ?? Object.values(wording)[0] ?? '',
      ]),
    );
  const { labels } = file.steps;
  const steps = {
    ...file.steps,
    ...(labels && { labels: Object.fromEntries(Object.entries(labels).map(([step, text]) => [step, word(text)])) }),
  };
  const takenQuestions = questionCodes(definition);
  const takenPages = placeCodes(definition);
  const parts = itemParts(file.items);
  const addresses = new Map<string, string>();
  const pages: Page[] = parts.map((items, part) => {
    const wanted = parts.length === 1 ? file.code : `${file.code}-${part + 1}`;
    const question = codeFrom(wanted, takenQuestions);
    const code = codeFrom(wanted, takenPages);
    for (const item of items) addresses.set(item.code, `${question}.${item.code}`);
    return {
      code,
      questions: [
        {
          kind: 'battery',
          code: question,
          text: word(file.stem),
          steps,
          rows: items.map((item) => ({ code: item.code, text: word(item.text) })),
          ...(file.order && { rowOrder: file.order }),
        },
      ],
    };
  });
  const block = instrumentBlock(file, (item) => addresses.get(item) ?? item);
  return {
    ...definition,
    pages: [...definition.pages, ...pages],
    instruments: [
      ...(definition.instruments ?? []),
      { ...block, name: word(block.name), scales: block.scales.map((scale) => ({ ...scale, name: word(scale.name) })) },
    ],
  };
}

/** The key as a survey holds it. */
export function instrumentBlock(file: InstrumentFile, addressOf: (item: string) => string): Instrument {
  const { code, version, name, licence, citation, centring, structure, provisionalUntil, catches, scales } = file;
  return {
    code,
    version,
    name,
    licence,
    ...(citation !== undefined && { citation }),
    centring,
    ...(structure && { structure }),
    ...(provisionalUntil !== undefined && { provisionalUntil }),
    ...(catches && { catches: catches.map((one) => ({ ...one, item: addressOf(one.item) })) }),
    scales: scales.map((scale) => ({
      ...scale,
      items: scale.items.map((key) => (key.startsWith('-') ? `-${addressOf(key.slice(1))}` : addressOf(key))),
    })),
  };
}

/**
 * A key with an item turned round wherever it stands, as a new version.
 *
 * @param item the item's address, without a minus
 */
export function withItemTurned<Key extends { version: string; scales: readonly { items: string[] }[] }>(
  key: Key,
  item: string,
): Key {
  return {
    ...key,
    version: nextVersion(key.version),
    scales: key.scales.map((scale) => ({
      ...scale,
      items: scale.items.map((one) =>
        one.replace(/^-/, '') === item ? (one.startsWith('-') ? item : `-${item}`) : one,
      ),
    })),
  };
}

/**
 * The name of the version after one.
 *
 * @example
 * nextVersion('2006') // => '2006, key 2'
 * @example
 * nextVersion('2006, key 2') // => '2006, key 3'
 */
export function nextVersion(version: string): string {
  const [, base = version, number = '1'] = /^(.*), key (\d+)$/.exec(version) ?? [];
  return `${base.slice(0, 30)}, key ${Number(number) + 1}`;
}
