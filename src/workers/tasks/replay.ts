import { randomFor } from '../../logic/draw-order.ts';
import { wallTime } from '../../model/zoned-time.ts';
import { compileRules } from '../../rules/decide.ts';
import { filterOf } from '../../rules/leaf.ts';
import type { Candidate, Gate } from '../../rules/offer.ts';
import { withSegments } from '../../rules/references.ts';
import { numberVisits, type PastMoment, replayPerson } from '../../rules/replay.ts';
import type { Subject } from '../../rules/subject.ts';
import { personFacts } from '../../store/person-facts.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type ReplayArgs = { workspaceId: number; studyId: number; now: number; days: number };
export type Replayed = {
  /** Pages and events that were looked at, and of how many people. */
  moments: number;
  people: number;
  /** There were more moments than are looked at; the newest were. */
  isCut: boolean;
  surveys: { survey: string; offers: number; people: number; gates: [Gate, number][] }[];
  /** Of two surveys that could both have been offered at a moment: which came first, which had to wait, how often. */
  collisions: { first: string; second: string; count: number }[];
  /** How many offers there would have been on each day, the oldest first. */
  days: { day: string; offers: number }[];
};

const DAY_MS = 86_400_000;
const MOMENTS_MAX = 50_000;

/**
 * Lives through the last days again with the surveys, rules and limits of today. A page is a moment for every survey but
 * those that wait for an event; attributes, answers and companies are taken as they are today, events as far as they had
 * happened.
 */
export async function replayTask({ store, onProgress }: TaskContext, args: ReplayArgs): Promise<Replayed> {
  const { workspaceId, studyId } = args;
  const clockNow = () => new Date(args.now);
  const facts = personFacts(store, clockNow);
  const surveys = (await store.offers.surveys(workspaceId)).filter(
    (survey) => survey.studyId === studyId && survey.moment.isOn,
  );
  const limits = await store.offers.limits(workspaceId);
  const asked = surveys.flatMap(({ publicId, audience }) => (audience ? [{ publicId, rule: audience.rule }] : []));
  const prepared = await facts.prepare(
    studyId,
    asked.map(({ rule }) => rule),
  );
  const { decide } = compileRules(
    asked.map(({ rule }) => withSegments(rule, (id) => prepared.segments.get(id) ?? null)),
  );
  const waitsFor = new Map(
    surveys.flatMap(({ publicId, moment: { trigger } }) =>
      trigger.on === 'event' ? [[publicId, { name: trigger.name, counts: filterOf(trigger.where) }] as const] : [],
    ),
  );

  const events = [...new Set([...waitsFor.values()].map(({ name }) => name))];
  const rows = await store.facts.moments(workspaceId, {
    from: new Date(args.now - args.days * DAY_MS).toISOString(),
    events,
    most: MOMENTS_MAX + 1,
  });
  const isCut = rows.length > MOMENTS_MAX;
  const newest = rows.slice(0, MOMENTS_MAX).reverse();
  const byPerson = Map.groupBy(newest, ({ personId }) => personId);

  const offered = new Map<string, { offers: number; people: number; gates: Map<Gate, number> }>(
    surveys.map(({ publicId }) => [publicId, { offers: 0, people: 0, gates: new Map() }]),
  );
  const collisions = new Map<string, number>();
  const perDay = new Map<string, number>();
  const dayOf = (at: number) => wallTime(new Date(at).toISOString(), limits.timeZone).slice(0, 10);
  let done = 0;
  for (const [personId, theirs] of byPerson) {
    done += 1;
    if (done % 200 === 0) onProgress('Living through it again', done / byPerson.size);
    const base = await facts.subjectFor({ workspaceId, studyId }, await facts.knownPerson(personId), prepared);
    const properties = new Map(theirs.map((row) => [row.at, row.properties]));
    const visits = numberVisits(theirs.map(({ at, url, event }) => ({ at, url, event })));
    const {
      offers,
      gates,
      collisions: met,
    } = replayPerson(visits, limits, (moment) => {
      const wall = wallTime(new Date(moment.at).toISOString(), limits.timeZone);
      const decided = decide(asOf(base, moment, limits.timeZone));
      const truths = new Map(asked.map(({ publicId }, index) => [publicId, decided[index] ?? null]));
      const candidates = surveys.flatMap((survey): Candidate[] => {
        const wanted = waitsFor.get(survey.publicId);
        const isItsMoment = wanted
          ? wanted.name === moment.event && wanted.counts(properties.get(moment.at), undefined)
          : moment.event === null;
        if (!isItsMoment) return [];
        return [
          {
            survey: survey.publicId,
            moment: survey.moment,
            isOpen: true,
            mayShow: true,
            audience: survey.audience === null ? true : (truths.get(survey.publicId) ?? null),
            draw: base.person === undefined ? 0.999_999 : randomFor(base.person, survey.publicId)(),
            hasAnswered: false,
          },
        ];
      });
      return {
        candidates,
        weekday: new Date(`${wall.slice(0, 10)}T00:00:00Z`).getUTCDay() || 7,
        clock: wall.slice(11),
      };
    });
    for (const { survey, at } of offers) {
      const own = offered.get(survey);
      if (own) own.offers += 1;
      perDay.set(dayOf(at), (perDay.get(dayOf(at)) ?? 0) + 1);
    }
    for (const survey of new Set(offers.map((offer) => offer.survey))) {
      const own = offered.get(survey);
      if (own) own.people += 1;
    }
    for (const [survey, counts] of gates)
      for (const [gate, count] of counts) {
        const own = offered.get(survey)?.gates;
        own?.set(gate, (own.get(gate) ?? 0) + count);
      }
    for (const pair of met) collisions.set(pair.join(' '), (collisions.get(pair.join(' ')) ?? 0) + 1);
  }
  return {
    moments: newest.length,
    people: byPerson.size,
    isCut,
    surveys: [...offered].map(([survey, { offers, people, gates }]) => ({
      survey,
      offers,
      people,
      gates: [...gates].sort((a, b) => b[1] - a[1]),
    })),
    collisions: [...collisions]
      .map(([pair, count]) => {
        const [first = '', second = ''] = pair.split(' ');
        return { first, second, count };
      })
      .sort((a, b) => b.count - a.count),
    days: Array.from({ length: args.days }, (_, index) => {
      const day = dayOf(args.now - (args.days - 1 - index) * DAY_MS);
      return { day, offers: perDay.get(day) ?? 0 };
    }),
  };
}

/** Somebody as they were at a moment, as far as events tell. */
function asOf(base: Subject, { at, url }: PastMoment, timeZone: string): Subject {
  return {
    ...base,
    clock: { now: at, timeZone },
    fact: (kind, name) => {
      if (kind !== 'page') return base.fact(kind, name);
      if (name === 'url') return url;
      return name === 'path' && URL.canParse(url) ? new URL(url).pathname : undefined;
    },
    happenings: (kind, name) => {
      const all = base.happenings(kind, name);
      if (!all) return all;
      const later = all.findIndex((one) => one.at > at);
      return later < 0 ? all : all.slice(0, later);
    },
  };
}
