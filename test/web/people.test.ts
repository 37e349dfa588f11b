import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerField, FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';

type FieldHouse = Awaited<ReturnType<typeof openFieldHouse>>;
const clock = fixedClock();
let house: FieldHouse;
let studio: string;
let key: string;

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  studio = `/studio/${house.study.publicId}`;
  key = (await house.verbatim.sources.add(house.study.workspaceId, 'Shop', null)).writeKey;
});
afterAll(() => house[Symbol.asyncDispose]());

async function send(...batch: Record<string, unknown>[]): Promise<void> {
  const answer = await fetch(new URL('/v1/batch', house.url), {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ batch }),
  });
  expect(answer.status).toBe(200);
  await house.verbatim.logs.settle();
}

const idOf = async (externalId: string): Promise<number> =>
  (await house.verbatim.store.people.byExternalIds(house.study.workspaceId, [externalId])).get(externalId) ?? 0;
async function pageOf(externalId: string): Promise<string> {
  const person = await house.verbatim.store.contacts.personById(await idOf(externalId));
  return `${studio}/people/${person?.publicId}`;
}
const day = (number: number) => `2026-02-${String(number).padStart(2, '0')}T08:00:00.000Z`;

/** The texts of a timeline in order. */
const entriesOf = (html: string): string[] =>
  [...html.matchAll(/<li class="timeline__entry">([\s\S]*?)<\/li>/g)].map(([, text = '']) =>
    text
      .replace(/<details[\s\S]*?<\/details>/, '')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );

