import { seal } from '../../coding/seal.ts';
import { codePointLength } from '../../coding/spans.ts';
import { wayOf } from '../../model/base-sample.ts';
import type { Asked } from '../../model/record.ts';
import { drawPortrait } from '../../personas/draw-portrait.ts';
import type { Portrait } from '../../personas/portrait.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import { ruleOfPeople } from '../../store/segment-rules.ts';
import type { Store } from '../../store/store.ts';
import { documentOf } from '../../themes/correction.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readPeopleColumns } from '../columns/people-columns.ts';
import { responsesAdmitted } from './audience.ts';
import { describePeople } from './describe-people.ts';
import { readColumns, type SurveyColumns } from './survey-columns.ts';
import { inputsOf, surveyTableColumns, type ThemeRun } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type PortraitArgs = {
  workspaceId: number;
  studyId: number;
  segmentId: number;
  /** Milliseconds since 1970: when a rule that looks at time is asked. */
  now: number;
};
export type DrawnPortrait = {
  portrait: Portrait;
  sources: { surveyVersion: number; watermark: number; themeRuns: string[] };
};

const QUOTES_MAX = 5;
/** A whole answer longer than this is too long to stand as a quote. */
const QUOTE_LENGTH_MAX = 320;
/** Draws the portrait of a segment from what its members answered, what is known of them, and what they said. */
export async function portraitTask(
  { store, textKey, onProgress }: TaskContext,
  args: PortraitArgs,
): Promise<DrawnPortrait> {
  const segment = await store.segments.findById(args.studyId, args.segmentId);
  if (!segment) throw new Unanswerable('This segment is no longer there');
  if (segment.surveyId === null)
    throw new Unanswerable(
      'This rule is not tied to a survey. Choose the survey whose respondents it groups, then draw the persona',
    );
  const place = { studyId: args.studyId, surveyId: segment.surveyId };
  onProgress('Reading answers', 0.1);
  const columns = await readColumns(store, place);
  const attributes = await store.people.allAttributes(args.workspaceId);
  const { members, grouped } = await membersOf(store, args, segment);
  const labels = columns.responses.map((response) =>
    members.has(response.id) ? 0 : grouped === null || grouped.has(response.id) ? 1 : null,
  );
  const n = labels.filter((label) => label === 0).length;
  const base = labels.filter((label) => label !== null).length;
  const size = sizeOf(labels, columns, grouped !== null);
  const { share } = size;
  if (n === 0 || !share) throw new Unanswerable('Nobody is in this segment, so there is nobody to portray');
  if (n === base) throw new Unanswerable('Everybody is in this segment, so there is nobody to compare it with');

  onProgress('Comparing', 0.4);
  const inputs = inputsOf(segment.profile);
  const themeRuns = await store.analyses.latestThemeRuns(place.studyId, place.surveyId);
  const described = describePeople(labels, await surveyTableColumns(store, { columns, attributes, themeRuns, inputs }));
  onProgress('Choosing quotes', 0.8);
  const memberIds = new Set(
    columns.responses.filter((_, row) => labels[row] === 0).map((response) => response.publicId),
  );
  const quotable = new Set(
    columns.responses
      .filter(
        (response) =>
          memberIds.has(response.publicId) && (JSON.parse(response.purposes) as string[]).includes('quotes'),
      )
      .map((response) => response.publicId),
  );
  const telling = described.flatMap(({ comparison, family }) =>
    family === 'theme' && comparison.kind === 'share' && (comparison.difference ?? 0) > 0 ? [comparison.code] : [],
  );
  const portrait = drawPortrait({
    size: { ...size, share, interval: 'sample', effectiveBase: null },
    spend: await spendOf(store, args.workspaceId, columns, labels),
    described,
    quotes: await chooseQuotes({ store, textKey }, place.studyId, themeRuns, telling, quotable),
    quotable: quotable.size,
  });
  return {
    portrait,
    sources: {
      surveyVersion: columns.version,
      watermark: columns.watermark,
      themeRuns: themeRuns.map((run) => run.publicId),
    },
  };
}

type SegmentRow = NonNullable<Awaited<ReturnType<Store['segments']['findById']>>>;

/** Who is in the segment, and who was grouped at all: null when a rule looked at everybody. */
async function membersOf(store: Store, args: PortraitArgs, segment: SegmentRow) {
  const rule = ruleOfPeople(segment);
  if (rule !== null && segment.surveyId !== null) {
    const clock = { now: args.now, timeZone: (await store.offers.limits(args.workspaceId)).timeZone };
    const { population, rowOf } = await readPeopleColumns(store, args, { rule, unit: 'person' }, clock);
    const { members } = await responsesAdmitted(
      store,
      { studyId: args.studyId, surveyId: segment.surveyId },
      rule,
      (personId) => {
        const row = rowOf(personId);
        return row === undefined ? undefined : population.subjectAt(row, clock);
      },
    );
    return { members: new Set(members), grouped: null };
  }
  const members = await store.segments.members(segment.id);
  const grouped = new Set<number>();
  for (const sibling of await store.segments.list(args.studyId)) {
    if (sibling.runId === segment.runId) for (const id of await store.segments.members(sibling.id)) grouped.add(id);
  }
  return { members, grouped };
}

