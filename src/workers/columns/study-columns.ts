import { itemWording, surveyItems } from '../../model/items.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { asking } from '../../rules/asking.ts';
import { createFactColumn } from '../../rules/fact-column.ts';
import { insideOf } from '../../rules/inside-of.ts';
import type { Store } from '../../store/store.ts';
import type { KnownColumn, PeopleRows } from './known-columns.ts';
import { factOf } from './people-columns.ts';

/*
 * What a study knows of people, as columns: what they answered and score, which themes they speak of, of which personas
 * they are.
 */

/** Answers are read for so many items at once, so that a large survey does not lie in memory whole. */
const ITEMS_AT_ONCE = 5;

/** The answers to closed questions, the latest of each person in each survey; what identifies somebody is none of them. */
export async function* surveyColumns(store: Store, studyId: number, rows: PeopleRows): AsyncGenerator<KnownColumn> {
  for (const survey of (await store.surveys.list(studyId)).sort((a, b) => a.id - b.id)) {
    if (survey.publishedVersionId === null) continue;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const word = (wording: Record<string, string>) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    const items = surveyItems(definition).filter(
      (item) => !item.isIdentifying && item.isMain && item.question.kind !== 'best-worst' && item.holds in HELD,
    );
    const rowOfResponse = new Map<number, number>();
    for (const { id, personId } of await store.responses.listWithPeople(survey.id)) {
      const row = personId === null ? undefined : rows.rowOf(Number(personId));
      if (row !== undefined) rowOfResponse.set(id, row);
    }
    if (rowOfResponse.size === 0) continue;
    for (let from = 0; from < items.length; from += ITEMS_AT_ONCE) {
      const part = items.slice(from, from + ITEMS_AT_ONCE);
      const columns = new Map(part.map(({ address }) => [address, createFactColumn()]));
      const answers = await store.responses.answersOf(
        survey.id,
        part.map(({ address }) => address),
      );
      // Responses are numbered as they began, so that the latest answer stays.
      answers.sort((a, b) => a.responseId - b.responseId);
      for (const { responseId, item, state, value } of answers) {
        const row = rowOfResponse.get(responseId);
        const fact = state === 'answered' ? factOf(value) : undefined;
        if (row !== undefined && fact !== undefined) columns.get(item)?.set(row, fact);
      }
      for (const item of part) {
        const { get } = columns.get(item.address)!;
        const kind = HELD[item.holds as keyof typeof HELD];
        yield {
          family: 'answer',
          asks: { kind: 'answer', name: item.address },
          id: `answer ${survey.slug} ${item.address}`,
          label: itemWording(item, word),
          kind,
          get,
          words: new Map(item.options.map(({ code, text }) => [code, word(text)])),
          leafFor: (value, direction) => ({
            answer: item.address,
            survey: survey.slug,
            ...(kind === 'codes' ? { op: 'hasAny' as const, value: [String(value)] } : asking(value, direction)),
          }),
          survey: { publicId: survey.publicId, item: item.address },
        };
      }
    }
  }
}

const HELD = { code: 'code', codes: 'codes', number: 'number' } as const;

/** Every scale that a published survey of the study asks, by the name rules have for it, with the items it is made of. */
export async function scalesOf(store: Store, studyId: number) {
  const scales = new Map<string, { name: string; items: string[] }>();
  for (const survey of await store.surveys.list(studyId)) {
    if (survey.publishedVersionId === null) continue;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    for (const instrument of definition.instruments ?? [])
      for (const scale of instrument.scales)
        scales.set(`${instrument.code}.${scale.code}`, {
          name: wordingIn(scale.name, definition.languages[0] ?? 'en', definition.languages),
          items: scale.items.map((key) => key.replace(/^-/, '')),
        });
  }
  return scales;
}

export async function* scaleColumns(store: Store, studyId: number, { rowOf }: PeopleRows): AsyncGenerator<KnownColumn> {
  const scales = await scalesOf(store, studyId);
  for (const scale of [...scales.keys()].sort()) {
    const column = createFactColumn();
    // The newest come last.
    for (const { personId, raw } of await store.scaleScores.of(studyId, scale, null)) {
      const row = rowOf(personId);
      if (row !== undefined) column.set(row, raw);
    }
    yield {
      family: 'scale',
      asks: { kind: 'score', name: scale },
      id: `score ${scale}`,
      label: scales.get(scale)?.name ?? scale,
      kind: 'number',
      get: column.get,
      leafFor: (value, direction) => ({ score: scale, ...asking(Number(value), direction) }),
    };
  }
}

/** Whether somebody speaks of a theme of the newest finished run over a question; those it did not look at are unknown. */
export async function* themeColumns(store: Store, studyId: number, { rowOf }: PeopleRows): AsyncGenerator<KnownColumn> {
  const surveys = (await store.surveys.list(studyId)).map(({ id }) => id).sort((a, b) => a - b);
  for (const surveyId of [...surveys, null])
    for (const run of await store.analyses.latestThemeRuns(studyId, surveyId))
      for (const theme of await store.themes.speakersByTheme(run)) {
        const column = createFactColumn();
        for (const { personId, confidence } of theme.speakers) {
          const row = rowOf(personId);
          if (row !== undefined) column.set(row, confidence !== false || column.get(row) === true);
        }
        yield {
          family: 'theme',
          asks: { kind: 'theme', name: theme.id },
          id: `theme ${theme.id}`,
          label: `speaks of “${theme.label}”`,
          kind: 'yes-no',
          get: column.get,
          leafFor: () => ({ theme: theme.id }),
        };
      }
}

/** Whether somebody is of a persona whose segments were found; those whose answers were not sorted are unknown. */
export async function* personaColumns(
  store: Store,
  studyId: number,
  { rowOf }: PeopleRows,
): AsyncGenerator<KnownColumn> {
  const segments = new Map((await store.segments.list(studyId)).map((segment) => [segment.id, segment]));
  for (const persona of await store.personas.list(studyId)) {
    const faces = persona.segments.map(({ id }) => segments.get(id));
    const ids = faces.flatMap((segment) => (segment && segment.rule === null ? [segment.publicId] : []));
    if (ids.length === 0 || ids.length < faces.length) continue;
    const column = createFactColumn();
    const standings = await store.segmentStandings.of({ segments: ids, none: [] }, null);
    const inside = new Map<number, (boolean | undefined)[]>();
    for (const [place, id] of ids.entries())
      for (const { personId, probability } of standings.get(id) ?? []) {
        const row = rowOf(personId);
        if (row === undefined) continue;
        const parts = inside.get(row) ?? ids.map(() => undefined);
        parts[place] = probability > 0;
        inside.set(row, parts);
      }
    for (const [row, parts] of inside) {
      const isIn = insideOf(parts, persona.combine);
      if (isIn !== undefined) column.set(row, isIn);
    }
    yield {
      family: 'persona',
      asks: { kind: 'persona', name: persona.publicId },
      id: `persona ${persona.publicId}`,
      label: `is of persona “${persona.versions[0]?.name ?? faces[0]?.name}”`,
      kind: 'yes-no',
      get: column.get,
      leafFor: () => ({ persona: persona.publicId }),
    };
  }
}
