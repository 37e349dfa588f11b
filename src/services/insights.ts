import { cleanText, type TextKind } from '../model/clean-text.ts';
import { usesOf } from '../model/consent.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { readPortrait } from '../personas/portrait.ts';
import { spansOf } from '../personas/spans-of.ts';
import type { Evidence, Insight, InsightStatus, NewEvidence, PersonaClaim, Stance } from '../store/insights.ts';
import type { Persona, PersonaVersion } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import type { Evidence as EvidenceGuard, NoQuote, Quote, QuoteOptions } from './evidence.ts';
import type { InsightNews } from './insight-news.ts';
import { isDay } from './interview-form.ts';
import { markOf, refuseLate, refuseUndoing } from './shown-state.ts';

export const INSIGHT_STATUSES = ['draft', 'standing', 'retired'] as const;
export const CONFIDENCES = ['low', 'middle', 'high'] as const;
export type InsightForm = {
  statement: string;
  note: string;
  status: string;
  ownerId: number | null;
  /** How sure its researchers are; empty where nobody says. */
  confidence?: string;
  /** What was decided because of it; on which day, `2026-11-30`; and where that is carried on. */
  decision?: string;
  decidedOn?: string;
  ticket?: string;
};

/** A piece of evidence as it reads now. */
export type ReadEvidence = Evidence & {
  quote: Quote | NoQuote;
  /**
   * `stands`; `corrected` away since it was taken up; `withdrawn` by whoever said it; `broken`, not the words that were kept;
   * `not-agreed`, not for these readers.
   */
  state: 'stands' | 'corrected' | 'withdrawn' | 'broken' | 'not-agreed';
};
export type ReadClaim = PersonaClaim & {
  evidence: ReadEvidence[];
  /** Nothing that stands speaks for it: it is an assumption. */
  isAssumption: boolean;
};

type Written = Pick<
  Insight,
  'statement' | 'note' | 'status' | 'ownerId' | 'confidence' | 'decision' | 'decidedOn' | 'ticket'
>;
/** What a form shows of an insight, by field. */
const written = (insight: Written) => ({
  statement: insight.statement,
  note: insight.note,
  status: insight.status as string,
  confidence: insight.confidence ?? '',
  decision: insight.decision,
  decidedOn: insight.decidedOn ?? '',
  ticket: insight.ticket,
  owner: insight.ownerId === null ? '' : String(insight.ownerId),
});
/** A mark of what a form shows of an insight, by which a later save tells what it would undo. */
export const markOfInsight = (insight: Written): string => markOf(Object.values(written(insight)));

