import { createHash } from 'node:crypto';
import { BaseSample, type LeftOut, sampleOf } from '../../model/base-sample.ts';
import { surveyItems } from '../../model/items.ts';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { beyondNotes } from '../../model/table-column.ts';
import { readItemKey, scoreScales } from '../../scales/score.ts';
import type { InputBlock, InputColumn } from '../../segments/input-table.ts';
import { offeredInputs } from '../../segments/offered-inputs.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { Store } from '../../store/store.ts';
import { documentId } from '../../themes/correction.ts';
import { namedBase } from './survey-base.ts';
import { asNumber, itemRanges, readColumns, type SurveyColumns } from './survey-columns.ts';
import { attributeColumns, numbersOf } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type SegmentationPlace = { workspaceId: number; studyId: number; surveyId: number };
export type SegmentInputs = {
  blocks: InputBlock[];
  /** In the order of the columns' values. */
  responses: ResponseRow[];
  /** Instruments among them that are provisional still, with how many people have been scored and how many it takes. */
  provisional: { name: string; n: number; until: number }[];
  /** The answers of these responses. */
  columns: SurveyColumns;
  /** Responses that count but are not in the base, by why. */
  leftOut: LeftOut;
  /** Sentences on numbers that were left out. */
  notes: string[];
  inputHash: string;
  watermark: number;
  version: number;
};

/** Reads what people are to be grouped by: a column for each input chosen, in its block. */
export async function readSegmentInputs(
  store: Store,
  place: SegmentationPlace,
  settings: SegmentationSettings,
): Promise<SegmentInputs> {
  const all = await readColumns(store, place);
  const { rows, leftOut } =
    settings.base === ''
      ? sampleOf(BaseSample.parse({ ways: settings.ways }), all.responses, new Set())
      : await namedBase(store, place, settings.base, all.responses);
  const columns: SurveyColumns = {
    ...all,
    responses: rows.map((row) => all.responses[row]!),
    column: (item) => {
      const column = all.column(item);
      return rows.map((row) => column[row] ?? null);
    },
  };
  if (rows.length === 0)
    throw new Unanswerable(
      all.responses.length === 0
        ? 'Nobody has completed this survey yet, so there is nobody to group'
        : 'Nobody who completed this survey is in the base. Choose more ways, or another base',
    );

  const chosen = new Set(settings.inputs);
  const known = await attributeBlocks(store, place, columns, chosen);
  const blocks: InputBlock[] = [];
  for (const block of [
    ...answerBlocks(columns, chosen),
    ...(await themeBlocks(store, place, columns, chosen)),
    ...known.blocks,
  ]) {
    if (block.columns.length === 0) continue;
    blocks.push({
      ...block,
      centring: settings.centring[block.id] ?? block.centring,
      weight: settings.weights[block.id] ?? 1,
    });
  }
  if (blocks.length === 0) throw new Unanswerable('Choose at least one thing to group people by');
  return {
    blocks,
    responses: columns.responses,
    columns,
    provisional: provisionalAmong(all, chosen),
    leftOut,
    notes: known.notes,
    inputHash: createHash('sha256')
      .update(JSON.stringify([settings, columns.responses.map(({ publicId }) => publicId), blocks]))
      .digest('base64url'),
    watermark: columns.watermark,
    version: columns.version,
  };
}

/** Instruments whose scales or items were chosen, and of which too few people have been scored to trust them. */
function provisionalAmong(columns: SurveyColumns, chosen: ReadonlySet<string>): SegmentInputs['provisional'] {
  const { definition } = columns;
  return (definition.instruments ?? []).flatMap(({ code, name, scales, provisionalUntil }) => {
    if (provisionalUntil === undefined) return [];
    const isChosen = scales.some(
      (scale) =>
        chosen.has(`scale:${code}.${scale.code}`) ||
        scale.items.some((key) => chosen.has(`answer:${readItemKey(key).item}`)),
    );
    if (!isChosen) return [];
    const scored = scales.map((scale) =>
      scaleColumn(columns, `${code}.${scale.code}`).reduce<number>((n, value) => (value === null ? n : n + 1), 0),
    );
    const n = Math.max(0, ...scored);
    if (n >= provisionalUntil) return [];
    return [
      { name: wordingIn(name, definition.languages[0] ?? 'en', definition.languages), n, until: provisionalUntil },
    ];
  });
}

