import { randomFor } from '../logic/draw-order.ts';
import { ContactLimits, Moment, type Trigger } from '../model/moment.ts';
import { Problem } from '../model/problem.ts';
import { wordingIn } from '../model/survey-check.ts';
import { openingOf } from '../model/survey-settings.ts';
import { wallTime } from '../model/zoned-time.ts';
import { compileRules, type Trace, type Truth } from '../rules/decide.ts';
import { filterOf } from '../rules/leaf.ts';
import {
  byUrgency,
  type Candidate,
  decideOffers,
  type Gate,
  type PastOffer,
  type Verdict,
  type Visit,
  waitingOffers,
} from '../rules/offer.ts';
import { withSegments } from '../rules/references.ts';
import type { Subject } from '../rules/subject.ts';
import type { OfferedSurvey } from '../store/offers.ts';
import { type Prepared, personFacts, type Sight } from '../store/person-facts.ts';
import { recentReads } from '../store/recent.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';
import { makeGrant } from './offer-grants.ts';

/** Somebody on a page, as a program tells of them. */
export type Visitor = {
  workspaceId: number;
  userId?: string | undefined;
  anonymousId?: string | undefined;
  /** True where the site's server signed the id, or asks itself; else pages learn nothing of the person. */
  isProven?: boolean;
  url: string;
  session: number;
  page: number;
  isAsking: boolean;
  /** Shows surveys in its own way and not in a frame, as a server that asks does. */
  isUnframed?: boolean;
  sight: Sight;
  language: string;
};

/** A survey that waits on a page, and what for. Rules never leave the server. */
export type Armed = {
  survey: string;
  title: string;
  trigger: Trigger;
  delaySeconds: number;
  cancelOn: string[];
  shape: Moment['shape'];
  place?: string;
};

/** What a program is told of one survey that does not wait. */
export type Why = { survey: string; gate: Gate | null; until: string | null };

/**
 * How long what is known of a person is taken for what it was, while pages open one after the other: what waits on a
 * page is looked at anew before it is offered.
 */
const KNOWN_MS = 5_000;
const KNOWN_MAX = 20_000;
/** How long a page waits for what was just told to be taken in. */
const SETTLE_MS = 250;

type Known = {
  personId: number | null;
  personIds: readonly number[];
  person: { publicId: string } | null;
  byStudy: ReadonlyMap<number, Subject>;
  answered: ReadonlySet<string>;
  past: readonly PastOffer[];
  hasOptedOut: boolean;
};

type StudyBook = {
  prepared: Prepared;
  /** The place of each survey's rule among those that are decided. */
  placeOf: ReadonlyMap<string, number>;
  decideEach: ReturnType<typeof compileRules>['decideEach'];
};

/** The surveys of a workspace that have a moment, the most urgent first, and the rules of their audiences by study. */
type Book = {
  surveys: readonly OfferedSurvey[];
  bySurvey: ReadonlyMap<string, OfferedSurvey>;
  studies: ReadonlyMap<number, StudyBook>;
};

/** What the surveys of one visit share. */
type Meeting = {
  instant: Date;
  known: Known;
  /** The studies whose surveys the page's site may show. */
  shown: ReadonlySet<number>;
  audienceOf: (survey: OfferedSurvey) => Truth;
};

/** A survey as one visitor meets it. Most fit no page, so that nothing is worked out before it is asked for. */
class Met implements Candidate {
  readonly #of: OfferedSurvey;
  readonly #meeting: Meeting;