/** Insights: what several passages mean together, and what personas claim because of them. */
export function insightService(
  { store, now }: Context,
  evidence: Pick<EvidenceGuard, 'readQuotes'>,
  news: Pick<InsightNews, 'note'>,
) {
  const at = () => now().toISOString();

  function readForm(form: InsightForm) {
    const errors: ProblemError[] = [];
    const take = (name: 'statement' | 'note' | 'decision' | 'ticket', kind: TextKind): string => {
      const { text, isTooLong, length } = cleanText(form[name] ?? '', kind);
      if (isTooLong)
        errors.push({ pointer: `#/${name}`, detail: `This has ${length} characters, which is too long. Shorten it` });
      return text.trim();
    };
    const statement = take('statement', 'line');
    const note = take('note', 'note');
    if (statement === '') errors.push({ pointer: '#/statement', detail: 'Say in a sentence what you learned' });
    const status = INSIGHT_STATUSES.find((one) => one === form.status);
    if (!status) errors.push({ pointer: '#/status', detail: 'Choose how far it is' });
    const confidence = CONFIDENCES.find((one) => one === form.confidence) ?? null;
    if ((form.confidence ?? '') !== '' && confidence === null)
      errors.push({ pointer: '#/confidence', detail: 'Choose how sure you are, or nothing' });
    const decision = take('decision', 'note');
    const ticket = take('ticket', 'line');
    const decidedOn = (form.decidedOn ?? '').trim();
    if (decidedOn !== '' && !isDay(decidedOn))
      errors.push({ pointer: '#/decidedOn', detail: 'Enter a day, such as 2026-11-30' });
    if (decidedOn !== '' && decision === '')
      errors.push({ pointer: '#/decision', detail: 'Say what was decided on that day, or leave the day out' });
    if (errors.length > 0 || !status)
      throw new Problem('invalid', 'There is something to look at', { detail: 'Mend it, then save again', errors });
    return {
      statement,
      note,
      status: status satisfies InsightStatus,
      confidence,
      decision,
      decidedOn: decidedOn === '' ? null : decidedOn,
      ticket,
    };
  }

  /** Reads evidence as it stands, for a study's own pages or for an audience. */
  async function read(
    studyId: number,
    rows: readonly Evidence[],
    { isForViewers = false, ...options }: QuoteOptions & { isForViewers?: boolean } = {},
  ): Promise<ReadEvidence[]> {
    const quotes = await evidence.readQuotes(studyId, rows, options);
    const quotable = isForViewers ? await quotableSubjects(studyId, rows) : null;
    return rows.map((row, index): ReadEvidence => {
      const quote = quotes[index]!;
      if (quote.isVerbatim && quotable && !quotable.has(row.subjectId))
        return { ...row, quote: { isVerbatim: false, reason: 'not-agreed' }, state: 'not-agreed' };
      if (quote.isVerbatim) return { ...row, quote, state: row.supersededAt === null ? 'stands' : 'corrected' };
      return { ...row, quote, state: quote.reason === 'changed' ? 'broken' : quote.reason };
    });
  }

  async function quotableSubjects(studyId: number, rows: readonly Evidence[]): Promise<Set<string>> {
    const today = at().slice(0, 10);
    const consents = await store.consents.latestOf(studyId, [...new Set(rows.map(({ subjectId }) => subjectId))]);
    return new Set(
      [...consents].filter(([, consent]) => usesOf(consent, today).includes('quotes')).map(([subject]) => subject),
    );
  }

  /** Whether words went that somebody has not looked at it since. */
  const isStale = (erased: readonly (string | null)[], reviewedAt: string | undefined): boolean =>
    erased.some((time) => time !== null && time > (reviewedAt ?? ''));

  async function evidenceFrom(
    study: Pick<Study, 'id'>,
    codings: readonly string[],
    stance: Stance,
  ): Promise<NewEvidence[]> {
    const rows: NewEvidence[] = [];
    for (const publicId of codings) {
      const coding = await store.notes.findCoding(study.id, publicId);
      if (!coding)
        throw new Problem('not-found', 'This passage is no longer coded', {
          detail: 'Choose among the passages that are, or code it again',
        });
      const { sourceId, sourceVersion, spanStart, spanEnd, spanHash, id } = coding;
      rows.push({ sourceId, sourceVersion, spanStart, spanEnd, spanHash, codingId: id, stance });
    }
    return rows;
  }

  return {
    read,

    /** @throws Problem `invalid` naming what does not fit */
    add: async (
      study: Pick<Study, 'id'>,
      form: InsightForm,
      actor: Actor,
    ): Promise<{ id: number; publicId: string; studyId: number }> => {
      const insight = readForm(form);
      const added = await store.insights.add({
        ...insight,
        studyId: study.id,
        ownerId: form.ownerId,
        createdBy: actor?.userId ?? null,
        createdAt: at(),
        changedAt: at(),
      });
      return { ...added, studyId: study.id };
    },
    /**
     * Keeps what a form says, and every change of it.
     *
     * @param form with the mark of what it showed, and what people are called who may own an insight; null of whoever does not
     *   care what stands there
     * @throws Problem `invalid` naming what does not fit, `conflict` when that would undo what somebody else wrote since
     */
    change: async (
      insight: Insight,
      form: InsightForm,
      actor: Actor,
      shown: { seen: string; team: readonly { id: number; name: string }[] } | null = null,
    ): Promise<void> => {
      const read = readForm(form);
      const to = { ...read, ownerId: form.ownerId };
      refuseUndoing(
        { seen: shown?.seen ?? null, mark: markOfInsight(insight), standing: written(insight), typed: written(to) },
        (value, field) =>
          field === 'owner' ? (shown?.team.find(({ id }) => String(id) === value)?.name ?? value) : value,
      );
      const { statement, note, status, ownerId, confidence, decision, decidedOn, ticket } = insight;
      const was = { statement, note, status, ownerId, confidence, decision, decidedOn, ticket };
      refuseLate(await store.insights.change(insight.id, { ...to, changedAt: at() }, shown ? was : {}));
      const told = (['statement', 'note', 'status', 'confidence', 'decision', 'ticket'] as const).flatMap((what) =>
        (insight[what] ?? '') === (read[what] ?? '')
          ? []
          : [{ what, before: insight[what] ?? '', after: read[what] ?? '' }],
      );
      const owner =
        (insight.ownerId === null ? null : Number(insight.ownerId)) === form.ownerId ? [] : [{ what: 'owner' }];
      await news.note(insight, [...told, ...owner], actor);
    },

    /**
     * Lets passages that are coded speak for an insight, or against it; says how many did not yet.
     *
     * @throws Problem `not-found` for a coding that is gone
     */
    support: async (
      insight: Pick<Insight, 'id' | 'studyId'>,
      codings: readonly string[],
      stance: Stance,
      actor: Actor,
    ): Promise<number> => {
      const rows = await evidenceFrom({ id: insight.studyId }, codings, stance);
      const added = await store.insights.addEvidence(insight, rows, actor?.userId ?? null, at());
      if (added > 0) await news.note(insight, [{ what: `evidence-${stance}`, after: `${added} more` }], actor);
      return added;
    },
    /** Takes evidence away, or turns it to the other side. @throws Problem `not-found` */
    changeEvidence: async (
      insight: Pick<Insight, 'id' | 'studyId'>,
      publicId: string,
      how: Stance | 'remove' | 'seen',
      actor: Actor,
    ): Promise<void> => {
      const patch = how === 'remove' ? { removedAt: at() } : how === 'seen' ? { isChanged: 0 } : { stance: how };
      if (!(await store.insights.changeEvidence(insight, publicId, patch)))
        throw new Problem('not-found', 'This quote is no longer among the evidence', {
          detail: 'Look at the insight again',
        });
      await store.insights.change(insight.id, { changedAt: at() });
      if (how !== 'seen')
        await news.note(insight, [{ what: how === 'remove' ? 'evidence-gone' : `evidence-${how}` }], actor);
    },
    /** Whoever follows an insight that rests on what somebody said hears that they took it back. */
    withdrawn: async (study: Pick<Study, 'id'>, subjectId: string): Promise<void> => {
      const resting = (await store.insights.evidenceOf(study.id)).filter((one) => one.subjectId === subjectId);
      for (const id of new Set(resting.map(({ insightId }) => insightId)))
        await news.note({ id, studyId: study.id }, [{ what: 'withdrawn' }], null);
    },

    /** Every insight with its counts, as far as the database tells, and whether words went since somebody looked. */
    overview: async (study: Pick<Study, 'id'>) => {
      const [list, rows, claims, reviews] = await Promise.all([
        store.insights.list(study.id),
        store.insights.evidenceOf(study.id),
        store.insights.claimsBy(study.id, null),
        store.insights.reviews(study.id, 'insight'),
      ]);
      const byInsight = Map.groupBy(rows, ({ insightId }) => insightId);
      return list.map((insight) => {
        const own = byInsight.get(insight.id) ?? [];
        return {
          insight,
          standing: own.filter(({ erasedAt, supersededAt }) => erasedAt === null && supersededAt === null),
          claims: claims.filter(({ insightId }) => Number(insightId) === insight.id).length,
          needsReview: isStale(
            own.map(({ erasedAt }) => erasedAt),
            reviews.get(insight.publicId),
          ),
        };
      });
    },
    needsReview: async (insight: Insight, rows: readonly Evidence[]): Promise<boolean> =>
      isStale(
        rows.map(({ erasedAt }) => erasedAt),
        (await store.insights.reviews(insight.studyId, 'insight')).get(insight.publicId),
      ),

    /**
     * Lets a persona claim an insight, in words of its own.
     *
     * @throws Problem `invalid` without words, `conflict` when it claims the insight already
     */
    claim: async (
      study: Pick<Study, 'id'>,
      persona: Pick<Persona, 'id'>,
      insight: Pick<Insight, 'id' | 'statement'>,
      words: string,
      actor: Actor,
    ): Promise<void> => {
      const said = cleanText(words.trim() === '' ? insight.statement : words, 'line');
      if (said.isTooLong)
        throw new Problem('invalid', 'There is something to look at', {
          errors: [{ pointer: '#/words', detail: 'Shorten it to 1,000 characters' }],
        });
      const claims = await store.insights.claimsOf(study.id, persona.id);
      if (claims.some(({ insightId }) => Number(insightId) === insight.id))
        throw new Problem('conflict', 'The persona claims this already', {
          errors: [{ pointer: '#/persona', detail: 'Choose another persona, or take the claim away first' }],
        });
      await store.insights.claim(
        {
          studyId: study.id,
          personaId: persona.id,
          insightId: insight.id,
          words: said.text.trim(),
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
      await news.note({ id: insight.id, studyId: study.id }, [{ what: 'claimed', after: said.text.trim() }], actor);
    },
    /** @throws Problem `not-found` */
    changeClaim: async (
      study: Pick<Study, 'id'>,
      publicId: string,
      how: 'remove' | 'up',
      actor: Actor,
    ): Promise<void> => {
      const claim = (await store.insights.claimsBy(study.id, null)).find((one) => one.publicId === publicId);
      if (!claim || !(await store.insights.changeClaim(study.id, publicId, how, at())))
        throw new Problem('not-found', 'The persona does not claim this any more', {
          detail: 'Look at the persona again',
        });
      if (how === 'remove')
        await news.note(
          { id: Number(claim.insightId), studyId: study.id },
          [{ what: 'unclaimed', before: claim.words }],
          actor,
        );
    },
    /** What a persona claims because of insights that were not retired, each with the words it rests on. */
    claimsOf: async (
      study: Pick<Study, 'id'>,
      persona: Pick<Persona, 'id'>,
      options: QuoteOptions & { isForViewers?: boolean } = {},
    ): Promise<ReadClaim[]> => {
      const claims = await store.insights.claimsOf(study.id, persona.id);
      const found: ReadClaim[] = [];
      for (const claim of claims) {
        const rows = await read(study.id, await store.insights.evidenceOf(study.id, claim.insightId), options);
        const speaksFor = rows.some(
          ({ stance, state }) => stance === 'for' && (state === 'stands' || state === 'not-agreed'),
        );
        found.push({ ...claim, evidence: rows, isAssumption: !speaksFor || claim.status !== 'standing' });
      }
      return found;
    },

    /** Whether words that a persona quotes, or that its claims rest on, were withdrawn since somebody looked at it. */
    personaNeedsReview: async (
      study: Pick<Study, 'id'>,
      persona: Pick<Persona, 'id' | 'publicId'>,
      version: Pick<PersonaVersion, 'portrait'>,
    ): Promise<boolean> => {
      const spans = spansOf(readPortrait(version.portrait));
      const sources = await store.notes.findSources(study.id, [...new Set(spans.map(({ sourceId }) => sourceId))]);
      const erased = new Map(sources.map((source) => [`${source.publicId} ${source.version}`, source.erasedAt]));
      const quoted = spans.map((span) => erased.get(`${span.sourceId} ${span.sourceVersion}`) ?? null);
      const claims = await store.insights.claimsOf(study.id, persona.id);
      const rested: (string | null)[] = [];
      for (const { insightId } of claims)
        for (const { erasedAt } of await store.insights.evidenceOf(study.id, insightId)) rested.push(erasedAt);
      const reviews = await store.insights.reviews(study.id, 'persona');
      return isStale([...quoted, ...rested], reviews.get(persona.publicId));
    },
    /** Notes that somebody looked at it again. */
    reviewed: (
      study: Pick<Study, 'id'>,
      subjectKind: 'insight' | 'persona',
      subjectId: string,
      note: string,
      actor: Actor,
    ): Promise<void> =>
      store.insights.review({
        studyId: study.id,
        subjectKind,
        subjectId,
        note: cleanText(note, 'line').text.trim().slice(0, 500),
        reviewedBy: actor?.userId ?? null,
        reviewedAt: at(),
      }),

    /** The way from words outward: which codes stand on a text, which insights rest on it, and who claims them. */
    usesOf: async (study: Pick<Study, 'id'>, sourceId: string, viewer: number | null) => {
      const codings = await store.notes.codings(study.id, { sourceIds: [sourceId], viewer });
      const rows = await store.insights.evidenceIn(study.id, sourceId);
      const ids = [...new Set(rows.map(({ insightId }) => insightId))];
      const list = (await store.insights.list(study.id)).filter(({ id }) => ids.includes(Number(id)));
      return { codings, evidence: rows, insights: list, claims: await store.insights.claimsBy(study.id, ids) };
    },
  };
}
export type Insights = ReturnType<typeof insightService>;
