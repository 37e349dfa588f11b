import type { ResponseEvent, SentAnswer } from '../../model/outgoing-event.ts';
import {
  baseOf,
  found,
  JSON_HEADERS,
  type Mapping,
  type OutgoingRequest,
  only,
  type Reply,
  readPairs,
  type Situation,
  WORDS_FIELD,
} from './mapping.ts';

/** What was made there is kept by kind and id. */
const CONTACT = 'contact ';
const NOTE = 'note ';
const idsOf = (made: readonly string[], kind: string): string[] => [
  ...new Set(made.flatMap((one) => (one.startsWith(kind) ? [one.slice(kind.length)] : []))),
];

/** The number HubSpot gives to “note belongs to contact”. */
const NOTE_TO_CONTACT = 202;

const pairsCheck = (what: string, right: RegExp) => (value: string) => {
  const { pairs, faults } = readPairs(value);
  const wrong = faults[0] ?? pairs.find(([, name]) => !right.test(name))?.join(' = ');
  return wrong === undefined ? null : `Each line says ${what}; mend “${wrong}”`;
};

/** A value as HubSpot takes it: several choices divided by semicolons. Null for what was not answered. */
const propertyOf = (answer: SentAnswer | undefined): string | null =>
  answer?.state === 'answered' && answer.value !== null ? [answer.value].flat().join(';') : null;

/** How HubSpot knows the person: by the property that it compares, and its value. */
function identityOf({ settings, contact }: Situation): { idProperty: string; id: string } | null {
  const idProperty = settings['match'] || 'email';
  const id = idProperty === 'email' ? contact?.email : contact?.externalId;
  return id ? { idProperty, id } : null;
}

/**
 * Contacts, static lists and notes by HubSpot's CRM API v3, with the token of a private app.
 *
 * Contacts are written by batch upsert, which finds them by a unique property or makes them; the id it answers with is
 * what lists and notes go by. A note comes last, since it alone would be there twice after a second attempt.
 */
export const hubspot: Mapping = {
  name: 'HubSpot',
  about:
    'Answers as properties of contacts, and notes in their timeline. Only of people who agreed that their answers may be used to address them personally.',
  fields: [
    {
      name: 'address',
      label: 'Address of the service',
      hint: null,
      as: 'address',
      isRequired: true,
      initial: 'https://api.hubapi.com',
    },
    {
      name: 'secret',
      label: 'Access token of your private app',
      hint: 'With the scopes crm.objects.contacts.read and .write, and crm.lists.write for lists. Kept sealed and never shown again',
      as: 'line',
      isRequired: true,
      isSecret: true,
    },
    {
      name: 'match',
      label: 'Contacts are found by',
      hint: 'email, or the name of a property of unique values that holds the id people have here',
      as: 'line',
      isRequired: true,
      initial: 'email',
      check: (value) => (/^[a-z][a-z0-9_]{0,99}$/.test(value) ? null : 'Enter email, or a property’s internal name'),
    },
    {
      name: 'properties',
      label: 'Answers that become properties',
      hint: 'A line for each: code of the answer = internal name of the property. Nothing else is sent',
      as: 'area',
      isRequired: false,
      check: pairsCheck('code = property', /^[a-z][a-z0-9_]{0,99}$/),
    },
    {
      name: 'lists',
      label: 'Lists for segments',
      hint: 'A line for each: id of the segment = number of the static list',
      as: 'area',
      isRequired: false,
      check: pairsCheck('segment = number of the list', /^\d{1,20}$/),
    },
    {
      name: 'note',
      label: 'Add a note to the contact’s timeline',
      hint: 'It says which survey was answered and when, and no answer',
      as: 'tick',
      isRequired: false,
    },
    WORDS_FIELD,
  ],
  events: ['response.completed', 'segment.entered', 'segment.left'],
  makesTickets: false,
  isMarketing: true,
  isForPeople: false,
  isRepeatable: true,
  next: (situation, replies) => {
    const { event, settings } = situation;
    const to = requestsOf(situation);
    if (event.type === 'test') {
      return replies.length > 0 ? null : to('GET', '/crm/v3/objects/contacts?limit=1');
    }
    if (event.type === 'response.withdrawn') return afterWithdrawal(situation, replies);
    if ('company' in event && event.company) return { skip: 'the segment is of companies, and lists are of people' };
    const identity = identityOf(situation);
    if (!identity)
      return {
        skip: `the person has no ${settings['match'] === 'email' ? 'e-mail address' : 'id'} that HubSpot could go by`,
      };
    switch (event.type) {
      case 'response.completed':
      case 'response.corrected':
        return afterResponse(situation, event, identity, replies);
      case 'segment.entered': {
        const list = listOf(settings, event.segment.id);
        if (list === null) return { skip: 'no list is set for this segment' };
        if (replies.length === 0) return upsert(to, identity, {});
        if (replies.length > 1) return null;
        const id = found(replies[0]?.body, 'results', 0, 'id');
        return id === null ? NO_CONTACT : to('PUT', `/crm/v3/lists/${list}/memberships/add`, [id]);
      }
      case 'segment.left': {
        const list = listOf(settings, event.segment.id);
        if (list === null) return { skip: 'no list is set for this segment' };
        if (replies.length === 0) return findContact(to, identity);
        const id = found(replies[0]?.body, 'id');
        return id === null || replies.length > 1 ? null : to('PUT', `/crm/v3/lists/${list}/memberships/remove`, [id]);
      }
      default:
        return { skip: 'HubSpot is not told of this' };
    }
  },
  made: (replies) => [
    ...only(found(replies[0]?.body, 'results', 0, 'id')).map((id) => `${CONTACT}${id}`),
    ...only(found(replies[1]?.body, 'id')).map((id) => `${NOTE}${id}`),
  ],
};

