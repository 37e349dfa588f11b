import { wayOf } from '../../model/base-sample.ts';
import type { CutAt, SettingsOf } from '../../model/defined-segmentation.ts';
import type { Asked } from '../../model/record.ts';
import { USUAL_WAYS } from '../../model/segmentation.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { readItemKey } from '../../scales/score.ts';
import { type CutVariable, cutCells } from '../../segments/cut-cells.ts';
import { offeredInputs } from '../../segments/offered-inputs.ts';
import type { Store } from '../../store/store.ts';
import type { DefinedBy, DefinePlace } from './define-segments.ts';
import { asNumber, itemRanges, readColumns, type SurveyColumns } from './survey-columns.ts';
import { scoreColumns } from './survey-scores.ts';
import { attributeColumns, numbersOf } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type CutDetails = {
  kind: 'cut';
  variables: { id: string; name: string; by: CutAt; at: number[]; above: number[] }[];
};

/** Responses in cells by two or three variables; those whom a rule asked are in none, as they would shift the middle. */
export async function defineByCuts(
  store: Store,
  { workspaceId, studyId, surveyId }: DefinePlace,
  settings: SettingsOf<'cut'>,
): Promise<DefinedBy> {
  if (surveyId === null) throw new Unanswerable('Choose the survey whose answers are cut');
  const columns = await readColumns(store, { studyId, surveyId });
  const ways = new Set<string>(USUAL_WAYS);
  const isCounted = columns.responses.map((response) => ways.has(wayOf(JSON.parse(response.asked) as Asked)));
  const all = await variablesOf(store, workspaceId, columns, settings);
  const rows = isCounted.flatMap((counts, row) => (counts ? [row] : []));
  if (rows.length === 0) throw new Unanswerable('Nobody has completed this survey yet, so there is nobody to divide');
  const variables = all.map((variable) => ({ ...variable, values: rows.map((row) => variable.values[row] ?? null) }));
  const { cuts, cells, labels } = cutCells(variables);
  const members: number[][] = cells.map(() => []);
  for (const [index, cell] of labels.entries())
    if (cell !== null) members[cell]!.push(columns.responses[rows[index]!]!.id);
  return {
    unit: 'responses',
    cells: cells.map((cell, index) => ({ ...cell, members: members[index]! })),
    notPlaced: [
      { why: 'Without an answer to all of it', count: labels.filter((label) => label === null).length },
      { why: 'Sent the survey by a rule', count: isCounted.filter((counts) => !counts).length },
    ],
    details: {
      kind: 'cut',
      variables: cuts.map(({ id, name, at }, index) => ({
        id,
        name,
        by: settings.variables[index]!.at,
        at,
        above: at.map((cut) => variables[index]!.values.filter((value) => value !== null && value > cut).length),
      })),
    },
    survey: { id: surveyId, version: columns.version, watermark: columns.watermark },
  };
}

async function variablesOf(
  store: Store,
  workspaceId: number,
  columns: SurveyColumns,
  { variables }: SettingsOf<'cut'>,
): Promise<CutVariable[]> {
  const { definition } = columns;
  const word = (wording: Record<string, string>) =>
    wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
  const inputs = new Map(
    offeredInputs(definition, word).flatMap((block) => block.inputs.map((input) => [input.id, input])),
  );
  const scores = variables.some(({ id }) => id.startsWith('scale:')) ? scoreColumns(columns, () => {}).table : null;
  const known = variables.some(({ id }) => id.startsWith('attribute:'))
    ? await attributeColumns(store, columns, await store.people.allAttributes(workspaceId), new Set())
    : [];
  const ranges = itemRanges(definition);
  return variables.map(({ id, at }): CutVariable => {
    const subject = id.slice(id.indexOf(':') + 1);
    const name = inputs.get(id)?.name ?? subject.replaceAll('_', ' ');
    if (id.startsWith('attribute:')) {
      const column = known.find(({ item }) => item === id)?.column;
      if (column?.kind !== 'number') throw new Unanswerable(`“${name}” is no number that is known of these people`);
      return { id, name, at, range: null, values: numbersOf(column) };
    }
    if (id.startsWith('scale:')) {
      const place = scores?.scales.findIndex(({ scale }) => scale === subject) ?? -1;
      if (!scores || place < 0) throw new Unanswerable(`The scale “${name}” is no longer part of the survey`);
      const rowOf = new Map(scores.responseIds.map((response, row) => [response, row]));
      const values = columns.responses.map((response) => scores.values[place]![rowOf.get(response.id) ?? -1] ?? null);
      return { id, name, at, range: scaleRange(definition, subject, ranges), values };
    }
    if (!inputs.has(id)) throw new Unanswerable(`“${name}” is no longer part of the survey`);
    return { id, name, at, range: ranges[subject] ?? null, values: columns.column(subject).map(asNumber) };
  });
}

/** The ends of a scale; of one that is centred within the person the middle is what they answer on average. */
function scaleRange(
  { instruments = [] }: SurveyDefinition,
  id: string,
  ranges: ReturnType<typeof itemRanges>,
): { min: number; max: number } | null {
  for (const { code, centring, scales } of instruments)
    for (const scale of scales) {
      if (`${code}.${scale.code}` !== id) continue;
      if (centring !== 'none') return { min: -1, max: 1 };
      const own = scale.items.map((key) => ranges[readItemKey(key).item]);
      if (own.some((range) => range === undefined)) return null;
      const per = scale.score === 'sum' ? 1 : 1 / own.length;
      const sum = (end: 'min' | 'max') => own.reduce((all, range) => all + range![end] * per, 0);
      return { min: sum('min'), max: sum('max') };
    }
  return null;
}
