import { MAPPINGS } from '../exchange/outgoing/hook-kinds.ts';
import type { HookField, Mapping } from '../exchange/outgoing/mapping.ts';
import { cleanText } from '../model/clean-text.ts';
import {
  type HookKind,
  type OutgoingEvent,
  type PersonaEvent,
  type SegmentEvent,
  SUBSCRIBED_EVENTS,
  type SubscribedEvent,
} from '../model/outgoing-event.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { Delivery } from '../store/deliveries.ts';
import type { Feedback } from '../store/feedback.ts';
import type { Hook } from '../store/hooks.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Study } from '../store/studies.ts';
import { type AllowedTarget, readUrl } from './address-guard.ts';
import type { Actor, Context } from './context.ts';
import { courierService } from './courier.ts';
import { hookSecrets } from './hook-secrets.ts';
import { outboxService } from './outbox.ts';
import { outgoingClient, type Resolve } from './outgoing-client.ts';
import { NOT_PERSONAL, outgoingEvents } from './outgoing-events.ts';

/** What the operator sets, and what tests set in the place of the world outside. */
export type OutgoingOptions = { allowed: readonly AllowedTarget[]; resolve?: Resolve; random?: () => number };

/** A hook's form as it was typed. */
export type HookForm = {
  name: string;
  events: readonly string[];
  /** The public id of the one survey it tells of; empty for all. */
  survey: string;
  values: Readonly<Record<string, string>>;
};

const VALUE_MAX = 4_000;
const HOOKS_MAX = 50;

/** The events a kind can be told of. */
export const eventsFor = (mapping: Mapping): SubscribedEvent[] =>
  SUBSCRIBED_EVENTS.flatMap(({ type }) => (mapping.events.includes(type) ? [type] : []));

