import type { Client } from '../../src/client/verbatim-client.ts';
import type { Limits } from '../../src/model/limits.ts';
import { visitor } from '../journeys/visitor.ts';
import { type ApiHouse, openApiHouse } from '../web/api/open-api.ts';
import { someFeedback } from '../web/api/places/feedback.ts';
import { aTalk } from '../web/api/places/interviews.ts';
import { exampleDefinition } from './example-definition.ts';

/** What was planted: ids by the names that addresses have for them, and doors of those without an account. */
export type Planted = {
  ids: Record<string, string>;
  slug: string;
  writeKey: string;
  token: string;
  share: string;
  /** Steps that the house refused, with what it said. */
  refused: string[];
};

/** So patient with programs, respondents and those who sign in that a test is never told to wait. */
export const PATIENT: Partial<Limits> = {
  apiRequestsPerMinute: 1_000_000,
  apiWrongKeysPerMinute: 1_000_000,
  eventRequestsPerMinute: 1_000_000,
  eventsPerMinute: 1_000_000,
  respondentPostsPerMinute: 1_000_000,
};

/** A whole Verbatim with a study that has something of every kind, each text of it from `words`. */
export async function openAttackedHouse({
  words = (field: string) => `Some ${field}`,
  publicUrl = null,
}: {
  /** The text for a field, in each of its places. */
  words?: (field: string) => string;
  publicUrl?: string | null;
} = {}): Promise<ApiHouse & { planted: Planted; studio: string }> {
  const api = await openApiHouse({ limits: PATIENT, publicUrl });
  const planted = await plantStudy(api, words);
  return { ...api, planted, studio: `/studio/${api.study.publicId}` };
}

/** Every text that stands under a language in a definition, from `words`. */
export function reworded<Value>(value: Value, words: (field: string) => string, field = 'text'): Value {
  if (Array.isArray(value)) return value.map((one) => reworded(one, words, field)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'en' && typeof inner === 'string' ? words(field) : reworded(inner, words, name),
    ]),
  ) as Value;
}

