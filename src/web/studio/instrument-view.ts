import { showNumber } from '../../charts/numerals.ts';
import type { InstrumentFile } from '../../model/instrument.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { showDate } from '../../render/helpers.ts';
import { keyHash } from '../../scales/key-hash.ts';
import type { InstrumentEntry } from '../../services/instruments.ts';
import type { InstrumentNorms } from '../../store/instruments.ts';
import { termsLabel } from './instrument-form.ts';

/** What the pages of instruments show. */

export const nameOf = (file: InstrumentFile): string => wordOf(file, file.name);
const wordOf = (file: InstrumentFile, wording: Record<string, string>): string =>
  wording[file.languages[0] ?? 'en'] ?? Object.values(wording)[0] ?? '';

const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
const count = (value: number) => ({ text: showNumber(value), href: null, isNumber: true });
const column = (label: string, isNumber = false) => ({ label, isNumber });

/** A survey that has an instrument of this code, in its draft or in what respondents see. */
export type Use = { title: string; href: string; version: string; isSameKey: boolean; isPublished: boolean };

/** Where an instrument stands in some surveys. */
export function usesIn(
  surveys: readonly { title: string; href: string; draft: SurveyDefinition; published: SurveyDefinition | null }[],
  { file, keyHash: own }: InstrumentEntry,
): Use[] {
  return surveys.flatMap(({ title, href, draft, published }) => {
    const isIn = (definition: SurveyDefinition | null) =>
      definition?.instruments?.find(({ code }) => code === file.code) ?? null;
    const found = isIn(published) ?? isIn(draft);
    if (!found) return [];
    return [
      { title, href, version: found.version, isSameKey: keyHash(found) === own, isPublished: isIn(published) !== null },
    ];
  });
}

export function listView(at: string, entries: readonly { entry: InstrumentEntry; uses: number }[]) {
  return {
    caption: 'Instruments of this workspace',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      column('Instrument'),
      column('Items', true),
      column('Scales', true),
      column('Version'),
      column('Words'),
      column('Surveys of this study', true),
    ],
    rows: entries.map(({ entry: { file, isShipped, number }, uses }) => ({
      cells: [
        cell(nameOf(file), `${at}/${file.code}`),
        count(file.items.length),
        count(file.scales.length),
        cell(`${file.version}${isShipped && number > 0 ? ', changed here' : ''}`),
        cell(termsLabel(file.terms)),
        count(uses),
      ],
    })),
  };
}

export function instrumentView(
  { file, keyHash: hash, isShipped, number }: InstrumentEntry,
  versions: readonly InstrumentEntry[],
  uses: readonly Use[],
  norms: InstrumentNorms | null,
) {
  const word = (wording: Record<string, string>) => wordOf(file, wording);
  const numbers = new Map(file.items.map(({ code }, index) => [code, index + 1]));
  const scaleNames = new Map(file.scales.map(({ code, name }) => [code, word(name)]));
  const keys = (item: string) =>
    file.scales
      .filter(({ items }) => items.some((key) => key.replace(/^-/, '') === item))
      .map(({ name, items }) => `${word(name)}${items.includes(`-${item}`) ? ' (reversed)' : ''}`)
      .join(', ');
  return {
    facts: [
      { label: 'Statements', value: showNumber(file.items.length), note: `${file.steps.min} to ${file.steps.max}` },
      { label: 'Scales', value: showNumber(file.scales.length), note: null },
      { label: 'Version', value: file.version, note: null },
      { label: 'Key', value: hash, note: null },
    ],
    provisional:
      file.provisionalUntil === undefined
        ? null
        : {
            kind: 'info',
            title: 'Provisional',
            text: `Nobody has shown yet that these statements measure what they are meant to. Scores are called provisional until ${showNumber(file.provisionalUntil)} people have been scored, and the report of the scales shows whether they stand as theory says.`,
            links: [],
          },
    about: [
      { name: 'Licence', text: `${file.licence} (${termsLabel(file.terms)})` },
      { name: 'Citation', text: file.citation ?? 'none given' },
      {
        name: 'Scoring',
        text: [
          file.scales.some(({ score }) => score === 'sum')
            ? 'Scores are sums where a scale says so, and means otherwise.'
            : 'A score is the mean of the items answered.',
          'Reversed items are turned: lowest plus highest step, less the answer.',
          ...(file.centring === 'person-mean'
            ? ['Each person’s mean over all items is taken from their scores (centred).']
            : []),
          ...(file.catches ?? []).map(
            ({ item, least, most }) =>
              `Statement ${numbers.get(item)} is not scored: whoever does not answer it ${[
                ...(least === undefined ? [] : [`at least ${least}`]),
                ...(most === undefined ? [] : [`at most ${most}`]),
              ].join(' and ')} has no scores.`,
          ),
        ].join(' '),
      },
      { name: 'Above the statements', text: word(file.stem) },
    ],
    scales: {
      caption: 'Scales and their items',
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        column('Scale'),
        column('Items'),
        column('Answered at least', true),
        column('Score'),
        column('Part of'),
      ],
      rows: file.scales.map((scale) => ({
        cells: [
          cell(word(scale.name)),
          cell(
            scale.items
              .map((key) => `${numbers.get(key.replace(/^-/, ''))}${key.startsWith('-') ? 'R' : ''}`)
              .join(', '),
          ),
          {
            text: `${scale.minimumAnswered ?? scale.items.length} of ${scale.items.length}`,
            href: null,
            isNumber: true,
          },
          cell(scale.score === 'sum' ? 'sum' : file.centring === 'person-mean' ? 'mean, centred' : 'mean'),
          cell(scale.partOf === undefined ? '–' : (scaleNames.get(scale.partOf) ?? scale.partOf)),
        ],
      })),
    },
    items: {
      caption: 'Statements with what they count in',
      isCaptionHidden: true,
      isStacked: true,
      columns: [column('No', true), column('Statement'), column('Counts in')],
      rows: file.items.map(({ code, text }, index) => ({
        cells: [count(index + 1), cell(word(text)), cell(keys(code) || 'nothing')],
      })),
    },
    uses: uses.map((use) => ({
      ...use,
      text: `version ${use.version}, ${use.isSameKey ? 'the same key' : 'another key'}${use.isPublished ? '' : ', not published yet'}`,
    })),
    versions: versions.map((one) => ({
      version: one.file.version,
      text: `key ${one.keyHash}, ${one.changedAt === null ? 'as shipped' : showDate(one.changedAt)}`,
    })),
    norms: norms
      ? {
          source: norms.source,
          licence: norms.licence,
          loaded: showDate(norms.loadedAt),
          scales: norms.norms.map(({ scale }) => scaleNames.get(scale) ?? scale).join(', '),
        }
      : null,
    isOwn: number > 0,
    removeLabel: isShipped ? 'Go back to the version as shipped' : 'Remove this instrument',
  };
}
