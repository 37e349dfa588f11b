import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { Claim, Counter, QuoteSpan } from '../../personas/portrait.ts';
import { firstToldOtherwise, type ToldOtherwise } from '../../personas/told-otherwise.ts';
import type { CodedPassage } from '../../store/coded-passages.ts';
import { readingOf } from '../../text/readings.ts';
import { tokens } from '../../text/tokens.ts';
import { documentId } from '../../themes/correction.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { spanIn } from './portrait-quotes.ts';
import type { SurveyColumns } from './survey-columns.ts';
import type { ThemeRun } from './table-columns.ts';

const QUOTES_MAX = 3;
/** With fewer passages that say which way, words speak neither for a value nor against it. */
const DIRECTED_MIN = 3;

export type AgainstAsked = {
  studyId: number;
  columns: SurveyColumns;
  labels: readonly (number | null)[];
  themeRuns: readonly ThemeRun[];
  /** Public ids of responses and interviews of those who agreed to be quoted. */
  quotable: ReadonlySet<string>;
  /** Public ids of responses and interviews inside. */
  inside: ReadonlySet<string>;
};

/** Where answers that were ticked and words that were said beside them contradict each other. */
export async function choicesAgainstWords(
  context: Pick<TaskContext, 'store' | 'textKey'>,
  asked: AgainstAsked,
): Promise<Counter[]> {
  const { columns, labels } = asked;
  const { definition } = columns;
  const [language = 'en'] = definition.languages;
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const reading = readingOf({ language, stopWords: null, leftOut: [], sameWords: [], folded: [] });
  const read = (text: string) => tokens(text, reading).map((token) => token.word);
  const items = surveyItems(definition);
  const found: Counter[] = [];
  for (const run of asked.themeRuns) {
    const open = items.find((item) => item.address === run.subject && isSpoken(item) && item.isMain);
    if (!open) continue;
    const { themes, documents } = await context.store.themes.state(run);
    const themesOf = new Map(documents.map(({ id, themes: own }) => [id, own.map(({ theme }) => theme)]));
    const texts = columns.column(run.subject);
    // Labels of options and themes are compared, so that words have to be in the language of the labels.
    const said = columns.responses.map(({ language: own }, row) => {
      const value = texts[row];
      if (labels[row] !== 0 || own !== language || !value || typeof value !== 'object' || Array.isArray(value))
        return null;
      return themesOf.get(documentId(value.source, value.version)) ?? null;
    });
    const beside = items.filter((item) => item.page === open.page && item.question.kind === 'single' && item.isMain);
    for (const item of beside) {
      const given = columns.column(item.address);
      const people = (code: string) => labels.filter((own, row) => own === 0 && given[row] === code).length;
      const options = item.options
        .map(({ code, text }) => ({ code, label: word(text), people: people(code) }))
        .toSorted((a, b) => b.people - a.people)
        .map((option) => {
          const rows = [...said.keys()].filter((row) => said[row] !== null && given[row] === option.code);
          return { ...option, rows, told: rows.map((row) => said[row]!) };
        });
      const first = firstToldOtherwise(options, { themes, read });
      if (!first) continue;
      const { option, otherwise } = first;
      const saying = option.rows.filter((row) => said[row]!.includes(otherwise.theme));
      found.push({
        ...otherwiseSaid(itemWording(item, word), { label: option.label, isMost: option === options[0] }, otherwise),
        source: { kind: 'answer', item: item.address, code: option.code },
        quotes: await quotesAt(
          context,
          asked,
          saying.map((row) => texts[row] as Written),
        ),
      });
    }
  }
  return found;
}

type Written = { source: string; version: number };

function otherwiseSaid(
  question: string,
  chosen: { label: string; isMost: boolean },
  told: ToldOtherwise,
): Pick<Counter, 'text' | 'counted'> {
  const { label, goesWith, people, asChosen, of } = told;
  const most = `“${question}”: ${chosen.isMost ? 'most often they' : 'some'} chose “${chosen.label}”.`;
  return {
    text: `${most} Of ${of} who did and also said it in their own words, ${people} speak of “${label}”, as in “${goesWith}”, and ${asChosen} of what they chose.`,
    counted: {
      people: [of, people, of - people, asChosen, of - asChosen],
      instead: `${most} Yet those who did and also said it in their own words speak more often of “${label}”, as in “${goesWith}” than of what they chose.`,
    },
  };
}

