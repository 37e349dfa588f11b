import { type Stub, type StubAnswer, startStub, type TakenRequest } from './stub-server.ts';

/*
 * Services as their documentation describes them, as far as Verbatim speaks to them: they check what they are sent and
 * answer in the documented shape. None of them is the real thing.
 */

const bad = (message: string, status = 400): StubAnswer => ({ status, body: { status: 'error', message } });
const jsonOf = (request: TakenRequest): unknown => {
  try {
    return JSON.parse(request.body);
  } catch {
    return null;
  }
};
type Contact = { id: string; properties: Record<string, string> };

/** HubSpot: contacts by unique property, memberships of static lists, notes with an association. */
export async function startHubSpot() {
  const contacts = new Map<string, Contact>();
  const lists = new Map<string, Set<string>>();
  const notes = new Map<string, { contact: string; body: string }>();
  const asked: string[] = [];
  /** Makes the next request that matches fail once. */
  const faults: { path: RegExp; answer: StubAnswer }[] = [];
  let lastId = 500;
  const byId = (id: string) => [...contacts.values()].find((one) => one.id === id);

  const stub = await startStub((request) => {
    const url = new URL(request.path, 'http://stub');
    asked.push(`${request.method} ${url.pathname}`);
    if (request.headers.authorization !== 'Bearer pat-token') return bad('invalid token', 401);
    const fault = faults.findIndex(({ path }) => path.test(url.pathname));
    if (fault >= 0) return faults.splice(fault, 1)[0]?.answer;
    if (request.method === 'POST' && url.pathname === '/crm/v3/objects/contacts/batch/upsert') {
      const { inputs } = jsonOf(request) as {
        inputs: { idProperty: string; id: string; properties: Record<string, unknown> }[];
      };
      if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > 100) return bad('1 to 100 inputs');
      const results = inputs.map(({ idProperty, id, properties }) => {
        if (Object.values(properties).some((value) => typeof value !== 'string')) return null;
        const key = `${idProperty} ${id}`;
        const found = contacts.get(key);
        const contact = found ?? { id: String(++lastId), properties: { [idProperty]: id } };
        contacts.set(key, contact);
        Object.assign(contact.properties, properties);
        return { id: contact.id, properties: contact.properties, new: !found, archived: false };
      });
      if (results.includes(null)) return bad('property values are strings');
      return { status: 200, body: { status: 'COMPLETE', results, startedAt: '', completedAt: '' } };
    }
    if (request.method === 'GET' && url.pathname === '/crm/v3/objects/contacts')
      return { status: 200, body: { results: [...contacts.values()].slice(0, 1) } };
    const one = /^\/crm\/v3\/objects\/contacts\/([^/]+)$/.exec(url.pathname);
    if (one?.[1]) {
      const id = decodeURIComponent(one[1]);
      const idProperty = url.searchParams.get('idProperty');
      const contact = idProperty === null ? byId(id) : contacts.get(`${idProperty} ${id}`);
      if (!contact) return bad('resource not found', 404);
      if (request.method === 'PATCH')
        Object.assign(contact.properties, (jsonOf(request) as { properties: Record<string, string> }).properties);
      return { status: 200, body: contact };
    }
    const list = /^\/crm\/v3\/lists\/(\d+)\/memberships\/(add|remove)$/.exec(url.pathname);
    if (list?.[1] && request.method === 'PUT') {
      const ids = jsonOf(request);
      if (!Array.isArray(ids) || ids.some((id) => !byId(String(id)))) return bad('ids of records');
      const members = lists.get(list[1]) ?? new Set<string>();
      lists.set(list[1], members);
      for (const id of ids) list[2] === 'add' ? members.add(String(id)) : members.delete(String(id));
      return { status: 200, body: { recordIdsMissing: [], recordIdsRemoved: [], recordsIdsAdded: ids } };
    }
    if (url.pathname === '/crm/v3/objects/notes' && request.method === 'POST') {
      const { properties, associations } = jsonOf(request) as {
        properties: Record<string, string>;
        associations: { to: { id: string }; types: { associationCategory: string; associationTypeId: number }[] }[];
      };
      const [association] = associations;
      const isAssociation =
        association?.types[0]?.associationCategory === 'HUBSPOT_DEFINED' &&
        association.types[0].associationTypeId === 202 &&
        byId(association.to.id);
      if (!isAssociation || Number.isNaN(Date.parse(properties['hs_timestamp'] ?? ''))) return bad('no such note');
      const id = String(++lastId);
      notes.set(id, { contact: association.to.id, body: properties['hs_note_body'] ?? '' });
      return { status: 201, body: { id, properties } };
    }
    const note = /^\/crm\/v3\/objects\/notes\/(\d+)$/.exec(url.pathname);
    if (note?.[1] && request.method === 'DELETE') {
      notes.delete(note[1]);
      return { status: 204, body: '' };
    }
    return bad('no such address', 404);
  });
  return Object.assign(stub, { contacts, lists, notes, asked, faults });
}

const ADF_NODES = new Set(['doc', 'paragraph', 'text']);

/** What is wrong with an Atlassian document, as its schema has it; null when nothing is. */
export function documentFault(node: unknown, isTop = true): string | null {
  const { type, version, content, text } = node as Record<string, unknown>;
  if (typeof type !== 'string' || !ADF_NODES.has(type)) return `no node is called ${type}`;
  if (isTop !== (type === 'doc') || (isTop && version !== 1)) return 'a document is a doc of version 1';
  if (type === 'text') return typeof text === 'string' && text !== '' ? null : 'an empty text node';
  if (!Array.isArray(content) || content.length === 0) return `${type} is empty`;
  for (const child of content) {
    const fault = documentFault(child, false);
    if (fault !== null) return fault;
  }
  return null;
}

