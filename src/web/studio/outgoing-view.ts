import { showNumber } from '../../charts/numerals.ts';
import { MAPPINGS } from '../../exchange/outgoing/hook-kinds.ts';
import {
  type EventType,
  eventLabel,
  HOOK_KINDS,
  type HookKind,
  SUBSCRIBED_EVENTS,
} from '../../model/outgoing-event.ts';
import { showDate } from '../../render/helpers.ts';
import { eventsFor } from '../../services/outgoing.ts';
import type { Delivery, DeliveryState } from '../../store/deliveries.ts';
import type { Hook } from '../../store/hooks.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { type FieldView, type fieldMaker, studyAddress } from './frame.ts';

type Counts = Partial<Record<DeliveryState, number>>;

const STATE_WORDS: Record<DeliveryState, { text: string; tone: 'good' | 'warn' | 'bad' | null }> = {
  waiting: { text: 'waiting', tone: null },
  claimed: { text: 'being sent', tone: null },
  delivered: { text: 'delivered', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
  'given-up': { text: 'given up', tone: 'bad' },
  'held-back': { text: 'held back', tone: 'warn' },
  skipped: { text: 'not sent', tone: null },
};
export const stateWord = (state: DeliveryState): string => STATE_WORDS[state].text;
const statePill = (state: DeliveryState) => ({ ...STATE_WORDS[state], segmentClass: null });

const isSendable = ({ state, payload }: Delivery): boolean =>
  payload !== '' && ['delivered', 'failed', 'given-up', 'skipped'].includes(state);

/** What a hook is told, in words. */
function toldText(hook: Hook): string {
  if (MAPPINGS[hook.kind].makesTickets) return 'Tickets, when a researcher asks for one';
  return hook.events.map(eventLabel).join('; ');
}

/** Where events of a study go, where else they could go, and what there is to tell. */
export function outgoingPage({
  at,
  hooks,
  counts,
  hasAddress,
}: {
  at: string;
  hooks: readonly Hook[];
  counts: ReadonlyMap<number, Counts>;
  /** Whether links to this server can be put into messages. */
  hasAddress: boolean;
}) {
  const number = (value: number | undefined) => ({ text: showNumber(value ?? 0), href: null, isNumber: true });
  const text = (words: string, href: string | null = null) => ({ text: words, href, isNumber: false });
  return {
    hasAddress,
    isEmpty: hooks.length === 0,
    table: {
      caption: 'Who is told',
      isStacked: true,
      columns: [
        { label: 'Name', isNumber: false },
        { label: 'Kind', isNumber: false },
        { label: 'What', isNumber: false },
        { label: 'State', isNumber: false },
        { label: 'Delivered', isNumber: true },
        { label: 'Waiting', isNumber: true },
        { label: 'Failed', isNumber: true },
        { label: 'Held back', isNumber: true },
      ],
      rows: hooks.map((hook) => {
        const of = counts.get(hook.id) ?? {};
        return {
          cells: [
            text(hook.name, `${at}/${hook.publicId}`),
            text(MAPPINGS[hook.kind].name),
            text(toldText(hook)),
            text(hook.pausedAt === null ? 'on' : 'paused'),
            number(of.delivered),
            number((of.waiting ?? 0) + (of.claimed ?? 0)),
            number((of.failed ?? 0) + (of['given-up'] ?? 0)),
            number(of['held-back']),
          ],
        };
      }),
    },
    kinds: HOOK_KINDS.map((kind) => ({
      name: MAPPINGS[kind].name,
      about: MAPPINGS[kind].about,
      href: `${at}/new/${kind}`,
    })),
    events: {
      caption: 'What can be told',
      columns: [
        { label: 'Event', isNumber: false },
        { label: 'Name', isNumber: false },
      ],
      rows: SUBSCRIBED_EVENTS.map(({ type, label }) => ({ cells: [text(label), text(type)] })),
    },
  };
}

/** The fields of a hook's form. */
export function hookFields(
  make: ReturnType<typeof fieldMaker>,
  kind: HookKind,
  surveys: readonly { value: string; label: string }[],
  isNew: boolean,
): FieldView[] {
  const mapping = MAPPINGS[kind];
  const events = eventsFor(mapping);
  const own = mapping.fields.map((field): FieldView => {
    const { name, label, isRequired, isSecret = false } = field;
    const hint = isSecret && !isNew ? 'Left empty, the one that is kept stays' : field.hint;
    switch (field.as) {
      case 'area':
        return make.area(name, label, { hint, isRequired, rows: 5 });
      case 'tick':
        return make.boxes(name, label, [{ value: 'yes', label: 'Yes' }], { hint, isRequired });
      default:
        return make.text(name, label, {
          hint,
          isRequired: isRequired && (isNew || !isSecret),
          type: isSecret ? 'password' : field.as === 'address' ? 'url' : 'text',
        });
    }
  });
  return [
    make.text('name', 'Name', { isRequired: true, hint: 'How this page is to call it' }),
    ...own,
    ...(events.length === 0
      ? []
      : [
          make.boxes(
            'events',
            'Events',
            events.map((type) => ({ value: type, label: eventLabel(type), hint: type })),
            { isRequired: true },
          ),
          make.select('survey', 'Survey', [{ value: '', label: 'All of this study' }, ...surveys], {
            isRequired: true,
          }),
        ]),
  ];
}

/** What a new hook's form begins with. */
export const initialValues = (kind: HookKind): Record<string, string | string[]> => ({
  name: MAPPINGS[kind].name,
  events: eventsFor(MAPPINGS[kind]).slice(0, 1),
  ...Object.fromEntries(MAPPINGS[kind].fields.flatMap(({ name, initial }) => (initial ? [[name, initial]] : []))),
});

const factsOf = (counts: Counts) =>
  (Object.keys(STATE_WORDS) as DeliveryState[])
    .filter((state) => state === 'delivered' || (counts[state] ?? 0) > 0)
    .map((state) => {
      const word = stateWord(state);
      return {
        label: `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
        value: showNumber(counts[state] ?? 0),
        note: state === 'held-back' ? 'no consent to personalisation' : null,
      };
    });

/** One hook: how it stands, what can be done, its log. */
export function hookPage({
  at,
  hook,
  counts,
  log,
  older,
  secret,
}: {
  at: string;
  hook: Hook;
  counts: Counts;
  log: readonly Delivery[];
  /** The address of the page with older lines; null when there are none. */
  older: string | null;
  /** Only when it was asked for. */
  secret: { secret: string; bothUntil: string | null } | null;
}) {
  const mapping = MAPPINGS[hook.kind];
  return {
    at,
    isPaused: hook.pausedAt !== null,
    pausedSince: hook.pausedAt ?? '',
    pausedReason: hook.pausedReason ?? '',
    isWebhook: hook.kind === 'webhook',
    isMarketing: mapping.isMarketing,
    makesTickets: mapping.makesTickets,
    told: toldText(hook),
    facts: factsOf(counts),
    secret: secret?.secret ?? '',
    bothUntil: secret?.bothUntil ? showDate(secret.bothUntil, true) : '',
    hasLog: log.length > 0,
    log: log.map((delivery) => ({
      href: `${at}/deliveries/${delivery.publicId}`,
      replay: isSendable(delivery) ? `${at}/deliveries/${delivery.publicId}/replay` : '',
      at: delivery.createdAt,
      what: eventLabel(delivery.event as EventType),
      pill: statePill(delivery.state),
      attempts: delivery.attempts,
      answer: answerText(delivery),
    })),
    older: older ?? '',
  };
}

function answerText({ state, lastStatus, reason, dueAt }: Delivery): string {
  const said = reason ?? (lastStatus === null ? '' : `It answered ${lastStatus}`);
  return state === 'waiting' && reason !== null ? `${said}; again at ${showDate(dueAt, true)} UTC` : said;
}

/** One delivery: what was to be told, what the other side said, and whether it can go again. */
export function deliveryPage(at: string, delivery: Delivery) {
  const { event, state, attempts, lastStatus, lastAnswer, payload, happenedAt, settledAt, dueAt } = delivery;
  return {
    what: eventLabel(event as EventType),
    pill: statePill(state),
    answerLine: answerText(delivery),
    facts: [
      { label: 'Attempts', value: showNumber(attempts), note: null },
      { label: 'Last status', value: lastStatus === null ? 'none' : String(lastStatus), note: null },
    ],
    times: [
      { label: 'Came about', at: happenedAt },
      ...(settledAt === null ? [{ label: 'Due', at: dueAt }] : [{ label: 'Settled', at: settledAt }]),
    ],
    id: `msg_${delivery.publicId}`,
    payload: payload === '' ? '' : JSON.stringify(JSON.parse(payload), null, 2),
    answer: lastAnswer ?? '',
    replay: isSendable(delivery) ? `${at}/deliveries/${delivery.publicId}/replay` : '',
  };
}

/** A ticket as whoever asked for it sees it. */
export function ticketPage(hook: Hook, delivery: Delivery, about: { label: string; href: string }) {
  const { state, made } = delivery;
  return {
    place: hook.name,
    service: MAPPINGS[hook.kind].name,
    isUnderWay: state === 'waiting' || state === 'claimed',
    isMade: state === 'delivered',
    isPaused: hook.pausedAt !== null,
    reason: delivery.reason ?? '',
    again: state === 'waiting' && delivery.attempts > 0 ? showDate(delivery.dueAt, true) : '',
    ticket: ticketName(hook, made),
    about,
  };
}

/** What a ticket is called where it was made, and the way to it; null before it is made. */
export function ticketName(hook: Hook, made: readonly string[]): { name: string; href: string | null } | null {
  const [name] = made;
  return name === undefined ? null : { name, href: MAPPINGS[hook.kind].linkTo?.(hook.settings, name) ?? null };
}

/** The tickets from one thing, and where another can be made from it; null where no place for tickets is set up. */
export async function ticketsView(
  { verbatim }: House,
  study: EnteredStudy,
  kind: 'response' | 'feedback' | 'theme',
  subject: string,
) {
  const at = `${studyAddress(study)}/outgoing`;
  const made = await verbatim.outgoing.ticketsOf(study, subject);
  const hooks = await verbatim.outgoing.ticketHooks(study);
  if (made.length + hooks.length === 0) return null;
  const mayTry = ({ id }: Hook) =>
    !made.some(({ hook, delivery: { state } }) => hook.id === id && state !== 'failed' && state !== 'given-up');
  return {
    made: made.map(({ hook, delivery }) => ({
      place: hook.name,
      state: stateWord(delivery.state),
      href: `${at}/${hook.publicId}/tickets/${delivery.publicId}`,
      ticket: ticketName(hook, delivery.made),
    })),
    places: hooks.filter(mayTry).map(({ publicId, name }) => ({
      name,
      action: `${at}/${publicId}/ticket`,
      field: kind,
      value: subject,
    })),
  };
}
