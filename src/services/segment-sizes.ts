import type { SegmentEvent } from '../model/outgoing-event.ts';
import type { Rule } from '../model/rule.ts';
import { dayAt, dayText } from '../rules/calendar.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Audience, AudienceCount } from '../workers/tasks/audience.ts';
import type { Context } from './context.ts';
import type { Outgoing } from './outgoing.ts';
import type { Segments } from './segments.ts';

/** A server that has just been started has more urgent things to do. */
const FIRST_MS = 60_000;
/** How often it is looked whether a new day has come somewhere. */
const EVERY_MS = 30 * 60_000;

/**
 * How segments by a rule grow and shrink: each count of one is kept under its day, and who, or which company, came into it
 * or left it since the count before is announced. The first count of a segment announces nobody.
 */
export function segmentSizeService(
  { store, now }: Context,
  { segments, outgoing, report }: { segments: Segments; outgoing: Outgoing; report: (error: unknown) => void },
) {
  /** Counts of one segment follow each other, so that each is held against the one before it. */
  const turns = new Map<number, Promise<unknown>>();
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;
  let running: Promise<void> = Promise.resolve();

  const dayIn = async ({ workspaceId }: Study): Promise<string> =>
    dayText(dayAt(now().getTime(), (await store.offers.limits(workspaceId)).timeZone));

  async function keep(study: Study, segment: Segment, audience: Audience): Promise<void> {
    const before = await store.segmentSizes.latest(segment.id);
    const isOfCompanies = segment.unit === 'company';
    const [{ all, unknown }, other]: [AudienceCount, AudienceCount] = isOfCompanies
      ? [audience.companies, audience.people]
      : [audience.people, audience.companies];
    const links = isOfCompanies ? new Map<number, number>() : await store.populationFacts.links(study.workspaceId);
    const known = new Set(before?.people.map((id) => links.get(id) ?? id));
    const people = (isOfCompanies ? audience.admittedCompanies : audience.admitted).map(({ id }) => id);
    const counterpart = other.admitted;
    const unknownCompanies = isOfCompanies ? audience.unknownCompanies : [];
    const isIn = new Set(people);
    const entered = before ? people.filter((id) => !known.has(id)) : [];
    const gone = [...known].filter((id) => !isIn.has(id));
    const day = await dayIn(study);
    const numbers = { day, admitted: people.length, unknown, everybody: all };
    const [last] = await store.segmentSizes.days(segment.id, 1);
    const isSame =
      last?.day === day &&
      last.unknown === unknown &&
      last.everybody === all &&
      last.counterpart === counterpart &&
      before?.unknownCompanies.join() === unknownCompanies.join();
    if (before && isSame && entered.length + gone.length === 0) return;
    const number = (before?.number ?? 0) + 1;
    const countedAt = now().toISOString();
    // Announced before it is kept: should the process end in between, the next count finds and names the same again.
    await announce(study, segment, 'segment.entered', entered, { number, countedAt });
    await announce(study, segment, 'segment.left', gone, { number, countedAt });
    await store.segmentSizes.keep(
      { segmentId: segment.id, ...numbers, entered: entered.length, gone: gone.length, counterpart },
      { number, countedAt, people, unknownCompanies },
    );
  }

  async function announce(
    study: Study,
    segment: Segment,
    type: SegmentEvent['type'],
    people: readonly number[],
    { number, countedAt }: { number: number; countedAt: string },
  ): Promise<void> {
    if (people.length === 0 || !(await store.hooks.list(study.id)).some(({ events }) => events.includes(type))) return;
    if (segment.unit === 'company') {
      for (const company of await store.companies.named(people))
        await outgoing.announce(
          study,
          {
            type,
            study: study.publicId,
            segment: { id: segment.publicId, name: segment.name },
            pseudonym: null,
            company: { id: company.publicId, name: company.name },
          },
          { origin: `${type} ${segment.publicId} company ${company.id} ${number}`, happenedAt: countedAt },
        );
      return;
    }
    const pseudonyms = await store.segmentSizes.pseudonyms(study.id, people);
    for (const personId of people)
      await outgoing.announce(
        study,
        {
          type,
          study: study.publicId,
          segment: { id: segment.publicId, name: segment.name },
          pseudonym: pseudonyms.get(personId) ?? null,
        },
        { origin: `${type} ${segment.publicId} ${personId} ${number}`, happenedAt: countedAt, personId },
      );
  }

  /**
   * Whom a segment's own rule admits just now, kept as the size of today. That it cannot be kept is reported and takes
   * nothing from the count.
   */
  function count(study: Study, segment: Segment, rule: Rule): Promise<Audience> {
    const turn = (turns.get(segment.id) ?? Promise.resolve())
      .catch(() => {})
      .then(async () => {
        const audience = await segments.count(study, rule, segment.surveyId, segment.unit);
        await keep(study, segment, audience).catch(report);
        return audience;
      });
    turns.set(segment.id, turn);
    const end = () => {
      if (turns.get(segment.id) === turn) turns.delete(segment.id);
    };
    turn.then(end, end);
    return turn;
  }

  /** Counts every segment that was not counted yet on its workspace's day. */
  async function countAll(): Promise<void> {
    for (const { id, studyId, day } of await store.segmentSizes.lastDays()) {
      if (!isOpen) return;
      const study = await store.studies.find(studyId);
      if (!study || day === (await dayIn(study))) continue;
      const segment = await store.segments.findById(studyId, id);
      if (segment?.rule) await count(study, segment, JSON.parse(segment.rule) as Rule).catch(report);
    }
  }

  function wait(ms: number): void {
    if (!isOpen) return;
    timer = setTimeout(() => {
      running = countAll().catch(report);
      running.then(() => wait(EVERY_MS));
    }, ms);
    timer.unref();
  }

  return {
    count,
    countAll,
    open: (): void => {
      isOpen = true;
      wait(FIRST_MS);
    },
    /** Finishes the segment that is being counted. */
    close: async (): Promise<void> => {
      isOpen = false;
      clearTimeout(timer);
      await running;
    },
  };
}
