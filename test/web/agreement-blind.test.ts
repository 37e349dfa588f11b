import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Code } from '../../src/store/notes.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { type CodedHouse, codeWords, openCodedHouse } from '../support/coded-house.ts';

/*
 * Ada has coded before two rounds begin, one of answers and one of an interview, both blind. Bea codes in them: what Ada made
 * of the words reaches her on no page and in no file. Cem codes in neither and sees all of it.
 */

const WISHES = ['the xylophone was dear', 'a quiet oboe', 'bassoon lessons', 'drums at night', 'a flute for a child'];
const TURNS = ['Interviewer: And then?', 'P07: We sold the harpsichord at once.', 'P07: Nobody missed it.'].join('\n');

let coded: CodedHouse;
let price: Code;
let noise: Code;
let interview: string;
let insight: string;
const who: Record<'ada' | 'bea' | 'cem', Visitor> = {} as never;
const users: Record<'ada' | 'bea' | 'cem', number> = { ada: 0, bea: 0, cem: 0 };
const ids: Record<'answer' | 'memo' | 'proposal', string> = { answer: '', memo: '', proposal: '' };

const plain = (text: string) => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const grid = () => `${coded.at}/codebook/answers`;
const keyOf = (n: number) => `${coded.answers[n]!.publicId}.${coded.answers[n]!.version}`;
const standing = () =>
  coded.verbatim.connection
    .prepare(
      `select codes.name, coder_id as coder, counts from codings join codes on codes.id = code_id
       where codings.removed_at is null and source_id = ? order by codings.id`,
    )
    .all(coded.answers[0]!.publicId);

beforeAll(async () => {
  coded = await openCodedHouse(WISHES.map((why) => ({ why })));
  const { accounts, store, codebook, agreement } = coded.verbatim;
  who.ada = coded.researcher;
  for (const name of ['bea', 'cem'] as const) {
    const email = `${name}@example.org`;
    await accounts.add(
      { email, name, password: 'four other words together' },
      { isAdmin: false, role: 'researcher', studyId: coded.study.id },
    );
    who[name] = visitor(coded.house.url);
    await who[name].post('/sign-in', { email, password: 'four other words together' });
    users[name] = Number((await store.accounts.findByEmail(email))!.id);
  }
  users.ada = (await store.studies.coders(coded.study)).find(({ id }) => id !== users.bea && id !== users.cem)!.id;
  price = await codebook.add(coded.study, { name: 'Price', definition: '' }, null);
  noise = await codebook.add(coded.study, { name: 'Noise', definition: '' }, null);
  const logged = await who.ada.post(`${coded.at}/interviews/new`, {
    participant: 'P07',
    heldOn: '2026-03-02',
    mode: 'by phone',
    transcript: TURNS,
  });
  interview = logged.location;
  const turn = (await store.notes.sourcesOf(coded.study.id, interview.split('/').at(-1)!)).find(
    ({ position }) => position === 2,
  )!;
  ids.answer = await codeWords(coded, coded.answers[0]!, price, 'xylophone', users.ada);
  await codeWords(coded, turn, price, 'harpsichord', users.ada);
  await codeWords(coded, turn, noise, 'sold', users.ada);
  await who.ada.post(`${coded.at}/memos/new`, { kind: 'coding', subject: ids.answer, text: 'A xylophonist’s memo' });
  await who.ada.post(`${coded.at}/memos/new`, {
    kind: 'interview',
    subject: interview.split('/').at(-1)!,
    text: 'A harpsichordist’s memo',
  });
  ids.memo = (await store.memos.list(coded.study.id)).find(({ subjectKind }) => subjectKind === 'coding')!.publicId;
  const added = await who.ada.post(`${coded.at}/insights/new`, { statement: 'Things are dear', status: 'draft' });
  insight = added.location;
  const run = await store.coder.addRun(
    { studyId: coded.study.id, settings: { codes: [noise.id] }, engineVersion: '1', seed: 1, createdBy: null },
    '2026-03-03T00:00:00.000Z',
  );
  await store.coder.begin(run.id);
  await store.coder.finish(
    run,
    {
      result: '{}',
      inputHash: 'x',
      proposals: [1].map((n) => ({
        codeId: noise.id,
        sourceId: coded.answers[n]!.publicId,
        sourceVersion: coded.answers[n]!.version,
        probability: 0.75,
        isYes: 1,
        position: n,
      })),
    },
    [noise.id],
    '2026-03-03T00:00:00.000Z',
  );
  ids.proposal = (await store.coder.waiting(coded.study.id, null, 5, null))[0]!.publicId;
  const round = {
    name: '',
    unit: 'turn' as const,
    codes: [price.publicId, noise.publicId],
    coders: [users.ada, users.bea],
    minimum: 0.8,
    isBlind: true,
    draw: null,
  };
  await agreement.begin(
    coded.study,
    { ...round, of: { answers: { survey: coded.survey.split('/').at(-1)!, item: 'why' } } },
    null,
  );
  await agreement.begin(coded.study, { ...round, of: { interviews: [interview.split('/').at(-1)!] } }, null);
}, 60_000);
afterAll(() => coded.close());

