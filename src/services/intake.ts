import { randomUUID } from 'node:crypto';
import {
  type AttributeFamily,
  type AttributeSubject,
  type AttributeType,
  type AttributeValue,
  flattenTraits,
  type KnownAttribute,
  readAs,
  typedAttribute,
} from '../model/attribute.ts';
import { splitRole } from '../model/buying-role.ts';
import { type Arrival, type EventMessage, type MessageKind, readMessage } from '../model/event-message.ts';
import { type DeadLetter, type PackedMessage, type Proof, packMessage } from '../store/intake-log.ts';
import { ATTRIBUTE_NAMES_MAX, saidOfPerson } from '../store/intake-projection.ts';
import type { Context } from './context.ts';
import type { Place } from './geography.ts';
import { type Prove, proverFor, type Sender } from './message-proof.ts';
import { sourceSecrets } from './source-secrets.ts';
import { technologyOf } from './technology.ts';

export type ToldAttribute = {
  name: string;
  value: AttributeValue;
  /** Where whoever tells it is sure; else the name says it. */
  family?: AttributeFamily | undefined;
  /** Who says so. */
  source: string;
};
export type KnownPerson = {
  externalId: string;
  attributes: ToldAttribute[];
  /** A company they belong to, and their role in it where somebody says it. */
  company?: { id: string; role: string | null; source: string };
  /** Where the same may be told again after a stop: then it is kept once. */
  messageId?: string;
};
export type KnownEvent = {
  externalId: string;
  messageId: string;
  name: string;
  occurredAt: string;
  properties: Record<string, unknown>;
  /** What is known of the visit, such as `{ technology: { os } }`. */
  context?: Record<string, unknown>;
};

/** Messages of one request: what they are said to be, and what holds for all of them. */
export type Post = Omit<Arrival, 'receivedAtMs'> & {
  messages: readonly unknown[];
  /** Where the request came from, when the operator's file or a proxy that stands before us says it; its address is not kept. */
  place?: Place | undefined;
};
export type Collected = {
  kept: number;
  /** How many of those were new; the others had come before. */
  fresh: number;
  faults: { index: number; reason: string }[];
};

export type PreviewedAttribute = { name: string; value: AttributeValue; type: AttributeType; family: AttributeFamily };
/** What would be kept of a message. */
export type Preview =
  | { isKept: false; reason: string }
  | {
      isKept: true;
      kind: MessageKind;
      userId: string | null;
      anonymousId: string | null;
      /** Whoever the message says is the same person. */
      previousId: string | null;
      event: { name: string; properties: Record<string, unknown> } | null;
      occurredAt: string;
      attributes: PreviewedAttribute[];
      /** The role is the person's in the company, and no attribute of it. */
      company: { id: string; role: string | null; attributes: PreviewedAttribute[] } | null;
      warnings: string[];
    };

type Packed =
  | { message: EventMessage; warnings: string[]; body: string; proof: Proof | null; fault?: never }
  | { fault: string; message?: never };

export const EVENT_BYTES_MAX = 32 * 1024;
const MESSAGES_AT_ONCE = 1000;
const DEPTH_MAX = 250;

