import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Claim, emptyPortrait } from '../../src/personas/portrait.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { sendForm } from '../support/form-fields.ts';
import { startStub } from '../support/stub-server.ts';

const CLAIM: Claim = {
  id: 'answer:tenure=rent',
  section: 'chose',
  ring: null,
  part: null,
  heading: 'What they chose',
  text: 'They chose more often than others “Rented” (How do you live?)',
  status: 'validated',
  evidence: {
    kind: 'share',
    here: { share: 0.34, low: 0.3, high: 0.38 },
    rest: { share: 0.11, low: 0.09, high: 0.13 },
    nHere: 372,
    nRest: 832,
    adjustedP: 0.001,
    isInput: false,
  },
  source: { kind: 'answer', item: 'tenure', code: 'rent' },
  quotes: [],
  counterQuotes: [],
  isWritten: false,
  lapsedIn: null,
};

let said = 'They rent more often than others.';
let status = 200;
const stub = await startStub(() => ({ status, body: { choices: [{ message: { content: said } }] } }));
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let claim: string;

async function plantClaim(of: typeof house): Promise<string> {
  const persona = await of.verbatim.store.personas.addVersion(
    { studyId: of.study.id, personaId: null, segmentIds: [] },
    {
      name: 'Renter',
      lede: 'A note that stays here',
      portrait: JSON.stringify({ ...emptyPortrait('quantified'), claims: [CLAIM] }),
      createdBy: null,
    },
    '2026-03-02T10:00:00.000Z',
  );
  return `/studio/${of.study.publicId}/personas/${persona.publicId}/claims/${encodeURIComponent(CLAIM.id)}`;
}

beforeAll(async () => {
  house = await openFieldHouse({ rewording: { url: `${stub.url}/v1/chat/completions`, model: 'small', key: 'k' } });
  claim = await plantClaim(house);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await stub[Symbol.asyncDispose]();
});

test('a wording is proposed and kept only when a researcher saves it; nothing but the sentence leaves', async () => {
  const page = await house.researcher.post(`${claim}/suggest`, {});
  expect(page.status).toBe(200);
  expect(page.text).toContain('They rent more often than others.');
  const sent = stub.taken.at(-1)!;
  expect(sent.headers.authorization).toBe('Bearer k');
  expect((JSON.parse(sent.body) as { messages: { content: string }[] }).messages.at(-1)!.content).toBe(CLAIM.text);
  expect(sent.body).not.toMatch(/372|0\.34|stays here/);
  expect((await house.researcher.get(claim)).text).not.toContain('They rent more often than others.');
  await sendForm(house.researcher, claim, { text: 'They rent more often than others.' });
  expect((await house.researcher.get(claim)).text).toContain('They rent more often than others.');
});

test('a wording that says more than the evidence is shown with what is too much, and not taken over', async () => {
  said = 'Most people rent because prices rose by 20%.';
  const { text } = await house.researcher.post(`${claim}/suggest`, {});
  expect(text).toMatch(/says 20, which stands nowhere in the evidence/);
  expect(text).toMatch(/gives a reason/);
  expect(text).not.toMatch(/<textarea[^>]*>Most people rent/);
});

test('a model that fails is told plainly, and nothing changes', async () => {
  status = 500;
  const { status: answered, text } = await house.researcher.post(`${claim}/suggest`, {});
  expect(answered).toBe(409);
  expect(text).toContain('It answered with status 500');
  status = 200;
});

test('without a model named nothing is offered and nothing asked', async () => {
  await using plain = await openFieldHouse();
  const address = await plantClaim(plain);
  expect((await plain.researcher.get(address)).text).not.toContain('/suggest');
  expect((await plain.researcher.post(`${address}/suggest`, {})).status).toBe(404);
});
