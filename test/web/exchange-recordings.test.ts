import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProject } from '../../src/exchange/refi-qda/read-project.ts';
import { openArchive } from '../../src/exchange/safe-archive.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Interview } from '../../src/store/notes.ts';
import type { Study } from '../../src/store/studies.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { openInterviewHouse } from '../support/interview-house.ts';
import { orderFaults } from '../support/refi-order.ts';
import { silence } from '../support/wav.ts';

const talk = `WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ada>What happened 😀 on the day?

00:00:05.000 --> 00:00:09.000
<v P07>The bill came 💸,

00:00:10.000 --> 00:00:14.000
<v P07>and it was too dear for what we got of it.
`;
const sound = silence(2);
const plain = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

let house: Awaited<ReturnType<typeof openInterviewHouse>>;
let interview: Interview;
/** Somebody who works in every study, as a study that a file comes into is made in a test. */
let owner: Visitor;
beforeAll(async () => {
  house = await openInterviewHouse();
  const signIn = { email: 'owner@lab.example', password: 'three words together' };
  await house.verbatim.accounts.add({ ...signIn, name: 'Owner' }, { isAdmin: true, role: 'owner', studyId: null });
  owner = visitor(house.url);
  await owner.post('/sign-in', signIn);
  const { researcher, verbatim, study } = house;
  const planned = await house.plan();
  interview = planned.interview;
  await house.agree(interview, ['analysis', 'quotes', 'recording']);
  const { location: draft } = await researcher.upload(
    `${planned.at}/transcript`,
    'file',
    { name: 'talk.vtt', bytes: new TextEncoder().encode(talk) },
    { words: '' },
  );
  const form = fieldsOf((await researcher.get(draft)).text, draft);
  await researcher.post(
    `${draft}/bring-in`,
    Object.fromEntries([...form].map(([name, [value = '']]) => [name, value])),
  );
  await researcher.upload(`${planned.at}/media`, 'recording', { name: 'talk.wav', bytes: new Uint8Array(sound) });
  const turn = (await verbatim.store.transcripts.turnsOf(interview))[1];
  for (const [words, name] of [
    ['too dear', 'Price'],
    ['what we got', 'Worth'],
  ] as const)
    await verbatim.codings.code(
      study,
      { sourceId: turn?.publicId ?? '', version: 1, start: null, end: null, words },
      { publicId: null, name, definition: '' },
      null,
    );
});
afterAll(() => house[Symbol.asyncDispose]());

const take = async (query: string, study: Pick<Study, 'publicId'> = house.study) => {
  const sent = await house.researcher.send(`/studio/${study.publicId}/exchange/file?${query}`);
  return { status: sent.status, bytes: new Uint8Array(await sent.arrayBuffer()) };
};
const whole = 'audience=internal&unmasked=1&recordings=1&reason=Coding';
const archiveOf = (bytes: Uint8Array) =>
  openArchive(bytes, { entriesMost: 100, entryBytesMost: 1e7, totalBytesMost: 1e7 });
const documentIn = (bytes: Uint8Array) => Buffer.from(archiveOf(bytes).read('project.qde') ?? []).toString();