/** Telling other programs what came about: to whom, what of it, and what became of each message. */
export function outgoingService(
  context: Context,
  {
    allowed,
    resolve,
    random = Math.random,
    publicUrl,
    report,
  }: OutgoingOptions & { publicUrl: string | null; report: (error: unknown) => void },
) {
  const { store, now, logs } = context;
  const secrets = hookSecrets(context.keys.outgoing, now);
  const events = outgoingEvents(context, publicUrl);
  const outbox = outboxService(context, events, publicUrl);
  const client = outgoingClient({ allowed, ...(resolve ? { resolve } : {}) });
  const courier = courierService(context, { client, secrets, events, gather: outbox.gather, random, report });
  const at = () => now().toISOString();

  function faultOf(
    { as, check, isRequired, isSecret = false }: HookField,
    value: string,
    kept: boolean,
  ): string | null {
    if (value === '') return isRequired && !kept ? 'Enter it: it is needed' : null;
    if (value.length > VALUE_MAX) return `Shorten it to ${VALUE_MAX} letters`;
    if (as === 'address') {
      const read = readUrl(value, allowed);
      if ('refused' in read) return `Enter another address: ${read.refused}`;
    }
    // It goes into a header as it is.
    if (isSecret && !/^[\u0021-\u007E]+$/.test(value)) return 'Enter it without spaces and as it was given to you';
    return check?.(value) ?? null;
  }

  async function read(study: Study, kind: HookKind, form: HookForm, before: Hook | null) {
    const mapping = MAPPINGS[kind];
    const errors: ProblemError[] = [];
    const name = cleanText(form.name, 'name');
    if (name.text.trim() === '' || name.isTooLong)
      errors.push({ pointer: '#/name', detail: 'Name: enter one of at most 200 characters' });
    const possible = eventsFor(mapping);
    const chosen = possible.filter((type) => form.events.includes(type));
    if (possible.length > 0 && chosen.length === 0)
      errors.push({ pointer: '#/events', detail: 'Events: choose at least one' });
    const survey = form.survey === '' ? null : await store.surveys.find(study.id, form.survey);
    if (form.survey !== '' && !survey)
      errors.push({ pointer: '#/survey', detail: 'Survey: choose one of this study, or all' });
    const settings: Record<string, string> = { ...before?.settings };
    let secret: string | null = null;
    for (const field of mapping.fields) {
      const value = cleanText(form.values[field.name] ?? '', 'note').text.trim();
      const fault = faultOf(field, value, field.isSecret === true && before !== null);
      if (fault !== null) errors.push({ pointer: `#/${field.name}`, detail: `${field.label}: ${lowered(fault)}` });
      if (!field.isSecret) settings[field.name] = value;
      else if (value !== '') secret = value;
    }
    // Otherwise whoever may change the address could have the secret sent to a place of their own.
    const isElsewhere = before !== null && hostOf(before.settings['address']) !== hostOf(settings['address']);
    const secretField = mapping.fields.find(({ isSecret }) => isSecret);
    if (isElsewhere && secretField && secret === null && errors.length === 0)
      errors.push({
        pointer: `#/${secretField.name}`,
        detail: `${secretField.label}: enter it again, since the address is another`,
      });
    if (errors.length > 0)
      throw new Problem('invalid', 'This cannot be kept yet', { detail: 'Mend what is listed first', errors });
    return { name: name.text.trim(), events: chosen, surveyId: survey?.id ?? null, settings, secret };
  }

  async function keptAs(hook: Hook, origin: string): Promise<Delivery> {
    const kept = await store.deliveries.findByOrigin(hook.id, origin);
    if (!kept) throw new Problem('not-found', 'The place that this was for is no longer there');
    return kept;
  }

  function needTickets(hook: Hook): void {
    if (!MAPPINGS[hook.kind].makesTickets)
      throw new Problem('conflict', 'No tickets can be made there', { detail: 'Choose Jira, Asana or Trello' });
  }

  /** Asked twice, there is one ticket; one that came to nothing is tried again. */
  async function makeTicket(
    hook: Hook,
    subject: string,
    surveyId: number | null,
    about: () => Promise<{ event: OutgoingEvent; personId: number | null }>,
  ): Promise<Delivery> {
    const origin = `ticket ${subject}`;
    const before = await store.deliveries.findByOrigin(hook.id, origin);
    if (before && (before.state === 'failed' || before.state === 'given-up'))
      await store.deliveries.replay(hook.id, before.publicId, at());
    if (!before) {
      const { event, personId } = await about();
      const delivery = {
        hookId: hook.id,
        origin,
        event: event.type,
        subject,
        surveyId,
        personId,
        payload: JSON.stringify(event),
        happenedAt: at(),
        heldBack: null,
      };
      await store.deliveries.add([delivery], at());
    }
    courier.wake();
    return keptAs(hook, origin);
  }

  return {
    /**
     * Makes a hook; from now on it is told of what comes about.
     *
     * @throws Problem `invalid` naming every field that does not fit, `conflict` when there are too many
     */
    add: async (study: Study, kind: HookKind, form: HookForm, actor: Actor): Promise<Hook> => {
      const { secret, ...rest } = await read(study, kind, form, null);
      if ((await store.hooks.list(study.id)).length >= HOOKS_MAX)
        throw new Problem('conflict', `A study has ${HOOKS_MAX} of these at most`, { detail: 'Remove one first' });
      const hook = await store.hooks.add(
        {
          ...rest,
          studyId: study.id,
          kind,
          secret: secrets.close(secret ?? secrets.make()),
          madeBy: actor?.userId ?? null,
        },
        at(),
      );
      courier.wake();
      return hook;
    },
    /** Changes a hook; a secret that was left empty stays. Throws as `add` does. */
    change: async (study: Study, hook: Hook, form: HookForm): Promise<void> => {
      const { secret, ...rest } = await read(study, hook.kind, form, hook);
      await store.hooks.change(hook.id, { ...rest, secret: secret === null ? hook.secret : secrets.close(secret) });
    },
    /** Nothing goes out until it is resumed; what comes about meanwhile waits. */
    pause: (hook: Hook): Promise<void> => store.hooks.pause(hook.id, null, at()),
    resume: async (hook: Hook): Promise<void> => {
      await store.hooks.resume(hook.id);
      courier.wake();
    },
    /** Its log goes with it, and what was still to be sent is not. */
    remove: (hook: Hook): Promise<void> => store.hooks.remove(hook.id),

    /** What our webhooks are signed with; null for other kinds, and where it was closed under another key. */
    signingSecret: (hook: Hook): { secret: string; bothUntil: string | null } | null => {
      const [secret] = hook.kind === 'webhook' ? (secrets.open(hook.secret) ?? []) : [];
      return secret === undefined ? null : { secret, bothUntil: secrets.bothUntil(hook.secret) };
    },
    /** Signs with a new secret from now on, and with the old one as well for a day. */
    rotate: async (hook: Hook): Promise<void> => {
      if (hook.kind !== 'webhook')
        throw new Problem('conflict', 'Only webhooks have a secret of ours', { detail: 'Enter a new one in the form' });
      await store.hooks.setSecret(hook.id, secrets.rotate(hook.secret, secrets.make()));
    },

    /** Sends a test at once, whether the hook is paused or not, and writes into the log what became of it. */
    test: async (study: Study, hook: Hook): Promise<Delivery> => {
      const event = { type: 'test' as const, study: study.publicId, hook: hook.name };
      const parcel = { publicId: newPublicId(), event, happenedAt: at(), personId: null };
      const outcome = await courier.attempt(hook, parcel);
      await store.deliveries.addSent(
        {
          hookId: hook.id,
          publicId: parcel.publicId,
          origin: `test ${parcel.publicId}`,
          event: event.type,
          subject: null,
          surveyId: null,
          personId: null,
          payload: JSON.stringify(event),
          happenedAt: parcel.happenedAt,
          state: outcome.outcome === 'delivered' ? 'delivered' : 'failed',
        },
        outcome,
        at(),
      );
      return keptAs(hook, `test ${parcel.publicId}`);
    },
    /** @throws Problem `conflict` when it is under way or has nothing left to say */
    replay: async (hook: Hook, deliveryPublicId: string): Promise<void> => {
      if (!(await store.deliveries.replay(hook.id, deliveryPublicId, at())))
        throw new Problem('conflict', 'This cannot be sent again', {
          detail: 'It is on its way already, was held back, or what it said is no longer kept',
        });
      courier.wake();
    },

    /** Where a researcher may make a ticket. */
    ticketHooks: async (study: Study): Promise<Hook[]> =>
      (await store.hooks.list(study.id)).filter(({ kind }) => MAPPINGS[kind].makesTickets),
    /** The tickets that were asked for from a response, a piece of feedback or a theme, by its public id. */
    ticketsOf: async (study: Study, subject: string): Promise<{ hook: Hook; delivery: Delivery }[]> => {
      const hooks = new Map((await store.hooks.list(study.id)).map((hook) => [hook.id, hook]));
      return (await store.deliveries.ticketsOf(subject)).flatMap((delivery) => {
        const hook = hooks.get(delivery.hookId);
        return hook ? [{ hook, delivery }] : [];
      });
    },
    /**
     * Makes a ticket from a response. Asked twice, there is one ticket; one that came to nothing is tried again.
     *
     * @throws Problem `not-found` for a response of another study, `conflict` for a hook that makes no tickets or a
     *   response that was withdrawn
     */
    ticket: async (study: Study, hook: Hook, responsePublicId: string): Promise<Delivery> => {
      needTickets(hook);
      await logs.settle();
      const response = await store.responses.find(study.id, responsePublicId);
      if (!response) throw new Problem('not-found', 'There is no such response in this study');
      if (response.state === 'withdrawn')
        throw new Problem('conflict', 'This response was withdrawn', {
          detail: 'Nothing is left to make a ticket from',
        });
      return makeTicket(hook, response.publicId, response.surveyId, () =>
        events.ofResponse('response.ticket', response, hook),
      );
    },
    /** The same from a piece of feedback. Throws as `ticket` does. */
    feedbackTicket: async (study: Study, hook: Hook, feedbackPublicId: string): Promise<Delivery> => {
      needTickets(hook);
      const feedback = await store.feedback.find(study.id, feedbackPublicId);
      if (!feedback) throw new Problem('not-found', 'There is no such feedback in this study');
      if (feedback.erasedAt !== null)
        throw new Problem('conflict', 'The words of this feedback were erased', {
          detail: 'Nothing is left to make a ticket from',
        });
      return makeTicket(hook, feedback.publicId, null, async () => ({
        event: await events.ofFeedback('feedback.ticket', study, feedback, hook),
        personId: feedback.personId,
      }));
    },
    /** The same from a theme, with how many speak of it and the words of those who may be quoted. Throws as `ticket` does. */
    themeTicket: async (study: Study, hook: Hook, themePublicId: string): Promise<Delivery> => {
      needTickets(hook);
      const theme = await store.themes.describe(study.id, themePublicId);
      if (!theme) throw new Problem('not-found', 'There is no such theme in this study');
      return makeTicket(hook, theme.id, null, async () => ({
        event: await events.ofTheme(study, theme, hook),
        personId: null,
      }));
    },

    /**
     * What other services call when something came about that the outbox does not find by itself: somebody came into a
     * segment or left it. Marketing systems hear only of people who agreed to personalisation; that
     * somebody left is told to those that heard of the person before, since it takes away.
     *
     * @param origin names the occurrence, such as `segment.entered S P 3`: said twice, it is told once
     */
    announce: async (
      study: Study,
      event: PersonaEvent | SegmentEvent,
      {
        origin,
        happenedAt,
        personId = null,
        surveyId = null,
      }: { origin: string; happenedAt: string; personId?: number | null; surveyId?: number | null },
    ): Promise<void> => {
      const hooks = await outbox.askedBy(event.type, { studyId: study.id, surveyId, at: happenedAt });
      if (hooks.length === 0) return;
      const mayAddress = await events.mayAddress(study.id, personId);
      const heard =
        event.type === 'segment.left' && personId !== null
          ? await store.deliveries.toldOfPerson(study.id, personId)
          : [];
      await store.deliveries.add(
        hooks.map((hook) => ({
          hookId: hook.id,
          origin,
          event: event.type,
          subject: null,
          surveyId,
          personId,
          payload: JSON.stringify(event),
          happenedAt,
          heldBack: MAPPINGS[hook.kind].isMarketing && !mayAddress && !heard.includes(hook.id) ? NOT_PERSONAL : null,
        })),
        at(),
      );
      courier.wake();
    },

    /** Tells of a piece of feedback, each hook what it may hear of it; said twice, it is told once. */
    announceFeedback: async (study: Study, feedback: Feedback): Promise<void> => {
      const hooks = await outbox.askedBy('feedback.received', {
        studyId: study.id,
        surveyId: null,
        at: feedback.createdAt,
      });
      if (hooks.length === 0) return;
      const list = await Promise.all(
        hooks.map(async (hook) => ({
          hookId: hook.id,
          origin: `feedback.received ${feedback.publicId}`,
          event: 'feedback.received',
          subject: feedback.publicId,
          surveyId: null,
          personId: feedback.personId,
          payload: JSON.stringify(await events.ofFeedback('feedback.received', study, feedback, hook)),
          happenedAt: feedback.createdAt,
          heldBack:
            MAPPINGS[hook.kind].isMarketing && !(await events.mayAddress(study.id, feedback.personId))
              ? NOT_PERSONAL
              : null,
        })),
      );
      await store.deliveries.add(list, at());
      courier.wake();
    },

    /** Looks for what came about and sends what is due, now rather than in a moment. */
    wake: courier.wake,
    open: courier.open,
    close: courier.close,
  };
}
export type Outgoing = ReturnType<typeof outgoingService>;

const hostOf = (address: string | undefined): string =>
  address !== undefined && URL.canParse(address) ? new URL(address).host : '';
const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