/** People and what they did, as programs tell of it. */
export function intakeService({ store, logs, now, keys }: Context) {
  const secrets = sourceSecrets(keys.sources, now);

  /** A message with its body as it is kept; or why it cannot be. */
  function pack(raw: unknown, arrival: Arrival, place: Place | undefined, prove: Prove): Packed {
    const read = readMessage(raw, arrival);
    if (read.message === undefined) return read;
    const { message, warnings } = read;
    const proof = prove(raw, arrival, message);
    if (proof instanceof Error) return { fault: proof.message };
    enrich(message, place);
    const body = packed(message.body);
    if (body === null) return { fault: `It is nested more than ${DEPTH_MAX} deep` };
    // Letters are at most three bytes here, so that most messages need no counting.
    if (body.length * 3 > EVENT_BYTES_MAX && Buffer.byteLength(body) > EVENT_BYTES_MAX)
      return { fault: `It is larger than ${EVENT_BYTES_MAX / 1024} KB` };
    return { message, warnings, body, proof };
  }

  async function appendOwn(workspaceId: number, messages: readonly PackedMessage[]): Promise<void> {
    const receivedAt = now().toISOString();
    for (let from = 0; from < messages.length; from += MESSAGES_AT_ONCE)
      await logs.intake.append({
        workspaceId,
        sourceId: null,
        receivedAt,
        messages: messages.slice(from, from + MESSAGES_AT_ONCE),
      });
  }

  return {
    /**
     * Keeps what a source sent. Resolves once it is safe on disk; messages that came before are kept once. A message that
     * can never be kept goes to the dead letters, and the others do not suffer from it.
     *
     * @param of ids for messages that have none, by their place; and false where somebody else tells what was refused
     */
    collect: async (
      source: Sender,
      { messages, place, ...arrival }: Post,
      { idOf = () => randomUUID(), hasLetters = true }: { idOf?: (index: number) => string; hasLetters?: boolean } = {},
    ): Promise<Collected> => {
      const receivedAt = now();
      const prove = proverFor(source, secrets);
      const kept: PackedMessage[] = [];
      const faults: Collected['faults'] = [];
      const deadLetters: DeadLetter[] = [];
      for (const [index, raw] of messages.entries()) {
        const packed = pack(raw, { ...arrival, receivedAtMs: receivedAt.getTime() }, place, prove);
        if (packed.fault === undefined) {
          const { message, body, proof } = packed;
          kept.push(packMessage(message, message.messageId ?? idOf(index), body, proof));
        } else {
          faults.push({ index, reason: packed.fault });
          if (hasLetters) deadLetters.push({ reason: packed.fault, body: letterOf(raw) });
        }
      }
      if (messages.length === 0) return { kept: 0, fresh: 0, faults };
      const isNew = await logs.intake.append({
        workspaceId: source.workspaceId,
        sourceId: source.id,
        receivedAt: receivedAt.toISOString(),
        messages: kept,
        deadLetters,
      });
      return { kept: kept.length, fresh: isNew.filter(Boolean).length, faults };
    },

    /** What would be kept of messages, without keeping anything. It says nothing of whom the workspace knows. */
    preview: async (source: Sender, { messages, place, ...arrival }: Post): Promise<Preview[]> => {
      const { workspaceId } = source;
      const prove = proverFor(source, secrets);
      const types = {
        person: await store.sources.attributeTypes(workspaceId, 'person'),
        company: await store.sources.attributeTypes(workspaceId, 'company'),
      };
      return messages.map((raw): Preview => {
        const packed = pack(raw, { ...arrival, receivedAtMs: now().getTime() }, place, prove);
        if (packed.fault !== undefined) return { isKept: false, reason: packed.fault };
        const { message, warnings } = packed;
        const { kind, name, userId, anonymousId, body, occurredAt } = message;
        const ignored = flattenTraits(body.traits ?? {}).ignored;
        const described = (values: ReadonlyMap<string, AttributeValue>, subject: AttributeSubject) =>
          [...values].map(([attribute, value]) => describe(types[subject], attribute, value, subject, warnings));
        return {
          isKept: true,
          kind,
          userId,
          anonymousId,
          previousId: body.previousId ?? null,
          event: body.properties ? { name, properties: body.properties } : null,
          occurredAt,
          attributes: described(saidOfPerson(body, kind), 'person'),
          company:
            body.groupId === undefined
              ? null
              : companyIn(body.groupId, body.traits ?? {}, (told) => described(told, 'company')),
          warnings: [...warnings, ...ignored],
        };
      });
    },

    /** What our own doors tell of people: kept as any message is, and known when it returns. */
    people: async (workspaceId: number, list: readonly KnownPerson[]): Promise<number[]> => {
      const at = now().toISOString();
      const identify = (
        userId: string,
        attributes: readonly ToldAttribute[],
        from: string | undefined,
        messageId: string | undefined,
      ): PackedMessage => {
        const traits = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
        const families = Object.fromEntries(attributes.map(({ name, family }) => [name, family]));
        const body = JSON.stringify({ traits, families, from });
        return [
          messageId === undefined ? randomUUID() : `${messageId} ${from ?? ''}`,
          'identify',
          '',
          userId,
          null,
          body,
          at,
          null,
        ];
      };
      const belong = (
        userId: string,
        { id: groupId, role, source: from }: NonNullable<KnownPerson['company']>,
        messageId: string | undefined,
      ): PackedMessage => [
        messageId === undefined ? randomUUID() : `${messageId} company`,
        'group',
        '',
        userId,
        null,
        JSON.stringify({ groupId, traits: role === null ? {} : { role }, from }),
        at,
        null,
      ];
      await appendOwn(
        workspaceId,
        list.flatMap(({ externalId, attributes, company, messageId }) => {
          const told = [...Map.groupBy(attributes, ({ source }) => source)];
          return [
            ...(told.length === 0
              ? [identify(externalId, [], undefined, messageId)]
              : told.map(([source, some]) => identify(externalId, some, source, messageId))),
            ...(company ? [belong(externalId, company, messageId)] : []),
          ];
        }),
      );
      await logs.settle();
      const ids = await store.people.byExternalIds(
        workspaceId,
        list.map(({ externalId }) => externalId),
      );
      return list.map(({ externalId }) => ids.get(externalId) ?? 0);
    },

    /** Events of people, new ones included; a message id seen before is the same event. */
    events: (workspaceId: number, list: readonly KnownEvent[]): Promise<void> =>
      appendOwn(
        workspaceId,
        list.map(
          ({ externalId, messageId, name, occurredAt, properties, context }): PackedMessage => [
            messageId,
            'track',
            name,
            externalId,
            null,
            JSON.stringify({ properties, context }),
            occurredAt,
            null,
          ],
        ),
      ),
  };
}
export type IntakeService = ReturnType<typeof intakeService>;