describe('a project that takes its recordings along', () => {
  test('holds each as it was kept, its text as the transcript, and a point for each caption', async () => {
    const { status, bytes } = await take(whole);
    expect(status).toBe(200);
    const xml = documentIn(bytes);
    expect(orderFaults(xml)).toEqual([]);
    expect(xml).toMatch(/<AudioSource [^>]*path="internal:\/\/[0-9a-f-]{36}\.wav"/);
    expect(xml).not.toContain('<TextSource');
    const [source] = readProject(bytes).project.sources;
    const points = [...(source?.text ?? '')];
    expect(source?.syncPoints.map(({ position, ms }) => [ms, points.slice(position, position + 8).join('')])).toEqual([
      [1000, 'What hap'],
      [5000, 'The bill'],
      [10_000, 'and it w'],
    ]);
    expect(source?.selections.map(({ start, end }) => points.slice(start, end).join(''))).toEqual([
      'too dear',
      'what we got',
    ]);
    const file = archiveOf(bytes).entries.find(({ name }) => name.endsWith('.wav'));
    expect(Buffer.from(archiveOf(bytes).read(file?.name ?? '') ?? []).equals(Buffer.from(sound))).toBe(true);
    expect(Buffer.from((await take(whole)).bytes).equals(Buffer.from(bytes))).toBe(true);
  });

  test('is for the study’s own people alone, without masks, of those who agreed to be recorded', async () => {
    for (const query of [
      'audience=client&recordings=1',
      'audience=internal&recordings=1&reason=Coding',
      'audience=public&recordings=1',
    ])
      expect((await take(query)).status).toBe(422);
    const without = await take('audience=internal&unmasked=1&reason=Coding');
    expect(documentIn(without.bytes)).toContain('<TextSource');
    expect(documentIn(without.bytes)).not.toContain('SyncPoint');
    const { store } = house.verbatim;
    const report = async () =>
      plain((await house.researcher.get(`/studio/${house.study.publicId}/exchange/export?${whole}`)).text);
    expect(await report()).toContain('Recordings 1 1 0 0');
    await house.agree(interview, ['analysis', 'quotes']);
    expect(await store.media.listOf(interview.id)).toHaveLength(1);
    expect(await report()).toContain('that they may be recorded does not hold any more');
    expect(documentIn((await take(whole)).bytes)).not.toContain('AudioSource');
    await house.agree(interview, ['analysis', 'quotes', 'recording']);
  });

  test('comes in with turns, captions and codings, its sound where somebody says that they agreed, and goes back', async () => {
    const { verbatim } = house;
    const bringIn = async (name: string, form: Record<string, string>) => {
      const study = await verbatim.studies.addTo(name, null, null, null);
      const { location } = await owner.upload(`/studio/${study.publicId}/exchange/import`, 'file', {
        name: 'talk.qdpx',
        bytes: (await take(whole)).bytes,
      });
      const preview = await owner.get(location);
      expect(preview.text).toContain('Keep the one beside the interviews');
      await owner.post(`${location}/commit`, { quotes: 'yes', ...form });
      const [made] = await verbatim.store.notes.interviews(study.id);
      return { study, location, made: made as Interview };
    };
    const quiet = await bringIn('Without sound', {});
    expect(await verbatim.media.listOf(quiet.made)).toEqual([]);
    const { study, location, made } = await bringIn('With sound', { recordings: '1' });
    const turns = await verbatim.store.transcripts.turnsOf(made);
    expect(turns.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [1000, 4000, 'What happened 😀 on the day?'],
      [5000, 14_000, 'The bill came 💸, and it was too dear for what we got of it.'],
    ]);
    const cues = await verbatim.store.transcriptCues.of(turns);
    expect(cues.get(`${turns[1]?.publicId} 1`)).toEqual([
      { start: 0, startMs: 5000, endMs: null },
      { start: 17, startMs: 10_000, endMs: null },
    ]);
    const codings = await verbatim.store.notes.codings(study.id, {});
    const quotes = await verbatim.evidence.readQuotes(study.id, codings);
    expect(quotes.map((quote) => quote.isVerbatim && quote.marked)).toEqual(['too dear', 'what we got']);
    const [file] = await verbatim.media.listOf(made);
    expect(file).toMatchObject({ mediaType: 'audio/wav', bytes: sound.length, name: 'talk.wav' });
    expect(plain((await owner.get(location)).text)).toContain('Recordings kept beside their interviews: 1');
    const place = verbatim.media.placeOf({ publicId: file?.publicId ?? '' });
    expect(existsSync(place)).toBe(true);
    expect((await owner.post(`${location}/undo`)).status).toBe(303);
    expect(await verbatim.store.notes.interviews(study.id)).toEqual([]);
    expect(existsSync(place)).toBe(false);
  });

  test('what calls itself a recording and is none is not kept, and it is said so', async () => {
    const { verbatim } = house;
    const study = await verbatim.studies.addTo('Forged', null, null, null);
    const bytes = (await take(whole)).bytes;
    const at = Buffer.from(bytes).indexOf(Buffer.from(sound).subarray(0, 44));
    const forged = Buffer.from(bytes);
    forged.fill(0x20, at, at + 44);
    const { location } = await owner.upload(`/studio/${study.publicId}/exchange/import`, 'file', {
      name: 'talk.qdpx',
      bytes: new Uint8Array(forged),
    });
    await owner.post(`${location}/commit`, { quotes: 'yes', recordings: '1' });
    const [made] = await verbatim.store.notes.interviews(study.id);
    expect(await verbatim.media.listOf(made as Interview)).toEqual([]);
    expect(plain((await owner.get(location)).text)).toContain('Not kept: talk.wav: ');
  });
});