async function plantStudy(api: ApiHouse, words: (field: string) => string): Promise<Planted> {
  const { client, owner, house, study } = api;
  const { verbatim } = house;
  const studio = `/studio/${study.publicId}`;
  const ids: Record<string, string> = { study: study.publicId };
  const refused: string[] = [];
  /** Does a step; one that is refused is noted, and the others go on. */
  const step = async <Made>(name: string, make: () => Promise<Made>): Promise<Made | null> => {
    try {
      return await make();
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  const form = (name: string, address: string, fields: Record<string, string | string[]>, last: string | null = null) =>
    step(name, async () => {
      const answer = await owner.post(`${studio}${address}`, fields);
      if (answer.status !== 303) {
        const said = /class="error-summary[\s\S]*?<\/div>/.exec(answer.text)?.[0].replaceAll(/<[^>]+>|\s+/g, ' ') ?? '';
        throw new Error(`${answer.status} ${said.slice(0, 300)}`);
      }
      if (last !== null) ids[last] = answer.location.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
    });

  const definition = reworded(exampleDefinition, words) as Parameters<Client['addSurvey']>[0]['body'];
  const survey = await step('survey', async () => (await client.addSurvey({ body: definition })).data);
  ids['survey'] = survey?.id ?? '';
  await step('publish', () => client.publishSurvey({ survey: ids['survey'] ?? '', body: { draftRevision: 1 } }));
  const sent = await step('response', () =>
    client.sendResponse({
      survey: ids['survey'] ?? '',
      body: { consents: ['analysis', 'quotes'], answers: { again: 'yes', why: words('answer'), place: 'other' } },
    }),
  );
  ids['response'] = sent?.data.id ?? '';
  const response = ids['response'];
  await step('label', () => client.labelResponse({ response, body: { label: words('label').slice(0, 60) } }));
  await step('note', () => client.noteResponse({ response, body: { text: words('note') } }));
  const feedback = await step('feedback', () => someFeedback(api, words('feedback')));
  ids['feedback'] = feedback?.feedback ?? '';
  ids['item'] = ids['feedback'];
  await step('feedback note', () =>
    client.noteFeedback({ feedback: ids['feedback'] ?? '', body: { text: words('note') } }),
  );
  const person = await step('person', () =>
    client.tellPerson({
      body: {
        userId: words('id').slice(0, 200),
        attributes: { plan: words('attribute').slice(0, 200), age: 41 },
        company: { id: words('company').slice(0, 100), role: 'user' },
      },
    }),
  );
  ids['person'] = person?.data.id ?? '';
  ids['company'] = person?.data.companies[0]?.id ?? '';
  const source = await verbatim.sources.add(study.workspaceId, 'Shop', { userId: api.ownerId });
  ids['source'] = source.publicId;
  await form('source', '/sources/new', { name: words('name').slice(0, 80) });
  await step('events', async () => {
    const batch = [
      { type: 'identify', userId: 'member-2', traits: { [words('trait').slice(0, 60)]: words('trait').slice(0, 200) } },
      {
        type: 'track',
        userId: 'member-2',
        event: words('event').slice(0, 100),
        properties: { what: words('property') },
      },
      { type: 'page', userId: 'member-2', name: words('page').slice(0, 100), properties: { url: words('url') } },
      { type: 'group', userId: 'member-2', groupId: 'acme', traits: { name: words('company').slice(0, 100) } },
    ];
    const answer = await fetch(new URL('/v1/batch', house.url), {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${source.writeKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  });
  const talk = await step('interview', () => aTalk(api));
  ids['interview'] = talk?.interview ?? '';
  const interview = ids['interview'];
  const spoken = await step('transcript', async () => {
    const named = (await client.planInterview({ body: { participant: words('participant').slice(0, 60) } })).data.id;
    const text = `WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v P09>${words('turn').replaceAll(/[\r\n]+/g, ' ')}\n`;
    await client.putTranscript({ interview: named, ifMatch: '*', body: { text } });
    return named;
  });
  if (spoken === null) refused.push('transcript of words');
  await step('interview note', () => client.writeNote({ interview, body: { text: words('note') } }));
  const code = await step('code', () =>
    client.addCode({ body: { name: words('code').slice(0, 80), definition: words('definition') } }),
  );
  ids['code'] = code?.data.id ?? '';
  const coding = await step('coding', async () => {
    const plain = ids['code'] || (await client.addCode({ body: { name: 'Price' } })).data.id;
    return client.addCoding({ body: { source: talk?.source ?? '', words: 'too dear', code: plain } });
  });
  ids['coding'] = coding?.data.id ?? '';
  const memo = await step('memo', () => client.addMemo({ body: { kind: 'study', text: words('memo') } }));
  ids['memo'] = memo?.data.id ?? '';
  const insight = await step('insight', () =>
    client.addInsight({ body: { statement: words('statement').slice(0, 300), status: 'standing' } }),
  );
  ids['insight'] = insight?.data.id ?? '';
  await step('evidence', () =>
    client.addEvidence({ insight: ids['insight'] ?? '', body: { codings: [ids['coding'] ?? ''] } }),
  );
  const segment = await step('segment', () =>
    client.addSegment({
      body: {
        name: words('segment').slice(0, 80),
        rule: { all: [{ attribute: 'plan', op: 'is', value: words('value') }] },
      },
    }),
  );
  ids['segment'] = segment?.data.id ?? '';
  const wave = await step('wave', () =>
    client.addWave({
      survey: ids['survey'] ?? '',
      body: { name: words('wave').slice(0, 60), startsAt: '2026-01-01T00:00:00Z' },
    }),
  );
  ids['wave'] = wave?.data.id ?? '';
  await step('account', () =>
    verbatim.accounts.add(
      { email: 'grace@example.org', name: words('name').slice(0, 80), password: 'three words together' },
      { isAdmin: false, role: 'viewer', studyId: study.id },
    ),
  );
  await step('API key', () =>
    verbatim.apiKeys.add(
      study,
      { name: words('name').slice(0, 60), scopes: ['survey:read'], days: '30' },
      { userId: api.ownerId },
    ),
  );
  const hook = await step('hook', () =>
    verbatim.outgoing.add(
      study,
      'webhook',
      {
        name: words('name').slice(0, 60),
        events: ['persona.changed'],
        survey: '',
        values: { address: 'https://hooks.example.org/in' },
      },
      { userId: api.ownerId },
    ),
  );
  ids['hook'] = hook?.publicId ?? '';
  await form('persona', '/personas/new', { kind: 'assumption', name: words('persona').slice(0, 80) }, 'persona');
  const persona = `/personas/${ids['persona'] ?? ''}`;
  await form('claim', `${persona}/add-claim`, { part: 'success', text: words('claim').slice(0, 300) });
  await form('comment', `${persona}/comments`, { words: words('comment') });
  const share = await step('share', () =>
    verbatim.shares.add(
      study,
      {
        name: words('share').slice(0, 60),
        audience: 'client',
        days: '30',
        personas: [ids['persona'] ?? ''],
        plays: false,
      },
      null,
    ),
  );
  const shared = share === null ? '' : verbatim.shares.tokenOf(share);
  await step('reader', async () => {
    const reader = visitor(house.url);
    const asked = await reader.post(`/shared/${shared}/${ids['persona'] ?? ''}/questions`, {
      question: words('question').slice(0, 500),
    });
    if (asked.status !== 303) throw new Error(String(asked.status));
  });
  await form('consent text', '/consent-texts/new', { version: 'v2', language: 'en', text: words('consent') });
  await step('survey file that does not read', () =>
    owner.upload(`${studio}/surveys/new`, 'file', {
      name: `${words('file').slice(0, 60)}.json`,
      bytes: Buffer.from(
        JSON.stringify({ [words('key')]: words('value'), pages: [{ elements: [{ type: words('type') }] }] }),
      ),
    }),
  );
  await step('rows', async () => {
    const staged = await owner.upload(
      `${studio}/surveys/${ids['survey']}/import`,
      'file',
      {
        name: 'rows.csv',
        bytes: Buffer.from(`${csvCell(words('column'))},why\n${csvCell(words('cell'))},${csvCell(words('cell'))}\n`),
      },
      { header: '1' },
    );
    ids['batch'] = staged.location.split('/').at(-1) ?? '';
  });
  await verbatim.logs.settle();

  const slug = survey?.slug ?? '';
  const begun = await visitor(house.url).post(`/s/${slug}`, { consent: ['analysis', 'quotes'] });
  const [, token = ''] = /^\/r\/([\w-]{22})\//.exec(begun.location) ?? [];
  return { ids, slug, writeKey: source.writeKey, token, share: shared, refused };
}

const csvCell = (text: string): string => `"${text.replaceAll('"', '""').replaceAll(/[\r\n\0]+/g, ' ')}"`;