describe('a person', () => {
  test('who an anonymous visitor became has one page, with everything of both on one timeline', async () => {
    await send(
      { type: 'page', anonymousId: 'dev-1', name: 'Prices', timestamp: day(1) },
      { type: 'identify', anonymousId: 'dev-1', traits: { plan: 'free' }, timestamp: day(2) },
    );
    const { id: stranger } = house.verbatim.connection
      .prepare("select person_id as id from person_identities where value = 'dev-1'")
      .get() as { id: number };
    const before = await house.verbatim.store.contacts.personById(stranger);
    await send(
      {
        type: 'identify',
        userId: 'ada',
        traits: { plan: 'pro', age: 34, address: { city: 'Ulm' } },
        timestamp: day(3),
      },
      {
        type: 'track',
        userId: 'ada',
        anonymousId: 'dev-1',
        event: 'Order <i>',
        properties: { revenue: 12 },
        timestamp: day(4),
      },
    );
    const page = await house.researcher.get(await pageOf('ada'));
    expect(page.status).toBe(200);
    expect(page.text).toContain('<span class="breakable">ada</span> <span class="soft">own id</span>');
    expect(page.text).toContain('<span class="breakable">dev-1</span> <span class="soft">anonymous id</span>');
    expect(entriesOf(page.text)).toEqual([
      expect.stringMatching(/^2 March 2026, 09:00 UTC Found to be the same person: dev-1$/),
      '4 February 2026, 08:00 UTC Event: Order &lt;i&gt;',
      expect.stringContaining('3 February 2026, 08:00 UTC Attribute: '),
      expect.stringContaining('3 February 2026, 08:00 UTC Attribute: '),
      '3 February 2026, 08:00 UTC Attribute: plan: pro from Shop',
      '2 February 2026, 08:00 UTC Attribute: plan: free from Shop',
      '1 February 2026, 08:00 UTC Page: Prices',
    ]);
    expect(page.text).toContain('&quot;revenue&quot;: 12');
    expect(page.text).not.toContain('Order <i>');
    const moved = await house.researcher.get(`${studio}/people/${before?.publicId}`);
    expect([moved.status, moved.location]).toEqual([303, await pageOf('ada')]);
  });

  test('attributes stand under their families with source and age, and older values are folded', async () => {
    await send({
      type: 'group',
      userId: 'ada',
      groupId: 'acme',
      traits: { name: 'Acme', industry: 'retail' },
      timestamp: day(5),
    });
    const { text } = await house.researcher.get(await pageOf('ada'));
    expect(text).toMatch(
      /<h3>Demographic<\/h3>[\s\S]*?age<\/dt><dd><span class="breakable">34<\/span> <span class="soft">from Shop, since 3 February 2026, 08:00 UTC/,
    );
    expect(text).toMatch(/<h3>Geographic<\/h3>[\s\S]*?address\.city<\/dt><dd><span class="breakable">Ulm/);
    expect(text).toMatch(
      /plan<\/dt><dd><span class="breakable">pro<\/span>[\s\S]*?<summary>1 value before[\s\S]*?free<\/span>/,
    );
    expect(text).toMatch(
      /Firmographic, through <a href="[^"]+\/companies\/[^"]+">Acme<\/a>[\s\S]*?industry<\/dt><dd><span class="breakable">retail/,
    );
  });

  test('what was offered, answered, agreed to, written and refused stands there, and segments as of now', async () => {
    const { verbatim, study, survey } = house;
    const ada = await idOf('ada');
    clock.forward(60_000);
    const response = await answerField(verbatim, survey.slug, { city: 'city', mood: 7 });
    await verbatim.logs.settle();
    const participation = (await verbatim.store.people.participate(study.id, [ada], verbatim.now().toISOString())).get(
      ada,
    );
    verbatim.connection
      .prepare('update responses set participation_id = ? where public_id = ?')
      .run(participation, response);
    await verbatim.store.offers.make(
      { workspaceId: study.workspaceId, surveyId: survey.id, personId: ada, shape: 'popup', page: '/', at: day(10) },
      [ada],
      () => true,
    );
    await verbatim.store.offers.dismiss(survey.id, [ada], day(11));
    await verbatim.store.contacts.optOut({
      workspaceId: study.workspaceId,
      personId: ada,
      surveyId: null,
      origin: 'page',
      addressSeal: null,
      createdAt: day(12),
    });
    await verbatim.segments.define(
      study,
      { name: 'Professionals', rule: { attribute: 'plan', op: 'is', value: 'pro' }, surveyId: null },
      null,
    );
    await verbatim.segments.define(
      study,
      { name: 'Unknowns', rule: { attribute: 'nothing', op: 'is', value: 'x' }, surveyId: null },
      null,
    );
    const { text } = await house.researcher.get(await pageOf('ada'));
    const entries = entriesOf(text);
    for (const words of [
      'Completed a response',
      'Began a response',
      'Gave consent: analysis',
      'Asked not to be asked on a page',
      'Closed a survey',
      'Offered a survey',
    ])
      expect(entries.filter((entry) => entry.includes(words))).toHaveLength(1);
    expect(text).toContain(`href="${studio}/responses/${response}"`);
    expect(text).toMatch(/Professionals<\/a>: in it/);
    expect(text).toMatch(/Unknowns<\/a>: too little is known/);
  });

  test('what another study asked does not show', async () => {
    const other = await house.verbatim.studies.addTo('Another', null, null, null);
    const ada = await house.researcher.get(await pageOf('ada'));
    const page = await house.researcher.get(
      ada.location || (await pageOf('ada')).replace(house.study.publicId, other.publicId),
    );
    expect(page.status).toBe(200);
    expect(entriesOf(page.text).some((entry) => entry.includes('Event: Order'))).toBe(true);
    expect(page.text).not.toContain('Completed a response');
    expect(page.text).not.toContain('Offered a survey');
  });

  test('a timeline of a thousand events is read page by page, each once, and quickly', async () => {
    // As many at one instant as no page holds.
    await send(
      ...Array.from({ length: 1000 }, (_, index) => ({
        type: 'track',
        userId: 'bea',
        event: `Step ${index}`,
        messageId: `bea-${index}`,
        timestamp: index < 120 ? day(1) : new Date(Date.parse(day(2)) + index * 1000).toISOString(),
      })),
    );
    const seen: string[] = [];
    const began = performance.now();
    let pages = 0;
    for (let address: string | undefined = await pageOf('bea'); address && pages < 30; pages += 1) {
      const { text } = await house.researcher.get(address.split('#')[0] ?? '');
      seen.push(...entriesOf(text).map((entry) => /Step \d+/.exec(entry)?.[0] ?? entry));
      address = /<a href="([^"]+)">Older<\/a>/.exec(text)?.[1]?.replaceAll('&#x3D;', '=');
    }
    expect(pages).toBe(20);
    expect(seen).toHaveLength(1000);
    expect(new Set(seen).size).toBe(1000);
    expect(seen[0]).toBe('Step 999');
    expect((performance.now() - began) / pages).toBeLessThan(250);
  });

  test('somebody of another workspace is not there', async () => {
    const { id } = house.verbatim.connection
      .prepare("insert into workspaces (public_id, name, created_at) values ('w', 'W', '2026') returning id")
      .get() as { id: number };
    house.verbatim.connection
      .prepare("insert into people (workspace_id, public_id, created_at) values (?, 'strangerstrangerstrang', '2026')")
      .run(id);
    expect((await house.researcher.get(`${studio}/people/strangerstrangerstrang`)).status).toBe(404);
    expect((await house.researcher.get(`${studio}/people?find=strangerstrangerstrang`)).text).toContain(
      '0 people found',
    );
  });
});