test('what a machine wrote down and nobody corrected says so in the file, and stays a draft where it comes in', async () => {
  const { verbatim } = house;
  const drafted = await house.plan('P08');
  await house.agree(drafted.interview, ['analysis', 'quotes']);
  await verbatim.transcripts.bringIn(
    house.study,
    drafted.interview,
    {
      parsed: {
        format: 'json',
        maker: null,
        isCued: false,
        cues: [{ speaker: 'P08', startMs: 0, endMs: 900, text: 'It is to dear' }],
        assumed: [],
        warnings: [],
      },
      choices: JSON.parse(
        (
          await verbatim.transcripts.keepDraft(
            house.study,
            drafted.interview,
            {
              name: 'x',
              isMachine: true,
              parsed: { format: 'json', maker: null, isCued: false, cues: [], assumed: [], warnings: [] },
            },
            null,
          )
        ).choices,
      ),
      isMachine: true,
    },
    null,
  );
  const { bytes } = await take('audience=internal&reason=Coding');
  const [line] = /Draft: [^\n&<]+/.exec(documentIn(bytes)) ?? [];
  expect(line).toContain('Draft: 1 of 1 turns were written down by a machine and corrected by nobody');
  const study = await verbatim.studies.addTo('Drafts', null, null, null);
  const { location } = await owner.upload(`/studio/${study.publicId}/exchange/import`, 'file', {
    name: 'talk.qdpx',
    bytes,
  });
  await owner.post(`${location}/commit`, { quotes: 'yes' });
  const made = await verbatim.store.notes.interviews(study.id);
  const drafts = await Promise.all(
    made.map(async (one) => (await verbatim.store.transcripts.turnsOf(one)).map(({ isDraft }) => isDraft)),
  );
  expect(drafts.toSorted((a, b) => a.length - b.length)).toEqual([[1], [0, 0]]);
  expect(await verbatim.store.projectExchange.memos(study.id, null)).toEqual([]);
});

test('ladders go out as a graph of their codes; a rung without a code is told of and links nothing', async () => {
  const { verbatim, study } = house;
  const codes = await verbatim.store.projectExchange.codes(study.id);
  const idOf = (name: string) => codes.find((code) => code.name === name)?.id ?? null;
  for (const [ladder, kind, codeId, text] of [
    [1, 'attribute', idOf('Price'), ''],
    [1, 'consequence', idOf('Worth'), ''],
    [2, 'attribute', idOf('Price'), ''],
    [2, 'consequence', null, 'I told my sister Bea'],
    [2, 'value', idOf('Worth'), ''],
  ] as const)
    await verbatim.store.ladderRungs.add({
      publicId: newPublicId(),
      subjectKind: 'interview',
      studyId: study.id,
      subjectId: interview.publicId,
      ladder,
      kind,
      codeId,
      text,
      sourceId: null,
      sourceVersion: null,
      spanStart: null,
      spanEnd: null,
      mode: 'soft',
      createdBy: null,
      createdAt: '2026-03-02T09:00:00.000Z',
    });
  const { bytes } = await take('audience=internal&reason=Coding');
  const xml = documentIn(bytes);
  expect(orderFaults(xml)).toEqual([]);
  expect(xml).not.toContain('sister');
  const { project } = readProject(bytes);
  const [graph] = project.graphs;
  const nameOf = new Map(project.codes.map(({ guid, name }) => [guid, name]));
  expect(graph?.vertices.map(({ represents, y }) => [nameOf.get(represents ?? ''), y])).toEqual([
    ['Price', 400],
    ['Worth', 0],
  ]);
  expect(graph?.edges.map(({ name, direction }) => [name, direction])).toEqual([['1', 'OneWay']]);
  const report = plain(
    (await house.researcher.get(`/studio/${study.publicId}/exchange/export?audience=internal&reason=x`)).text,
  );
  expect(report).toContain('Rungs of ladders 5 4 0 1 1: it has no code that the graph could show');
  const { location } = await owner.upload(`/studio/${study.publicId}/exchange/import`, 'file', {
    name: 'again.qdpx',
    bytes,
  });
  expect(plain((await owner.get(location)).text)).toContain('Graphs 1 0 0 1 0');
});