async function quotesAt(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  { studyId, quotable }: AgainstAsked,
  written: readonly Written[],
): Promise<QuoteSpan[]> {
  const quotes: QuoteSpan[] = [];
  const places = written.toSorted((a, b) => (a.source < b.source ? -1 : 1));
  for (let from = 0; from < places.length && quotes.length < QUOTES_MAX; from += 200) {
    const part = places.slice(from, from + 200);
    const sources = await store.notes.findSources(
      studyId,
      part.map(({ source }) => source),
    );
    for (const { source, version } of part) {
      const kept = sources.find((one) => one.publicId === source && one.version === version);
      const span = spanIn(kept, null, textKey, quotable);
      if (span && quotes.length < QUOTES_MAX) quotes.push(span);
    }
  }
  return quotes;
}

/**
 * Adds to claims on human values what people said of these, and to claims on themes what was coded against them; where a
 * value is higher by answers and most words that say which way speak against it, that is said.
 */
export async function withWordsOnClaims(
  { store }: Pick<TaskContext, 'store'>,
  { studyId, quotable, inside }: Pick<AgainstAsked, 'studyId' | 'quotable' | 'inside'>,
  claims: readonly Claim[],
  /** By scale, the human value that it measures. */
  humanValues: ReadonlyMap<string, string>,
): Promise<{ claims: Claim[]; against: Counter[] }> {
  const codeOf = await codesOfClaims(store, studyId, humanValues);
  const wanted = claims.flatMap((claim) => codeOf(claim) ?? []);
  if (wanted.length === 0) return { claims: [...claims], against: [] };
  const blind = await store.codingRounds.blindNow(studyId);
  const passages = (await store.codedPassages.list(studyId, [...new Set(wanted)])).filter(
    ({ subjectId, sourceId, isOwn, kind }) => inside.has(subjectId) && !blind.has(sourceId) && isOwn && kind !== 'note',
  );
  const against: Counter[] = [];
  const told = claims.map((claim): Claim => {
    const code = codeOf(claim);
    const own = passages.filter(({ codeId }) => codeId === code);
    const isLower = claim.evidence?.kind === 'mean' && claim.evidence.difference < 0;
    const ways = { for: own.filter(isFor), against: own.filter(({ direction }) => direction === 'against') };
    const [speaks, contradicts] = isLower ? [ways.against, ways.for] : [ways.for, ways.against];
    const quote = (of: readonly CodedPassage[]) =>
      of
        .filter(({ subjectId }) => quotable.has(subjectId))
        .slice(0, QUOTES_MAX)
        .map(spanOf);
    const isContradicted = speaks.length + contradicts.length >= DIRECTED_MIN && contradicts.length > speaks.length;
    if (isContradicted && claim.source?.kind === 'scale')
      against.push({
        text: `${claim.text}. Yet of ${speaks.length + contradicts.length} passages of theirs that speak of it and say which way, ${contradicts.length} say the contrary.`,
        counted: {
          people: [answering(speaks), answering(contradicts)],
          instead: `${claim.text}. Yet most passages of theirs that speak of it and say which way say the contrary.`,
        },
        source: claim.source,
        quotes: quote(contradicts),
      });
    const quotes = [...claim.quotes, ...(claim.source?.kind === 'scale' ? quote(speaks) : [])];
    return { ...claim, quotes, counterQuotes: [...claim.counterQuotes, ...quote(contradicts)] };
  });
  return { claims: told, against };
}

/** Of whoever said these, how many answered a survey. */
const answering = (passages: readonly CodedPassage[]): number =>
  new Set(passages.flatMap(({ survey, person }) => (survey === null ? [] : [person]))).size;
const isFor = ({ direction }: CodedPassage): boolean => direction === 'for';
const spanOf = ({ sourceId, sourceVersion, spanStart, spanEnd, spanHash }: CodedPassage): QuoteSpan => ({
  sourceId,
  sourceVersion,
  spanStart,
  spanEnd,
  spanHash,
});

/** The code that a claim's value or theme is coded by; null where there is none. */
async function codesOfClaims(
  store: TaskContext['store'],
  studyId: number,
  humanValues: ReadonlyMap<string, string>,
): Promise<(claim: Claim) => number | null> {
  const ofTheme = new Map((await store.themeCodes.list(studyId)).map(({ theme, codeId }) => [theme, Number(codeId)]));
  const ofValue = new Map(
    (await store.notes.codes(studyId)).flatMap(({ id, humanValue }) =>
      humanValue === null ? [] : [[humanValue, Number(id)] as const],
    ),
  );
  return ({ source }) => {
    if (source?.kind === 'theme') return ofTheme.get(source.theme) ?? null;
    if (source?.kind === 'scale') return ofValue.get(humanValues.get(source.scale) ?? '') ?? null;
    return null;
  };
}