/** Scales, batteries, choices and numbers. */
function answerBlocks(columns: SurveyColumns, chosen: ReadonlySet<string>): InputBlock[] {
  const { definition } = columns;
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
  const items = new Map(surveyItems(definition).map((item) => [item.address, item]));
  return offeredInputs(definition, word).map((block) => ({
    id: block.id,
    name: block.name,
    centring: block.centring,
    weight: 1,
    columns: block.inputs.flatMap((input): InputColumn[] => {
      if (!chosen.has(input.id)) return [];
      const subject = input.id.slice(input.id.indexOf(':') + 1);
      if (input.id.startsWith('scale:'))
        return [{ id: input.id, name: input.name, kind: 'numeric', values: scaleColumn(columns, subject) }];
      const values = columns.column(subject);
      const options = items.get(subject)?.options ?? [];
      if (input.kind === 'several')
        return options.map(({ code, text }) => ({
          id: `${input.id}=${code}`,
          name: `${input.name}: ${word(text)}`,
          kind: 'binary',
          values: values.map((value) => (Array.isArray(value) ? Number(value.includes(code)) : null)),
        }));
      if (input.kind === 'nominal') {
        const codes = options.map(({ code }) => code);
        return [
          {
            id: input.id,
            name: input.name,
            kind: codes.length === 2 ? 'binary' : 'nominal',
            values: values.map((value) => {
              const at = typeof value === 'string' ? codes.indexOf(value) : -1;
              return at < 0 ? null : at;
            }),
            levels: options.map(({ text }) => word(text)),
          },
        ];
      }
      return [{ id: input.id, name: input.name, kind: input.kind, values: values.map(asNumber) }];
    }),
  }));
}

/** A scale as answered: centring is left to whoever prepares the block, so that a null model can do the same. */
function scaleColumn(columns: SurveyColumns, id: string): (number | null)[] {
  const instrument = columns.definition.instruments?.find(({ code }) => id.startsWith(`${code}.`));
  const scale = instrument?.scales.find(({ code }) => `${instrument.code}.${code}` === id);
  if (!scale) throw new Unanswerable(`The scale ${id} is no longer part of the survey. Choose what to group by anew`);
  const ranges = itemRanges(columns.definition);
  const items = scale.items.map((key) => readItemKey(key).item);
  const given = items.map((item) => columns.column(item).map(asNumber));
  return columns.responses.map(
    (_, row) =>
      scoreScales(
        { centring: 'none', scales: [scale] },
        ranges,
        Object.fromEntries(items.map((item, index) => [item, given[index]?.[row] ?? null])),
      ).scores[scale.code] ?? null,
  );
}

/** Whether an answer speaks of a theme; whoever gave none to the question is missing, and not without it. */
async function themeBlocks(
  store: Store,
  place: SegmentationPlace,
  columns: SurveyColumns,
  chosen: ReadonlySet<string>,
): Promise<InputBlock[]> {
  if (![...chosen].some((id) => id.startsWith('theme:'))) return [];
  const blocks: InputBlock[] = [];
  for (const run of await store.analyses.latestThemeRuns(place.studyId, place.surveyId)) {
    const { themes, documents } = await store.themes.state(run);
    const spoken = new Map(documents.map(({ id, themes: own }) => [id, new Set(own.map(({ theme }) => theme))]));
    const answers = columns.column(run.subject).map((value) => {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
      return spoken.get(documentId(value.source, value.version)) ?? null;
    });
    blocks.push({
      id: `themes:${run.subject}`,
      name: `Themes of ${run.subject}`,
      centring: 'none',
      weight: 1,
      columns: themes
        .filter(({ id }) => chosen.has(`theme:${id}`))
        .map(({ id, label }) => ({
          id: `theme:${id}`,
          name: label,
          kind: 'binary',
          values: answers.map((own) => (own === null ? null : Number(own.has(id)))),
        })),
    });
  }
  return blocks;
}

/** What is known of people, where it was asked for: each attribute its own block, since they share no unit. */
async function attributeBlocks(
  store: Store,
  place: SegmentationPlace,
  columns: SurveyColumns,
  chosen: ReadonlySet<string>,
): Promise<{ blocks: InputBlock[]; notes: string[] }> {
  if (![...chosen].some((id) => id.startsWith('attribute:'))) return { blocks: [], notes: [] };
  const all = await attributeColumns(store, columns, await store.people.allAttributes(place.workspaceId), new Set());
  const known = all.flatMap(({ column, item }) => (chosen.has(item) ? [column] : []));
  const blocks = known.flatMap((column): InputBlock[] => {
    if (column.kind === 'text') return [];
    const { id, name } = column;
    const block = { id, name, centring: 'none', weight: 1 } as const;
    if (column.kind === 'number')
      return [{ ...block, columns: [{ id, name, kind: 'numeric', values: numbersOf(column) }] }];
    if (column.kind === 'choices')
      return [
        {
          ...block,
          columns: column.options.map(({ code, label }, option) => ({
            id: `${id}=${code}`,
            name: `${name}: ${label}`,
            kind: 'binary',
            values: Array.from(column.chosen[option]!, (isIn, person) => (column.answered[person] === 1 ? isIn : null)),
          })),
        },
      ];
    const levels = column.options.map(({ label }) => label);
    return [
      {
        ...block,
        columns: [
          {
            id,
            name,
            kind: levels.length === 2 ? 'binary' : 'nominal',
            values: Array.from(column.codes, (code) => (code < 0 ? null : code)),
            levels,
          },
        ],
      },
    ];
  });
  return { blocks, notes: beyondNotes(known) };
}