describe('the list', () => {
  const found = async (words: string) => {
    const { text } = await house.researcher.get(`${studio}/people?find=${encodeURIComponent(words)}`);
    return [...text.matchAll(/<th scope="row"[^>]*><a href="[^"]+">([^<]*)</g)].map(([, name]) => name);
  };

  test('finds people by a part of an id, of a name, or of an e-mail address, also ones they had before', async () => {
    await send(
      {
        type: 'identify',
        userId: 'cai-77',
        traits: { name: 'Cai "the 100%" Lund', email: 'cai@old.example' },
        timestamp: day(1),
      },
      { type: 'identify', userId: 'cai-77', traits: { email: 'cai@new.example' }, timestamp: day(2) },
      { type: 'identify', userId: 'dee', traits: { name: 'Dee', note: 'cai@old.example' }, timestamp: day(1) },
    );
    expect(await found('AI-7')).toEqual(['cai-77']);
    expect(await found('the 100%')).toEqual(['cai-77']);
    expect(await found('"the')).toEqual(['cai-77']);
    expect(await found('cai@old')).toEqual(['cai-77']);
    expect(await found('100_')).toEqual([]);
    expect(await found('dev-1')).toEqual(['ada']);
    const all = await house.researcher.get(`${studio}/people`);
    expect(all.text).toContain('4 people');
    expect(all.text).toContain('cai@new.example');
  });

  test('finds a name however its letters and accents are written', async () => {
    await send({ type: 'identify', userId: 'ume-1', traits: { name: 'Ümit Großmüller' } });
    for (const words of ['ÜMIT', 'ümit', 'umit', 'GROSSMÜLLER', 'großmüller'])
      expect(await found(words)).toEqual(['ume-1']);
  });

  test('a viewer does not see people', async () => {
    await house.verbatim.accounts.add(
      { email: 'v@lab.example', name: 'V', password: FIELD_OWNER.password },
      { isAdmin: false, role: 'viewer', studyId: house.study.id },
    );
    await house.researcher.post('/sign-in', { email: 'v@lab.example', password: FIELD_OWNER.password });
    expect((await house.researcher.get(`${studio}/people`)).status).toBe(403);
    expect((await house.researcher.get(`${studio}/companies`)).status).toBe(403);
    await house.signIn();
  });
});

describe('companies', () => {
  test('stand with their people, what is known, and what their people did in 30 days', async () => {
    const recently = new Date(clock.now().getTime() - 86_400_000).toISOString();
    await send(
      {
        type: 'group',
        userId: 'eva',
        groupId: 'bolt',
        traits: { name: 'Bolt & Co', employees: 12 },
        timestamp: day(1),
      },
      { type: 'group', userId: 'eva', groupId: 'bolt', traits: { employees: 15 }, timestamp: day(2) },
      { type: 'group', anonymousId: 'dev-eva', groupId: 'bolt', timestamp: day(2) },
      { type: 'track', userId: 'eva', event: 'Report Viewed', timestamp: recently },
      { type: 'track', anonymousId: 'dev-eva', event: 'Report Viewed', timestamp: recently },
      { type: 'track', userId: 'eva', event: 'Report Viewed', timestamp: '2025-12-01T00:00:00.000Z' },
      { type: 'alias', previousId: 'dev-eva', userId: 'eva' },
    );
    const list = await house.researcher.get(`${studio}/companies`);
    const [, href = ''] =
      /<a href="([^"]+)">Bolt &amp; Co<\/a>\s*<\/th>\s*<td[^>]* class="table__number">1\s*<\/td>/.exec(list.text) ?? [];
    expect(href).toContain('/companies/');
    const { text } = await house.researcher.get(href);
    expect(text).toMatch(
      /<h3>Firmographic<\/h3>[\s\S]*?employees<\/dt><dd><span class="breakable">15<\/span>[\s\S]*?1 value before[\s\S]*?12</,
    );
    expect(text).toMatch(
      /Report Viewed\s*<\/th>\s*<td class="table__number">2\s*<\/td>\s*<td class="table__number">1\s*</,
    );
    expect(text).toContain(`href="${await pageOf('eva')}">eva</a>`);
    expect((await house.researcher.get(`${studio}/people`)).text).toContain(`href="${studio}/companies"`);
    expect((await house.researcher.get(`${studio}/companies/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
  });
});