const NO_CONTACT = { skip: 'HubSpot did not say which contact it wrote to' };

type To = (method: OutgoingRequest['method'], path: string, body?: unknown, alsoFine?: number[]) => OutgoingRequest;
const requestsOf =
  ({ settings, secrets }: Situation): To =>
  (method, path, body, alsoFine = []) => ({
    method,
    url: `${baseOf(settings['address'])}${path}`,
    headers: { ...JSON_HEADERS, authorization: `Bearer ${secrets[0] ?? ''}` },
    body: body === undefined ? null : JSON.stringify(body),
    alsoFine,
  });

const listOf = (settings: Situation['settings'], segment: string): string | null =>
  readPairs(settings['lists'] ?? '').pairs.find(([id]) => id === segment)?.[1] ?? null;

const upsert = (to: To, identity: { idProperty: string; id: string }, properties: Record<string, string>) =>
  to('POST', '/crm/v3/objects/contacts/batch/upsert', { inputs: [{ ...identity, properties }] });

const findContact = (to: To, { idProperty, id }: { idProperty: string; id: string }) =>
  to('GET', `/crm/v3/objects/contacts/${encodeURIComponent(id)}?idProperty=${idProperty}`, undefined, [404]);

function afterResponse(
  situation: Situation,
  event: ResponseEvent,
  identity: { idProperty: string; id: string },
  replies: readonly Reply[],
) {
  const { settings } = situation;
  const to = requestsOf(situation);
  const isNew = event.type === 'response.completed';
  if (replies.length === 0) {
    const { pairs } = readPairs(settings['properties'] ?? '');
    const properties = Object.fromEntries(
      pairs.flatMap(([code, name]) => {
        // What was corrected to no answer is emptied; what never had one is left as it is there.
        const value = propertyOf(event.answers[code]) ?? (isNew ? null : '');
        return value === null ? [] : [[name, value]];
      }),
    );
    if (Object.keys(properties).length === 0 && !(isNew && settings['note'] === 'yes'))
      return { skip: 'nothing that was answered is to become a property' };
    return upsert(to, identity, properties);
  }
  if (replies.length > 1 || !isNew || settings['note'] !== 'yes') return null;
  const contact = found(replies[0]?.body, 'results', 0, 'id');
  if (contact === null) return NO_CONTACT;
  const note = `Answered “${event.survey.title}”`
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return to('POST', '/crm/v3/objects/notes', {
    properties: { hs_timestamp: event.response.completedAt ?? situation.happenedAt, hs_note_body: note },
    associations: [
      {
        to: { id: contact },
        types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: NOTE_TO_CONTACT }],
      },
    ],
  });
}

/**
 * Everything that this hook may have written about the person goes: properties, lists, notes. The contact is found by the
 * id that was answered when it was written to, and only where no answer came by how HubSpot knows the person.
 */
function afterWithdrawal(situation: Situation, replies: readonly Reply[]) {
  const { settings, made } = situation;
  const to = requestsOf(situation);
  const known = idsOf(made, CONTACT);
  const isSought = known.length === 0;
  if (isSought && replies.length === 0) {
    const identity = identityOf(situation);
    return identity ? findContact(to, identity) : { skip: 'nothing of it reached HubSpot' };
  }
  const contacts = isSought ? only(found(replies[0]?.body, 'id')) : known;
  const names = readPairs(settings['properties'] ?? '').pairs.map(([, name]) => name);
  const lists = readPairs(settings['lists'] ?? '').pairs.map(([, list]) => list);
  const empty = { properties: Object.fromEntries(names.map((name) => [name, ''])) };
  const steps = [
    ...contacts.flatMap((contact) => [
      ...(names.length > 0 ? [to('PATCH', `/crm/v3/objects/contacts/${contact}`, empty, [404])] : []),
      ...lists.map((list) => to('PUT', `/crm/v3/lists/${list}/memberships/remove`, [contact])),
    ]),
    ...idsOf(made, NOTE).map((id) => to('DELETE', `/crm/v3/objects/notes/${encodeURIComponent(id)}`, undefined, [404])),
  ];
  return steps[replies.length - (isSought ? 1 : 0)] ?? null;
}