test('whoever codes blind meets what others made of the words on no page and in no file; who does not, meets it there', async () => {
  const { at } = coded;
  const source = coded.answers[0]!.publicId;
  const told: [string, string | RegExp][] = [
    [`${at}/quotes`, 'harpsichord'],
    [`${at}/code-matrix`, /Price[^%]*2/],
    [`${at}/code-pairs?unit=text`, 'Noise'],
    [`${at}/saturation`, 'Price'],
    [`${at}/triangulation`, 'Price'],
    [`${at}/codebook`, '2 passages'],
    [`${at}/codebook/${price.publicId}`, 'harpsichord'],
    [`${at}/coding-log`, 'xylophone'],
    [`${at}/coding-log.csv`, 'xylophone'],
    [`${at}/memos`, 'xylophonist'],
    [`${at}/memos`, 'harpsichordist'],
    [`${at}/memos/${ids.memo}`, 'xylophonist'],
    [`${insight}/evidence?code=${price.publicId}`, 'xylophone'],
    [`${at}/texts/${source}`, 'codebook/'],
    [`${at}/codebook/suggestions`, 'a quiet oboe'],
    [`${at}/codebook/files/quotes?format=csv&readers=study`, 'harpsichord'],
    [`${at}/codebook/files/matrix?format=csv&by=text&shows=presence`, /,answer,[01,]*1/],
    [`${grid()}?coded=coded`, 'Price: “xylophone”'],
    [grid(), '1 of 5 bear a code'],
    [grid(), ids.proposal],
  ];
  const kept: string[] = [];
  for (const [path, words] of told) {
    const [sees, blind] = [await who.cem.get(path), await who.bea.get(path)];
    const holds = (page: { text: string }) =>
      [page.text, plain(page.text)].some((text) =>
        typeof words === 'string' ? text.includes(words) : words.test(text),
      );
    if (!holds(sees)) kept.push(`cem does not see ${words} on ${path} (${sees.status})`);
    if (holds(blind)) kept.push(`bea sees ${words} on ${path}`);
  }
  expect(kept).toEqual([]);
});

test('a project as a file leaves out what others made of words that somebody codes blind', async () => {
  const rows = async (of: Visitor) => {
    const report = (await of.get(`${coded.at}/exchange/report?format=qdpx&audience=internal&answers=1&reason=x`)).text;
    const { rows: found } = JSON.parse(report) as { rows: { kind: string; found: number; kept: number }[] };
    return found.flatMap(({ kind, found: all }) => (kind === 'Codings' || kind === 'Memos' ? [`${kind} ${all}`] : []));
  };
  expect(await rows(who.cem)).toEqual(['Codings 3', 'Memos 2']);
  expect(await rows(who.bea)).toEqual([]);
});

test('what a blind coder puts on answers in rows is theirs alone, counts nowhere yet, and is taken off without touching others’', async () => {
  const key = keyOf(0);
  expect((await who.bea.post(grid(), { back: '', [`had-${key}`]: '', [`on-${key}`]: price.publicId })).status).toBe(
    303,
  );
  expect(standing()).toEqual([
    { name: 'Price', coder: users.ada, counts: 1 },
    { name: 'Price', coder: users.bea, counts: 0 },
  ]);
  const page = plain((await who.bea.get(grid())).text);
  expect(page).toContain('1 of 5 bear a code');
  expect(page).not.toContain('Price: “xylophone”');
  expect(plain((await who.cem.get(grid())).text)).toContain('1 of 5 bear a code');
  // The answer is read: a round that is closed early compares it.
  const round = (await coded.verbatim.store.codingRounds.list(coded.study.id)).find(({ kind }) => kind === 'answers')!;
  expect(await coded.verbatim.store.codingRounds.reads(round.id)).toEqual([
    { userId: users.bea, sourceId: coded.answers[0]!.publicId },
  ]);
  await who.bea.post(grid(), { back: '', [`had-${key}`]: price.publicId });
  expect(standing()).toEqual([{ name: 'Price', coder: users.ada, counts: 1 }]);
  await who.bea.post(`${coded.at}/codebook/undo`);
  expect(standing()).toHaveLength(2);
});

test('a proposal on words that somebody codes blind is not theirs to decide', async () => {
  await who.bea.post(`${coded.at}/codebook/suggestions`, { [`verdict-${ids.proposal}`]: 'accepted' });
  const [proposal] = await coded.verbatim.store.coder.findProposals(coded.study.id, [ids.proposal], null);
  expect(proposal?.verdict).toBeNull();
  const reading = plain((await who.bea.get(`${coded.at}/codebook/${noise.publicId}/read`)).text);
  for (const words of WISHES) expect(reading).not.toContain(words);
});

test('when the round is open everybody sees everything again', async () => {
  for (const round of await coded.verbatim.store.codingRounds.list(coded.study.id))
    await coded.verbatim.store.codingRounds.open(round.id, '{}', '2026-03-04T00:00:00.000Z');
  expect((await who.bea.get(`${coded.at}/quotes`)).text).toContain('harpsichord');
  expect((await who.bea.get(`${coded.at}/memos`)).text).toContain('xylophonist');
});
