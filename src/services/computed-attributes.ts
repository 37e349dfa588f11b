import { ATTRIBUTE_FAMILIES } from '../model/attribute.ts';
import { attributesOf, BUYERS_MIN, type ComputedDefinition, readComputed, valueType } from '../model/computed.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { dateBins } from '../reports/calendar-bins.ts';
import { bins } from '../reports/question-summary.ts';
import { dayAt } from '../rules/calendar.ts';
import type { LeftOut } from '../rules/computed-value.ts';
import type { ComputedAttribute, ComputedSummary } from '../store/computed.ts';
import type { DatabasePlace } from '../store/database-place.ts';
import type { ComputedPart, ToCompute } from '../workers/tasks/computed.ts';
import { startThread, type Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';

/** How long nothing must have come before everything is worked out anew, and how long that is put off at most. */
const QUIET_MS = 10_000;
const BEHIND_MS_MAX = 10 * 60_000;
const LOOK_MS = 5_000;
/** A large workspace rests so many times as long as working it out took, within `BEHIND_MS_MAX`. */
const REST_TIMES = 5;
const AFTER_FAILURE_MS = 60_000;
const DEFINITIONS_MAX = 100;
const DAY_MS = 86_400_000;
/** Of texts so many are told apart. */
const TEXTS_MAX = 1000;
const TEXTS_SHOWN = 10;

export type ComputedForm = { name: string; family: string; definition: unknown };

/** What is seen of a workspace between two looks: how far in the log, the newest record of its own, and since when. */
type Watch = { mark: number; newest: number; changedAt: number; behindSince: number | null };

/** Attributes that are worked out of events, for all people, beside the server. */
export function computedAttributeService(
  { store, logs, keys, now }: Context,
  place: DatabasePlace,
  report: (error: unknown) => void,
) {
  const going = new Map<number, { thread: Thread; done: Promise<void>; next: Promise<void> | null }>();
  const watches = new Map<number, Watch>();
  const failedUntil = new Map<number, number>();
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  /** Those that were not ended. */
  const current = async (workspaceId: number): Promise<ComputedAttribute[]> =>
    (await store.computed.list(workspaceId)).filter(({ endedAt }) => endedAt === null);

  async function work(workspaceId: number, thread: Thread): Promise<void> {
    await logs.settle();
    const began = performance.now();
    const at = now();
    const definitions = await current(workspaceId);
    const { mark: seq } = await store.computed.newest(workspaceId, Number.MAX_SAFE_INTEGER);
    const ready: ToCompute[] = [];
    const refused = new Map<string, string>();
    for (const { publicId, name, definition } of definitions) {
      const quintiles = definition.kind === 'rfm' ? await thread.ask('quintiles', { workspaceId, definition }) : null;
      if (quintiles && quintiles.cutoffs === null)
        refused.set(
          publicId,
          `Quintiles need at least ${BUYERS_MIN} buyers, and there ${quintiles.buyers === 1 ? 'is 1' : `are ${quintiles.buyers}`}`,
        );
      ready.push({ publicId, name, definition, cutoffs: quintiles?.cutoffs ?? null });
    }
    const gathered = gathering(definitions);
    for (let afterId: number | null = 0; afterId !== null; ) {
      const part: ComputedPart = await thread.ask('computed', {
        workspaceId,
        definitions: ready,
        afterId,
        now: at.getTime(),
      });
      if (part.changes.length > 0) await store.computed.write(workspaceId, part.changes, at.toISOString());
      gathered.add(part);
      afterId = part.next;
    }
    const tookMs = Math.round(performance.now() - began);
    for (const { id, version, publicId } of definitions)
      await store.computed.settle(
        { id, version },
        {
          seq,
          refreshedAt: at.toISOString(),
          tookMs,
          refused: refused.get(publicId) ?? null,
          summary: gathered.summaryOf(publicId),
        },
      );
  }

  /** Begins to work everything of a workspace out; one thread for it, so that pages wait for nothing. */
  function begin(workspaceId: number): Promise<void> {
    const thread = startThread({ place, textKey: keys.text });
    const done = work(workspaceId, thread).finally(async () => {
      going.delete(workspaceId);
      watches.delete(workspaceId);
      await thread.stop();
    });
    going.set(workspaceId, { thread, done, next: null });
    return done;
  }

  /** Works everything out as it is now: what is going on already may have begun before, and is followed by another. */
  function refresh(workspaceId: number): Promise<void> {
    const known = going.get(workspaceId);
    if (!known) return begin(workspaceId);
    known.next ??= known.done
      .catch(() => {})
      .then(() => {
        if (isStopping) throw new Error('Computed attributes were stopped');
        return going.get(workspaceId)?.done ?? begin(workspaceId);
      });
    return known.next;
  }

  /** Whether time alone has changed a value since: a window that ends now has moved on. */
  async function hasAged(workspaceId: number, definitions: readonly ComputedAttribute[], at: number): Promise<boolean> {
    const { timeZone } = await store.offers.limits(workspaceId);
    return definitions.some(({ definition, refreshedAt }) => {
      if (definition.kind !== 'measure' || !definition.within || !('last' in definition.within)) return false;
      const before = Date.parse(refreshedAt ?? '');
      const { unit } = definition.within;
      if (unit === 'minute' || unit === 'hour') return at - before >= BEHIND_MS_MAX;
      return dayAt(before, timeZone) !== dayAt(at, timeZone);
    });
  }

  /** Whether a workspace is to be worked out now. */
  async function isDue(workspaceId: number): Promise<boolean> {
    if (going.has(workspaceId)) return false;
    const definitions = await current(workspaceId);
    if (definitions.length === 0) return false;
    const at = now().getTime();
    if (definitions.some(({ refreshedAt }) => refreshedAt === null)) return true;
    const lastAt = Math.max(...definitions.map(({ refreshedAt }) => Date.parse(refreshedAt ?? '')));
    const restMs = Math.min(BEHIND_MS_MAX, REST_TIMES * Math.max(...definitions.map(({ tookMs }) => tookMs ?? 0)));
    if (at - lastAt < restMs) return false;
    const reached = Math.min(...definitions.map(({ seq }) => seq));
    const watch = watches.get(workspaceId) ?? { mark: reached, newest: 0, changedAt: at, behindSince: null };
    watches.set(workspaceId, watch);
    const { mark, newest } = await store.computed.newest(workspaceId, watch.mark);
    watch.mark = mark;
    if (newest !== null) {
      watch.newest = newest;
      watch.changedAt = at;
    }
    if (watch.newest <= reached) return hasAged(workspaceId, definitions, at);
    watch.behindSince ??= at;
    return at - watch.changedAt >= QUIET_MS || at - watch.behindSince >= BEHIND_MS_MAX;
  }

  /** Works out what is due. One workspace that cannot be worked out holds up no other, and is tried again later. */
  async function look(): Promise<void> {
    for (const workspaceId of await store.computed.workspaces()) {
      if (now().getTime() < (failedUntil.get(workspaceId) ?? 0) || !(await isDue(workspaceId))) continue;
      try {
        await refresh(workspaceId);
      } catch (error) {
        if (isStopping) return;
        failedUntil.set(workspaceId, now().getTime() + AFTER_FAILURE_MS);
        report(error);
      }
    }
  }

  return {
    /**
     * Defines an attribute; its values come with the next refresh.
     *
     * @throws Problem `invalid` naming what does not fit, `conflict` when the workspace has too many
     */
    define: async (workspaceId: number, form: ComputedForm, actor: Actor): Promise<ComputedAttribute> => {
      const errors: ProblemError[] = [];
      const name = form.name.trim();
      if (!/^[^\s:](?:[^:\p{Cc}]*[^\s:])?$/u.test(name) || name.length > 80)
        errors.push({ pointer: '#/name', detail: 'Enter a name of at most 80 letters, without a colon' });
      const family = ATTRIBUTE_FAMILIES.find((one) => one === form.family);
      if (!family) errors.push({ pointer: '#/family', detail: 'Choose one of the families' });
      const read = readComputed(form.definition);
      if ('error' in read)
        errors.push({ pointer: `#/${read.part === 'within' ? 'last' : read.part}`, detail: read.error });
      if (!family || 'error' in read || errors.length > 0)
        throw new Problem('invalid', 'This attribute cannot be computed yet', { errors });
      if ((await store.computed.list(workspaceId)).length >= DEFINITIONS_MAX)
        throw new Problem('conflict', `A workspace has ${DEFINITIONS_MAX} computed attributes at most`, {
          detail: 'Remove one first',
        });
      const { definition } = read;
      const added = await store.computed.add(
        { workspaceId, name, definition, createdBy: actor?.userId ?? null },
        attributesOf(name, definition),
        { type: valueType(definition), family },
        now().toISOString(),
      );
      if (!added)
        throw new Problem('invalid', 'This attribute cannot be computed yet', {
          errors: [{ pointer: '#/name', detail: 'Choose another name: an attribute of this name is known already' }],
        });
      return added;
    },
    /**
     * Gives an attribute another definition; its name stays, and the next refresh works it out anew for everybody.
     *
     * @param version the one that was looked at
     * @throws Problem `invalid` naming what does not fit, `conflict` when somebody else has changed it meanwhile
     */
    redefine: async (computed: ComputedAttribute, version: number, input: unknown, actor: Actor): Promise<void> => {
      const read = readComputed(input);
      const fault = (pointer: string, detail: string) =>
        new Problem('invalid', 'This attribute cannot be computed yet', { errors: [{ pointer, detail }] });
      if ('error' in read) throw fault(`#/${read.part === 'within' ? 'last' : read.part}`, read.error);
      const { definition } = read;
      const attributes = attributesOf(computed.name, definition);
      if (attributes.join() !== attributesOf(computed.name, computed.definition).join())
        throw fault(
          '#/kind',
          'Recency, frequency and monetary value are three attributes and anything else is one: define a new one, and end this',
        );
      const isChanged = await store.computed.change(
        { ...computed, version },
        { definition, type: valueType(definition), setBy: actor?.userId ?? null },
        attributes,
        now().toISOString(),
      );
      if (!isChanged)
        throw new Problem('conflict', 'Somebody else has changed this attribute meanwhile', {
          detail: 'Look at it again, then change it',
        });
    },
    /** From now on it is worked out no longer; what people have of it stays, and grows old. */
    end: (computed: ComputedAttribute, actor: Actor): Promise<void> =>
      store.computed.setEnded(computed.id, { at: now().toISOString(), by: actor?.userId ?? null }),
    /** Works it out again from now on. */
    resume: (computed: ComputedAttribute): Promise<void> => store.computed.setEnded(computed.id, null),
    /** With it go its values, their history too. */
    remove: (computed: ComputedAttribute): Promise<void> =>
      store.computed.remove(computed, attributesOf(computed.name, computed.definition)),
    refresh,
    isGoing: (workspaceId: number): boolean => going.has(workspaceId),
    look,
    /** From now on refreshes by itself. */
    open: (): void => {
      timer = setInterval(() => {
        // One look at a time; what one cannot do is tried at the next.
        looking = looking.then(look).catch((error: unknown) => {
          if (!isStopping) report(error);
        });
      }, LOOK_MS);
      timer.unref();
    },
    /** Refreshes by itself no longer. */
    rest: async (): Promise<void> => {
      clearInterval(timer);
      await looking;
    },
    stop: async (): Promise<void> => {
      isStopping = true;
      clearInterval(timer);
      const all = [...going.values()];
      await Promise.all(all.map(({ thread }) => thread.stop()));
      await Promise.allSettled([looking, ...all.map(({ done }) => done)]);
    },
  };
}
export type ComputedAttributes = ReturnType<typeof computedAttributeService>;

/** Puts the parts together to what each definition comes to over everybody. */
function gathering(definitions: readonly { publicId: string; name: string; definition: ComputedDefinition }[]) {
  const people = new Map<string, number>();
  const leftOut = new Map<string, LeftOut>();
  const numbers = new Map<string, Map<number, number>>();
  const texts = new Map<string, Map<string, number>>();
  const count = <Key>(counts: Map<Key, number>, key: Key) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const own = <Key>(all: Map<string, Map<Key, number>>, attribute: string) => {
    const found = all.get(attribute) ?? new Map<Key, number>();
    all.set(attribute, found);
    return found;
  };
  return {
    add: (part: ComputedPart): void => {
      for (const [id, more] of Object.entries(part.people)) people.set(id, (people.get(id) ?? 0) + more);
      for (const [id, { otherCurrency, noAmount, tooLarge }] of Object.entries(part.leftOut)) {
        const known = leftOut.get(id) ?? { otherCurrency: 0, noAmount: 0, tooLarge: 0 };
        leftOut.set(id, {
          otherCurrency: known.otherCurrency + otherCurrency,
          noAmount: known.noAmount + noAmount,
          tooLarge: known.tooLarge + tooLarge,
        });
      }
      for (const { attribute, numbers: values, texts: words } of part.values) {
        for (const value of values) count(own(numbers, attribute), value);
        for (const word of words) {
          const known = own(texts, attribute);
          count(known, known.has(word) || known.size < TEXTS_MAX ? word : '');
        }
      }
    },
    summaryOf: (publicId: string): ComputedSummary => {
      const found = definitions.find((one) => one.publicId === publicId);
      return {
        people: people.get(publicId) ?? 0,
        leftOut: leftOut.get(publicId) ?? { otherCurrency: 0, noAmount: 0, tooLarge: 0 },
        distributions: (found ? attributesOf(found.name, found.definition) : []).map((attribute) => ({
          attribute,
          bins: distribution(numbers.get(attribute), texts.get(attribute)),
        })),
      };
    },
  };
}

function distribution(
  numbers: ReadonlyMap<number, number> | undefined,
  texts: ReadonlyMap<string, number> | undefined,
): { label: string; count: number }[] {
  if (numbers) {
    const counted = [...numbers].map(([value, count]) => ({ value, count }));
    // A few whole numbers, such as quintiles, stand for themselves.
    const values = counted.map(({ value }) => value);
    const [low, high] = [Math.min(...values.slice(0, TEXTS_SHOWN + 1)), Math.max(...values.slice(0, TEXTS_SHOWN + 1))];
    if (values.length <= TEXTS_SHOWN && values.every(Number.isInteger) && high - low < TEXTS_SHOWN)
      return Array.from({ length: high - low + 1 }, (_, index) => ({
        label: String(low + index),
        count: numbers.get(low + index) ?? 0,
      }));
    return bins(counted, {});
  }
  if (!texts) return [];
  const days = [...texts].map(([text, count]) => ({ value: Math.floor(Date.parse(text) / DAY_MS), count }));
  if ([...texts.keys()].every((text) => /^\d{4}-\d\d-\d\dT/.test(text))) return dateBins(days);
  const sorted = [...texts].filter(([text]) => text !== '').sort((a, b) => b[1] - a[1]);
  const rest = (texts.get('') ?? 0) + sorted.slice(TEXTS_SHOWN).reduce((sum, [, count]) => sum + count, 0);
  return [
    ...sorted.slice(0, TEXTS_SHOWN).map(([label, count]) => ({ label: [...label].slice(0, 100).join(''), count })),
    ...(rest > 0 ? [{ label: 'others', count: rest }] : []),
  ];
}
