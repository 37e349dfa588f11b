import { createHash } from 'node:crypto';
import { surveyItems } from '../../model/items.ts';
import type { Asked } from '../../model/record.ts';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { readItemKey, scoreScales } from '../../scales/score.ts';
import type { InputBlock, InputColumn } from '../../segments/input-table.ts';
import { offeredInputs } from '../../segments/offered-inputs.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { Store } from '../../store/store.ts';
import { documentId } from '../../themes/correction.ts';
import { asNumber, itemRanges, readColumns, type SurveyColumns } from './survey-columns.ts';
import { attributeVariables } from './survey-variables.ts';
import { Unanswerable } from './unanswerable.ts';

export type SegmentationPlace = { workspaceId: number; studyId: number; surveyId: number };
export type SegmentInputs = {
  blocks: InputBlock[];
  /** In the order of the columns' values. */
  responses: ResponseRow[];
  /** Responses that count but came another way than those the base is made of, by that way. */
  leftOut: Partial<Record<Asked['how'], number>>;
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
  const ways = new Set<string>(settings.ways);
  const wayOf = all.responses.map((response) => (JSON.parse(response.asked) as Asked).how);
  const rows = all.responses.flatMap((_, row) => (ways.has(wayOf[row] ?? 'open') ? [row] : []));
  const leftOut: SegmentInputs['leftOut'] = {};
  for (const way of wayOf) if (!ways.has(way)) leftOut[way] = (leftOut[way] ?? 0) + 1;
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
        : 'Nobody who completed this survey came to be asked in a way that the base is made of. Choose more ways',
    );

  const chosen = new Set(settings.inputs);
  const blocks: InputBlock[] = [];
  for (const block of [
    ...answerBlocks(columns, chosen),
    ...(await themeBlocks(store, place, columns, chosen)),
    ...(await attributeBlocks(store, place, columns, chosen)),
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
    leftOut,
    inputHash: createHash('sha256')
      .update(JSON.stringify([settings, columns.responses.map(({ publicId }) => publicId), blocks]))
      .digest('base64url'),
    watermark: columns.watermark,
    version: columns.version,
  };
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
): Promise<InputBlock[]> {
  if (![...chosen].some((id) => id.startsWith('attribute:'))) return [];
  const variables = await attributeVariables(
    store,
    columns,
    await store.people.allAttributes(place.workspaceId),
    new Set(),
  );
  return variables.flatMap((variable): InputBlock[] => {
    if (!chosen.has(variable.item)) return [];
    const block = { id: variable.item, name: variable.label, centring: 'none', weight: 1 } as const;
    if (variable.kind === 'numeric')
      return [
        { ...block, columns: [{ id: variable.item, name: variable.label, kind: 'numeric', values: variable.values }] },
      ];
    const levels = [
      ...new Set(variable.values.flatMap((value) => (typeof value === 'string' ? [value] : []))),
    ].toSorted();
    return [
      {
        ...block,
        columns: [
          {
            id: variable.item,
            name: variable.label,
            kind: levels.length === 2 ? 'binary' : 'nominal',
            values: variable.values.map((value) => (typeof value === 'string' ? levels.indexOf(value) : null)),
            levels,
          },
        ],
      },
    ];
  });
}