function companyIn(
  id: string,
  told: Readonly<Record<string, unknown>>,
  described: (values: ReadonlyMap<string, AttributeValue>) => PreviewedAttribute[],
) {
  const { role, traits } = splitRole(told);
  return { id, role, attributes: described(flattenTraits(traits).attributes) };
}

/** As JSON; null for what is nested deeper than every reader can follow. */
function packed(value: object): string | null {
  try {
    const text = JSON.stringify(value);
    // So many levels take at least as many pairs of brackets.
    return text.length > 2 * DEPTH_MAX && depthOf(text) > DEPTH_MAX ? null : text;
  } catch {
    return null;
  }
}

function depthOf(json: string): number {
  let [depth, deepest, isText] = [0, 0, false];
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (isText) {
      if (letter === '\\') at += 1;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === '{' || letter === '[') {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (letter === '}' || letter === ']') depth -= 1;
  }
  return deepest;
}

/** What somebody used, read while it comes, so that the line a browser calls itself by need not be kept. */
function enrich({ body }: EventMessage, place: Place | undefined): void {
  if (!body.context && place === undefined) return;
  const { userAgent, ...context } = body.context ?? {};
  const technology = technologyOf({ ...context, userAgent });
  if (Object.keys(technology).length > 0) context['technology'] = technology;
  if (place !== undefined) context['location'] ??= place;
  body.context = context;
}

function describe(
  types: ReadonlyMap<string, KnownAttribute>,
  name: string,
  given: AttributeValue,
  subject: AttributeSubject,
  warnings: string[],
): PreviewedAttribute {
  const before = types.get(name);
  const { value, known } = typedAttribute(before, name, given, subject);
  if (before && before.type !== known.type)
    warnings.push(`${name}: so far it was of type ${before.type}; with this value it becomes ${known.type}`);
  if (before?.isSet && readAs(before.type, given) === null)
    warnings.push(`${name}: it is set to be of type ${known.type}, and this value cannot be read so`);
  if (!before && types.size >= ATTRIBUTE_NAMES_MAX)
    warnings.push(`${name}: the workspace has ${ATTRIBUTE_NAMES_MAX} attributes, so no new one is kept`);
  return { name, value, type: known.type, family: known.family };
}

/** What a letter never holds: addresses of the network, and what proves who somebody is. */
const NEVER_IN_LETTERS = new Set(['ip', '$ip', 'userHash']);

/** What came, for whoever looks after the source, no longer than a message may be. */
function letterOf(raw: unknown): string {
  try {
    const text = JSON.stringify(raw, (key, value: unknown) => (NEVER_IN_LETTERS.has(key) ? undefined : value));
    return (text ?? '').slice(0, EVENT_BYTES_MAX).toWellFormed();
  } catch {
    return '';
  }
}