async function spendOf(
  store: Store,
  workspaceId: number,
  columns: SurveyColumns,
  labels: readonly (number | null)[],
): Promise<Portrait['spend']> {
  const revenue = new Map<number, number>();
  const events = await store.people.moneyEvents(workspaceId);
  const named = Map.groupBy(events, ({ currency }) => currency);
  named.delete(null);
  // Money is counted in one currency: the one most of it is in, and what names none is taken to be in it.
  const [usual = null] = [...named].toSorted(([, a], [, b]) => b.length - a.length).map(([currency]) => currency);
  for (const { personId, amount, currency } of events)
    if (currency === null || currency === usual) revenue.set(personId, (revenue.get(personId) ?? 0) + amount);
  if (revenue.size === 0) return null;
  const people = new Map(
    (await store.responses.listWithPeople(columns.responses[0]?.surveyId ?? 0)).map((row) => [row.id, row.personId]),
  );
  let [here, all, peopleHere, peopleAll] = [0, 0, 0, 0];
  for (const [row, response] of columns.responses.entries()) {
    const personId = people.get(response.id);
    if (labels[row] === null || personId === null || personId === undefined) continue;
    const spent = revenue.get(personId) ?? 0;
    all += spent;
    peopleAll += 1;
    if (labels[row] === 0) {
      here += spent;
      peopleHere += 1;
    }
  }
  return all > 0 ? { share: here / all, people: peopleHere, of: peopleAll } : null;
}

/** Quotes from members who agreed to be quoted: the most telling of the themes they speak of more than others. */
async function chooseQuotes(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  studyId: number,
  runs: readonly ThemeRun[],
  telling: readonly string[],
  quotable: ReadonlySet<string>,
): Promise<Portrait['quotes']> {
  const chosen: Portrait['quotes'] = [];
  const taken = new Set<string>();
  for (const run of runs) {
    const state = await store.themes.state(run);
    const themes = state.themes.toSorted((a, b) => rank(telling, a.id) - rank(telling, b.id));
    const documents = state.documents.flatMap(({ id, themes: own }) => {
      const place = documentOf(id);
      return place && own[0] ? [{ ...place, own, confidence: own[0].confidence }] : [];
    });
    documents.sort((a, b) => b.confidence - a.confidence || (a.sourceId < b.sourceId ? -1 : 1));
    const sources = new Map(
      (
        await store.notes.findSources(
          studyId,
          documents.map((document) => document.sourceId),
        )
      ).map((source) => [`${source.publicId} ${source.version}`, source]),
    );
    for (const theme of themes) {
      let fromTheme = 0;
      const picked = await store.themes.quotes(run, state, theme.id);
      const whole = documents
        .filter(({ own }) => own[0]?.theme === theme.id)
        .map(({ sourceId, version }) => ({ sourceId, sourceVersion: version, slice: null }));
      for (const candidate of [...picked.map((quote) => ({ ...quote, slice: quote })), ...whole]) {
        if (chosen.length >= QUOTES_MAX || fromTheme >= 2) break;
        const source = sources.get(`${candidate.sourceId} ${candidate.sourceVersion}`);
        if (!source || source.erasedAt !== null || taken.has(source.publicId) || !quotable.has(source.subjectId))
          continue;
        if (seal(textKey, source.text) !== source.textHash) continue;
        const length = codePointLength(source.text);
        if (candidate.slice === null && (length > QUOTE_LENGTH_MAX || source.text.trim() === '')) continue;
        const { spanStart, spanEnd, spanHash } = candidate.slice ?? {
          spanStart: 0,
          spanEnd: length,
          spanHash: source.textHash,
        };
        chosen.push({
          span: { sourceId: candidate.sourceId, sourceVersion: candidate.sourceVersion, spanStart, spanEnd, spanHash },
          theme: theme.id,
        });
        taken.add(source.publicId);
        fromTheme += 1;
      }
    }
  }
  return chosen;
}

const rank = (order: readonly string[], id: string): number => {
  const at = order.indexOf(id);
  return at < 0 ? order.length : at;
};

/**
 * How large a segment is. Whom a rule asked does not count where the base is not said otherwise: it asks a chosen part of
 * people. Where it asked everybody, there is nobody else to count, and the share says so.
 */
function sizeOf(
  labels: readonly (number | null)[],
  { responses }: Pick<SurveyColumns, 'responses'>,
  isBaseSaid: boolean,
) {
  const known = [...labels.keys()].filter((row) => labels[row] !== null);
  const isByRule = (row: number) => wayOf(JSON.parse(responses[row]!.asked) as Asked) === 'rule';
  const free = isBaseSaid ? known : known.filter((row) => !isByRule(row));
  const rows = free.length > 0 ? free : known;
  const n = rows.filter((row) => labels[row] === 0).length;
  return {
    share: wilsonInterval(n, rows.length),
    n,
    base: rows.length,
    ...(rows.length < known.length ? { leftOutByRule: known.length - rows.length } : {}),
    ...(!isBaseSaid && free.length === 0 && known.length > 0 ? { isAllByRule: true as const } : {}),
  };
}