type Ticket = { key: string; title: string; text: string; place: string };
export type TicketStub = Stub & { tickets: Map<string, Ticket> };

/** Jira Cloud: issues with a document for a description, by version 3 of its API. */
export async function startJira(): Promise<TicketStub> {
  const tickets = new Map<string, Ticket>();
  const stub = await startStub((request) => {
    const expected = `Basic ${Buffer.from('ada@lab.example:jira-token').toString('base64')}`;
    if (request.headers.authorization !== expected) return bad('unauthorised', 401);
    if (request.method === 'GET' && request.path === '/rest/api/3/project/UX')
      return { status: 200, body: { key: 'UX' } };
    const fields = (jsonOf(request) as { fields?: Record<string, unknown> } | null)?.fields;
    if (!fields) return bad('no fields');
    const { summary, description } = fields;
    if (typeof summary !== 'string' || summary.length > 255 || summary.includes('\n')) return bad('summary');
    const fault = documentFault(description);
    if (fault !== null) return bad(fault);
    const text = JSON.stringify(description);
    if (request.method === 'POST' && request.path === '/rest/api/3/issue') {
      const { project, issuetype } = fields as { project?: { key?: string }; issuetype?: { name?: string } };
      if (project?.key !== 'UX' || issuetype?.name !== 'Task') return bad('project or type');
      const key = `UX-${tickets.size + 1}`;
      tickets.set(key, { key, title: summary, text, place: 'UX' });
      return { status: 201, body: { id: '10000', key, self: `http://stub/rest/api/3/issue/10000` } };
    }
    const key = /^\/rest\/api\/3\/issue\/(.+)$/.exec(request.path)?.[1] ?? '';
    if (request.method !== 'PUT' || !tickets.has(key)) return bad('no such issue', 404);
    tickets.set(key, { key, title: summary, text, place: 'UX' });
    return { status: 204, body: '' };
  });
  return Object.assign(stub, { tickets });
}

/** Asana: tasks in a project. */
export async function startAsana(): Promise<TicketStub> {
  const tickets = new Map<string, Ticket>();
  const stub = await startStub((request) => {
    if (request.headers.authorization !== 'Bearer asana-token') return bad('unauthorised', 401);
    if (request.method === 'GET' && request.path === '/api/1.0/projects/1200')
      return { status: 200, body: { data: { gid: '1200' } } };
    const data = (jsonOf(request) as { data?: { name?: string; notes?: string; projects?: string[] } } | null)?.data;
    if (!data || typeof data.name !== 'string' || typeof data.notes !== 'string') return bad('name and notes');
    const own = /^\/api\/1\.0\/tasks\/(\d+)$/.exec(request.path)?.[1];
    if (request.method === 'PUT' ? !own || !tickets.has(own) : request.path !== '/api/1.0/tasks') return bad('no', 404);
    if (!own && data.projects?.[0] !== '1200') return bad('project');
    const key = own ?? String(9000 + tickets.size);
    tickets.set(key, { key, title: data.name, text: data.notes, place: '1200' });
    return { status: own ? 200 : 201, body: { data: { gid: key, name: data.name } } };
  });
  return Object.assign(stub, { tickets });
}

/** Trello: cards in a list. */
export async function startTrello(): Promise<TicketStub> {
  const tickets = new Map<string, Ticket>();
  const list = 'a'.repeat(24);
  const stub = await startStub((request) => {
    if (request.headers.authorization !== 'OAuth oauth_consumer_key="trellokey", oauth_token="trello-token"')
      return bad('unauthorised', 401);
    if (request.method === 'GET' && request.path === `/1/lists/${list}`) return { status: 200, body: { id: list } };
    const card = jsonOf(request) as { idList?: string; name?: string; desc?: string } | null;
    if (typeof card?.name !== 'string' || typeof card.desc !== 'string' || card.desc.length > 16_384)
      return bad('card');
    const own = /^\/1\/cards\/([0-9a-f]+)$/.exec(request.path)?.[1];
    if (request.method === 'PUT' ? !own || !tickets.has(own) : request.path !== '/1/cards') return bad('no', 404);
    if (!own && card.idList !== list) return bad('list');
    const key = own ?? `c${tickets.size}`;
    tickets.set(key, { key, title: card.name, text: card.desc, place: list });
    return { status: 200, body: { id: key, name: card.name } };
  });
  return Object.assign(stub, { tickets });
}

/** Slack’s incoming webhook: blocks of the documented kinds and sizes. */
export async function startSlack() {
  return startStub((request) => {
    const message = jsonOf(request) as { text?: unknown; blocks?: { type: string; text?: { text?: string } }[] } | null;
    const isFine =
      typeof message?.text === 'string' &&
      (message.blocks ?? []).length <= 50 &&
      (message.blocks ?? []).every(
        ({ type, text }) =>
          ['header', 'section'].includes(type) &&
          (text?.text ?? '').length > 0 &&
          (text?.text ?? '').length <= (type === 'header' ? 150 : 3000),
      );
    return isFine ? { status: 200, body: 'ok' } : { status: 400, body: 'invalid_blocks' };
  });
}

/** A Teams workflow that waits for a webhook: a message with one adaptive card. */
export async function startTeams() {
  return startStub((request) => {
    const message = jsonOf(request) as {
      type?: string;
      attachments?: { contentType?: string; content?: { type?: string; version?: string; body?: unknown[] } }[];
    } | null;
    const [card] = message?.attachments ?? [];
    const isFine =
      message?.type === 'message' &&
      card?.contentType === 'application/vnd.microsoft.card.adaptive' &&
      card.content?.type === 'AdaptiveCard' &&
      (card.content.body ?? []).length > 0;
    return isFine ? { status: 202, body: '' } : bad('no card');
  });
}