  constructor(of: OfferedSurvey, meeting: Meeting) {
    this.#of = of;
    this.#meeting = meeting;
  }
  get survey() {
    return this.#of.publicId;
  }
  get moment() {
    return this.#of.moment;
  }
  get isOpen() {
    return openingOf(this.#of.state, this.#of.settings, this.#meeting.instant) === 'open';
  }
  get mayShow() {
    return this.#meeting.shown.has(this.#of.studyId);
  }
  get audience() {
    return this.#meeting.audienceOf(this.#of);
  }
  /** Whoever has no id that stays can be in no sample that stays, and is asked only where everybody is. */
  get draw() {
    const { person } = this.#meeting.known;
    if (this.#of.moment.percent === 100) return 0;
    return person ? randomFor(person.publicId, this.survey)() : 0.999_999;
  }
  get hasAnswered() {
    return this.#meeting.known.answered.has(this.survey);
  }
}

/** Which survey may be offered to somebody who is there just now, and why the others are not. */
export function offerService(context: Context) {
  const { store, logs, now } = context;
  const facts = personFacts(store, now);
  const people = recentReads<{ known: Known }>(KNOWN_MS, KNOWN_MAX);
  const books = new WeakMap<readonly OfferedSurvey[], Promise<Book>>();
  let wall = { key: '', weekday: 1, clock: '' };

  /** A workspace's surveys, their rules made ready once for as long as they stay what they are. */
  async function bookOf(workspaceId: number): Promise<Book> {
    const surveys = await store.offers.surveys(workspaceId);
    const known = books.get(surveys) ?? makeBook(surveys);
    books.set(surveys, known);
    return known;
  }

  async function makeBook(surveys: readonly OfferedSurvey[]): Promise<Book> {
    const studies = new Map<number, StudyBook>();
    for (const [studyId, those] of Map.groupBy(surveys, (survey) => survey.studyId)) {
      const asked = those.flatMap(({ publicId, audience }) => (audience ? [{ publicId, rule: audience.rule }] : []));
      const prepared = await facts.prepare(
        studyId,
        asked.map(({ rule }) => rule),
      );
      // What segments ask is asked in their place, so that what they share is decided once.
      const rules = asked.map(({ rule }) => withSegments(rule, (id) => prepared.segments.get(id) ?? null));
      studies.set(studyId, {
        prepared,
        placeOf: new Map(asked.map(({ publicId }, place) => [publicId, place])),
        decideEach: compileRules(rules).decideEach,
      });
    }
    const urgency = ({ publicId, moment }: OfferedSurvey) => ({ survey: publicId, moment });
    const inOrder = surveys.toSorted((a, b) => byUrgency(urgency(a), urgency(b)));
    return { surveys: inOrder, bySurvey: new Map(surveys.map((survey) => [survey.publicId, survey])), studies };
  }

  /** What is known of a visitor: who they are, what was offered to them, which surveys they have answered. */
  async function lookAt(visitor: Visitor, { studies }: Book): Promise<Known> {
    await logs.settle(SETTLE_MS);
    const { workspaceId } = visitor;
    const personId = await store.facts.personBehind(workspaceId, visitor);
    const person = personId === null ? null : await facts.knownPerson(personId);
    const personIds = person?.personIds ?? [];
    const byStudy = new Map<number, Subject>();
    // What the visit tells is laid over it when it is decided.
    for (const [studyId, { prepared }] of studies)
      byStudy.set(studyId, await facts.subjectFor({ workspaceId, studyId }, person, prepared, {}));
    return {
      personId,
      personIds,
      person,
      byStudy,
      answered: await store.facts.completed(personIds),
      past: await store.offers.past(personIds),
      hasOptedOut: await store.offers.hasOptedOut(personIds),
    };
  }

  /** The day of the week and the time at a place; worked out anew each minute. */
  function clockAt(instant: Date, timeZone: string) {
    const key = `${Math.floor(instant.getTime() / 60_000)} ${timeZone}`;
    if (wall.key !== key) {
      const shown = wallTime(instant.toISOString(), timeZone);
      const weekday = new Date(`${shown.slice(0, 10)}T00:00:00Z`).getUTCDay() || 7;
      wall = { key, weekday, clock: shown.slice(11) };
    }
    return wall;
  }

  /** The studies whose surveys may stand in a frame on a page. */
  async function shownOn({ url, isUnframed }: Visitor, { surveys }: Book): Promise<Set<number>> {
    const origin = URL.canParse(url) ? new URL(url).origin : null;
    const shown = new Set<number>();
    for (const studyId of new Set(surveys.map((survey) => survey.studyId)))
      if (isUnframed || (origin !== null && (await store.offers.origins(studyId)).includes(origin))) shown.add(studyId);
    return shown;
  }

  /** A visit to a page, and the surveys as this visitor meets them. What a rule says is found out when somebody asks. */
  async function meet(visitor: Visitor, known: Known, book: Book) {
    const limits = await store.offers.limits(visitor.workspaceId);
    const instant = now();
    const { weekday, clock } = clockAt(instant, limits.timeZone);
    const visit: Visit = {
      now: instant.getTime(),
      weekday,
      clock,
      url: visitor.url,
      session: visitor.session,
      page: visitor.page,
      isAsking: visitor.isAsking,
      optedOut: known.hasOptedOut ? 'all' : new Set(),
      offers: known.past,
      limits,
    };
    const deciders = new Map<number, ReturnType<StudyBook['decideEach']> | null>();
    const deciderOf = (studyId: number) => {
      const made = deciders.get(studyId);
      if (made !== undefined) return made;
      const base = known.byStudy.get(studyId);
      const seen = base && seenBy(base, visitor.sight, { now: visit.now, timeZone: limits.timeZone });
      const decider = (seen && book.studies.get(studyId)?.decideEach(seen)) ?? null;
      deciders.set(studyId, decider);
      return decider;
    };
    const audienceOf = ({ publicId, studyId, audience }: OfferedSurvey): Truth => {
      if (audience === null) return true;
      const place = book.studies.get(studyId)?.placeOf.get(publicId);
      return place === undefined ? null : (deciderOf(studyId)?.(place) ?? null);
    };
    const meeting: Meeting = { instant, known, shown: await shownOn(visitor, book), audienceOf };
    const candidateOf = (survey: OfferedSurvey): Candidate => new Met(survey, meeting);
    return { visit, candidateOf };
  }

  async function titleOf({ versionId }: OfferedSurvey, language: string): Promise<string> {
    const { definition } = await store.surveys.version(versionId);
    return wordingIn(definition.title, languageOf(definition.languages, language), definition.languages);
  }
  const languageOf = (languages: readonly string[], wanted: string): string =>
    languages.find((one) => one === wanted) ??
    languages.find((one) => one === wanted.split('-')[0]) ??
    languages[0] ??
    'en';

  const told = (verdict: Verdict): Why => ({
    survey: verdict.survey,
    gate: verdict.gate,
    until: verdict.until === null ? null : new Date(verdict.until).toISOString(),
  });

  return {
    /**
     * What waits on a page. A survey that waits for an event may wait for people whom its rule does not admit yet, since
     * the event may be what admits them; whether it is offered is decided when it happens.
     *
     * @param isWhyAsked whether every survey is to be told of, and not only those that wait
     */
    decide: async (
      visitor: Visitor,
      { isWhyAsked = false }: { isWhyAsked?: boolean } = {},
    ): Promise<{ armed: Armed[]; why: Why[] }> => {
      const book = await bookOf(visitor.workspaceId);
      const { bySurvey, surveys } = book;
      if (surveys.length === 0) return { armed: [], why: [] };
      const { known } = await people.read(keyOf(visitor), async () => ({ known: await lookAt(visitor, book) }));
      const { visit, candidateOf } = await meet(visitor, known, book);
      const candidates = surveys.map(candidateOf);
      const verdicts = isWhyAsked ? decideOffers(candidates, visit) : waitingOffers(candidates, visit);
      const armed: Armed[] = [];
      for (const { survey, gate } of verdicts) {
        const found = bySurvey.get(survey);
        if (!found) continue;
        const { trigger, delaySeconds, cancelOn, shape, place } = found.moment;
        const mayBecome = trigger.on === 'event' && (gate === 'audience' || gate === 'audience-unknown');
        // Of those that open with the page only the first can; the others wait for moments of their own.
        const mayStill = gate === 'priority' && trigger.on !== 'page';
        if (gate !== null && !mayStill && !mayBecome) continue;
        armed.push({
          survey,
          title: await titleOf(found, visitor.language),
          trigger: trigger.on === 'event' ? { on: 'event', name: trigger.name } : trigger,
          delaySeconds,
          cancelOn,
          shape,
          ...(place === undefined ? {} : { place }),
        });
      }
      return { armed, why: isWhyAsked ? verdicts.map(told) : [] };
    },

    /**
     * Offers a survey for which the moment has come, decided anew with all that is known now.
     *
     * @param event what happened, for a survey that waits for an event
     * @returns the address that opens it, or what stands in the way
     */
    offer: async (
      visitor: Visitor,
      surveyId: string,
      event: { name: string; properties: Record<string, unknown> } | null,
    ): Promise<{ url: string; gate: null } | { url: null; gate: Gate | 'event' }> => {
      const book = await bookOf(visitor.workspaceId);
      const found = book.bySurvey.get(surveyId);
      if (!found) throw new Problem('not-found', 'There is no such survey to offer');
      const { trigger } = found.moment;
      const isMeant =
        trigger.on !== 'event' ||
        (event?.name === trigger.name && filterOf(trigger.where)(event.properties, undefined));
      if (!isMeant) return { url: null, gate: 'event' };
      const known = await lookAt(visitor, book);
      // Which of several comes first was a question of the page; here one has had its moment.
      const { visit, candidateOf } = await meet(visitor, known, book);
      const candidates = [candidateOf(found)];
      const [verdict] = decideOffers(candidates, visit);
      if (verdict?.gate !== null) return { url: null, gate: verdict?.gate ?? 'off' };
      const at = now().toISOString();
      const mark = `?source=widget&language=${encodeURIComponent(
        languageOf((await store.surveys.version(found.versionId)).definition.languages, visitor.language),
      )}`;
      if (known.person === null || known.personId === null) return { url: `/s/${found.slug}${mark}`, gate: null };
      const { surveyId: id } = found;
      const offer = {
        workspaceId: visitor.workspaceId,
        surveyId: id,
        personId: known.personId,
        shape: found.moment.shape,
        page: pathOf(visitor.url),
        at,
      };
      const mayOffer = (past: PastOffer[]) => decideOffers(candidates, { ...visit, offers: past })[0]?.gate === null;
      const isMade = await store.offers.make(offer, known.personIds, mayOffer);
      people.forget(keyOf(visitor));
      if (!isMade) return { url: null, gate: 'cool-down' };
      const grant = makeGrant(
        context.keys.invitation,
        found.publicId,
        known.person.publicId,
        visitor.isProven ?? false,
        now(),
      );
      return { url: `/s/${found.slug}${mark}&offer=${grant}`, gate: null };
    },

    /** Somebody closed a survey that was offered. */
    dismissed: async (visitor: Visitor, surveyId: string): Promise<void> => {
      const found = (await store.offers.surveys(visitor.workspaceId)).find((one) => one.publicId === surveyId);
      const personId = await store.facts.personBehind(visitor.workspaceId, visitor);
      if (!found || personId === null) return;
      await store.offers.dismiss(found.surveyId, await store.people.sameAs(personId), now().toISOString());
    },

    /**
     * For somebody on a page: what stands in the way of every survey, and how its audience was decided, leaf by leaf.
     *
     * @param url empty for no page in particular
     */
    explain: async (
      workspaceId: number,
      person: { userId?: string; anonymousId?: string },
      url: string,
    ): Promise<{ survey: OfferedSurvey; verdict: Verdict; trace: Trace | null }[]> => {
      const book = await bookOf(workspaceId);
      const visitor: Visitor = {
        workspaceId,
        ...person,
        url,
        session: Number.MAX_SAFE_INTEGER,
        page: Number.MAX_SAFE_INTEGER,
        isAsking: false,
        isUnframed: url === '',
        sight: { page: { url, path: pathOf(url) } },
        language: 'en',
      };
      const known = await lookAt(visitor, book);
      const { visit, candidateOf } = await meet(visitor, known, book);
      return decideOffers(book.surveys.map(candidateOf), visit).flatMap((verdict) => {
        const survey = book.bySurvey.get(verdict.survey);
        if (!survey) return [];
        const subject = known.byStudy.get(survey.studyId);
        const trace = survey.audience && subject ? compileRules([survey.audience.rule]).explain(0, subject) : null;
        return [{ survey, verdict, trace }];
      });
    },

    /** What would have been offered in the last days, had today's surveys, rules and limits held. */
    replay: async (study: Study, days: number) => {
      await logs.settle(SETTLE_MS);
      const place = { workspaceId: study.workspaceId, studyId: study.id };
      return context.thread.ask('replay', { ...place, now: now().getTime(), days });
    },

    /** @throws Problem `invalid` naming every field that does not fit */
    saveMoment: async (survey: SurveyRow, input: unknown): Promise<void> => {
      const read = Moment.safeParse(input);
      if (!read.success)
        throw new Problem('invalid', 'This moment does not fit', {
          errors: read.error.issues.map((issue) => ({ pointer: `#/${issue.path.join('/')}`, detail: issue.message })),
        });
      await store.offers.saveMoment(survey.id, read.data, now().toISOString());
    },

    /** @throws Problem `invalid` naming every field that does not fit */
    saveLimits: async (workspaceId: number, input: unknown): Promise<void> => {
      const read = ContactLimits.safeParse(input);
      if (!read.success)
        throw new Problem('invalid', 'These limits do not fit', {
          errors: read.error.issues.map((issue) => ({ pointer: `#/${issue.path.join('/')}`, detail: issue.message })),
        });
      await store.offers.saveLimits(workspaceId, read.data);
    },

    /**
     * Says whose pages may hold surveys of a study in a frame.
     *
     * @param lines one origin each, such as `https://example.org`
     * @throws Problem `invalid` naming the lines that are none
     */
    saveOrigins: async (study: Study, lines: readonly string[]): Promise<void> => {
      const wrong = lines.filter((line) => !isOrigin(line));
      if (wrong.length > 0)
        throw new Problem('invalid', 'Some of these are no sites', {
          errors: [
            {
              pointer: '#/origins',
              detail: `Write each site as its pages' address begins, such as https://example.org, without a path: ${wrong.slice(0, 3).join(', ')}`,
            },
          ],
        });
      await store.offers.saveOrigins(study.id, [...new Set(lines.map((line) => new URL(line).origin))].slice(0, 50));
    },
  };
}
export type Offers = ReturnType<typeof offerService>;

/** An address may have signs in its host that a header would read as many sites, or as the end of the list. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (!HOST.test(url.hostname)) return false;
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/' && url.search === '';
}

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '').slice(0, 500);

const keyOf = ({ workspaceId, userId, anonymousId }: Visitor): string =>
  JSON.stringify([workspaceId, userId, anonymousId]);

/** What is known of somebody, seen on a page at a moment. */
function seenBy(base: Subject, sight: Sight, clock: Subject['clock']): Subject {
  return {
    ...base,
    clock,
    fact: (kind, name) =>
      kind === 'page' || kind === 'technology' || kind === 'place'
        ? (sight[kind] as Readonly<Record<string, string | number>> | undefined)?.[name]
        : base.fact(kind, name),
  };
}
