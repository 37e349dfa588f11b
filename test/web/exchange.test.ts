import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCodebook, readProject } from '../../src/exchange/refi-qda/read-project.ts';
import { openArchive } from '../../src/exchange/safe-archive.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Study } from '../../src/store/studies.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fixedClock } from '../support/house.ts';
import { packZip } from '../support/pack-zip.ts';
import { GUIDS, NAMESPACE, packQdpx, WHOLE_CODEBOOK, WHOLE_PROJECT } from '../support/refi-files.ts';
import { orderFaults } from '../support/refi-order.ts';

const clock = fixedClock();
let house: Awaited<ReturnType<typeof openFieldHouse>>;
const at = (study: Study) => `/studio/${study.publicId}`;
const folder = at;
const plain = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
});
afterAll(() => house[Symbol.asyncDispose]());

const newStudy = (name: string): Promise<Study> => house.verbatim.studies.addTo(name, null, null, null);
const upload = (study: Study, bytes: Uint8Array, name = 'file.qdpx') =>
  house.researcher.upload(`${at(study)}/exchange/import`, 'file', { name, bytes: Buffer.from(bytes) }, {});
async function bringIn(study: Study, bytes: Uint8Array, form: Record<string, string> = { quotes: 'yes' }) {
  const { location, status } = await upload(study, bytes);
  expect(status).toBe(303);
  const preview = await house.researcher.get(location);
  expect(preview.status).toBe(200);
  expect((await house.researcher.post(`${location}/commit`, form)).status).toBe(303);
  return { location, preview: plain(preview.text) };
}
async function take(study: Study, query = 'audience=internal&unmasked=1&reason=Coding'): Promise<Buffer> {
  const response = await house.researcher.send(`${at(study)}/exchange/file?${query}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
const documentIn = (bytes: Uint8Array): string => {
  const limits = { entriesMost: 100, entryBytesMost: 1e7, totalBytesMost: 1e7 };
  return Buffer.from(openArchive(bytes, limits).read('project.qde') ?? []).toString();
};
const codedWords = async (study: Study): Promise<string[]> => {
  const codings = await house.verbatim.store.notes.codings(study.id, {});
  const quotes = await house.verbatim.evidence.readQuotes(study.id, codings);
  return quotes.map((quote) => (quote.isVerbatim ? quote.marked : quote.reason));
};
async function logged(study: Study, participant: string, transcript: string, mayQuote = true): Promise<string> {
  const { location } = await house.researcher.post(`${at(study)}/interviews/new`, {
    participant,
    person: '',
    heldOn: '2026-03-02',
    mode: 'by phone',
    moment: 'The rent went up 🏠',
    transcript,
    ...(mayQuote ? { mayQuote: '1' } : {}),
  });
  return location.split('/').at(-1) ?? '';
}
async function code(study: Study, interview: string, turn: number, words: string, name: string): Promise<void> {
  const { store, codings } = house.verbatim;
  const sources = await store.notes.sourcesOf(study.id, interview);
  const source = sources[turn];
  if (!source) throw new Error('There is no such turn');
  const user = (await store.projectExchange.users(study.workspaceId))[0];
  await codings.code(
    study,
    { sourceId: source.publicId, version: 1, start: null, end: null, words },
    { publicId: null, name, definition: `What ${name} means` },
    user ? { userId: user.id } : null,
  );
}
/** A study with two interviews of two lines and more, emoji among them, coded by somebody, with a memo. */
async function talkedStudy(name: string): Promise<Study> {
  const study = await newStudy(name);
  const first = await logged(
    study,
    'P07',
    'Int: How 😀 so?\nP07: It was too dear 💸 for me.\nand so it went\n\nInt: Really?\nP07: Yes.',
  );
  const second = await logged(study, 'P08', 'Int: And you?\nP08: Write to ada@example.org, it was fine.', false);
  await code(study, first, 2, 'too dear 💸 for', 'Price');
  await code(study, first, 2, 'and so it went', 'Course');
  await code(study, second, 2, 'ada@example.org', 'Reach');
  const [coding] = await house.verbatim.store.notes.codings(study.id, {});
  const at = clock.now().toISOString();
  await house.verbatim.store.codingJournal.step(
    { studyId: study.id, actorId: null, kind: 'memo', label: 'a memo' },
    at,
    (write) =>
      write.insert('memos', {
        studyId: study.id,
        publicId: newPublicId(),
        subjectKind: 'coding',
        subjectId: coding?.publicId ?? '',
        sourceVersion: null,
        spanStart: null,
        spanEnd: null,
        title: 'Doubt',
        text: 'Ask bea@example.org <again> & so?\nLook again.',
        guid: null,
        createdBy: null,
        createdAt: at,
        changedAt: at,
        removedAt: null,
      }),
  );
  return study;
}

describe('a project comes in', () => {
  test('it is shown first, comes in as one step, says the same the second time, and goes back as a whole', async () => {
    const study = await newStudy('From elsewhere');
    const bytes = packQdpx(WHOLE_PROJECT);
    const { location } = await upload(study, bytes);
    const shown = plain((await house.researcher.get(location)).text);
    expect(shown).toContain('Nothing of it is in the study yet');
    expect(shown).toContain('Passages of text 1 1');
    expect(await house.verbatim.store.notes.interviews(study.id)).toEqual([]);

    await house.researcher.post(`${location}/commit`, { quotes: 'unknown' });
    const [interview] = await house.verbatim.store.notes.interviews(study.id);
    expect(interview).toMatchObject({ participant: 'P07', heldOn: '2026-01-05', guid: GUIDS.talk, maySpeak: 0 });
    expect(await codedWords(study)).toEqual(['too dear']);
    const consents = await house.verbatim.store.consents.latestOf(study.id, [interview?.publicId ?? '']);
    expect([...consents.values()][0]?.purposes).toEqual(['analysis']);
    expect(
      (await house.verbatim.store.projectExchange.memos(study.id, null)).map(({ subjectKind }) => subjectKind),
    ).toEqual(['source', 'study', 'interview']);
    const done = await house.researcher.get(location);
    expect(plain(done.text)).toContain('Brought in on');
    expect(plain(done.text)).not.toContain('laughing');

    const again = await bringIn(study, bytes);
    expect(again.preview).toContain('bringing it in would change nothing');
    expect(await codedWords(study)).toEqual(['too dear']);
    expect(await house.verbatim.store.notes.interviews(study.id)).toHaveLength(1);

    expect((await house.researcher.post(`${location}/undo`)).status).toBe(303);
    expect(await house.verbatim.store.notes.interviews(study.id)).toEqual([]);
    expect(await codedWords(study)).toEqual([]);
    expect(await house.verbatim.store.notes.codes(study.id)).toEqual([]);
    expect(await house.verbatim.store.projectExchange.kept(study.id)).toEqual([]);
    expect(plain((await house.researcher.get(location)).text)).toContain('taken back');
  });

  test('what comes in a second time after it was taken back is taken back as wholly', async () => {
    const study = await newStudy('Twice');
    for (let time = 0; time < 3; time += 1) {
      const { location } = await bringIn(study, packQdpx(WHOLE_PROJECT));
      expect((await house.verbatim.store.notes.codes(study.id)).length).toBeGreaterThan(0);
      expect((await house.researcher.post(`${location}/undo`)).status).toBe(303);
      expect(await house.verbatim.store.notes.codes(study.id)).toEqual([]);
    }
  });

  test('a codebook comes in with its tree, and codes of a name that is here take what is coded', async () => {
    const study = await newStudy('Codes');
    await house.verbatim.codebook.add(study, { name: 'Dear', definition: 'Our own' }, null);
    await bringIn(study, Buffer.from(WHOLE_CODEBOOK), {});
    const codes = await house.verbatim.store.notes.codes(study.id);
    expect(codes.map(({ name, definition, isCodable }) => [name, definition, Number(isCodable)])).toEqual([
      ['Barriers', 'Reasons not to buy', 0],
      ['Dear', 'Our own', 1],
    ]);
    const out = readCodebook(await take(study, 'format=qdc'));
    expect(out.project.codes.map(({ name }) => name)).toEqual(expect.arrayContaining(['Barriers', 'Dear']));
  });

  test('what others did on its interviews since keeps an import from being taken back', async () => {
    const study = await newStudy('Worked on');
    const { location } = await bringIn(study, packQdpx(WHOLE_PROJECT));
    const [interview] = await house.verbatim.store.notes.interviews(study.id);
    await code(study, interview?.publicId ?? '', 0, 'for me', 'Own');
    const { status, text } = await house.researcher.post(`${location}/undo`);
    expect(status).toBe(409);
    expect(plain(text)).toContain('somebody has coded words of its interviews since');
    expect(await codedWords(study)).toEqual(['too dear', 'for me']);
  });

  test('a file that is only looked at is forgotten after a day, and its file with it', async () => {
    const study = await newStudy('Looked at');
    const folder = path.join(house.verbatim.folder, 'files', 'project-imports');
    const before = readdirSync(folder).length;
    const { location } = await upload(study, packQdpx(WHOLE_PROJECT));
    expect(readdirSync(folder)).toHaveLength(before + 1);
    clock.forward(25 * 3_600_000);
    await house.signIn();
    expect((await house.researcher.get(location)).status).toBe(404);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(before);
  });
});

describe('a study goes out', () => {
  test('the file is strict, the same each time, and gives equal data and bytes when it comes back', async () => {
    const study = await talkedStudy('The same');
    const first = await take(study);
    expect(await take(study)).toEqual(first);
    expect(orderFaults(documentIn(first))).toEqual([]);
    const { project, notes } = readProject(first);
    expect(notes).toEqual([]);
    expect(project.sources.map(({ selections }) => selections.map(({ name }) => name))).toEqual([
      ['too dear 💸 for', 'and so it went'],
      ['ada@example.org'],
    ]);
    for (const { text, selections } of project.sources)
      for (const { name, start, end } of selections) expect([...text].slice(start, end).join('')).toBe(name);

    const other = await newStudy('The same');
    await bringIn(other, first);
    const own = await house.verbatim.store.notes.interviews(study.id);
    const theirs = await house.verbatim.store.notes.interviews(other.id);
    for (const [index, { publicId }] of own.entries()) {
      const turns = async (of: Study, id: string) =>
        (await house.verbatim.store.notes.sourcesOf(of.id, id)).map(({ kind, speaker, text }) => [kind, speaker, text]);
      expect(await turns(other, theirs[index]?.publicId ?? '')).toEqual(await turns(study, publicId));
    }
    // A study's name and when it was made are its own.
    const ofItself = / (creationDateTime|name)="[^"]*"/g;
    const second = await take(other);
    const root = (bytes: Uint8Array) =>
      documentIn(bytes).replace(/<Project [^>]*>/, (tag) => tag.replace(ofItself, ''));
    expect(root(second)).toBe(root(first));
    expect(readProject(second).project.sources).toEqual(project.sources);
  });

  test('what was coded elsewhere in the file comes back onto the same words', async () => {
    const study = await talkedStudy('There and back');
    const document = documentIn(await take(study));
    const files = readProject(await take(study)).project.sources;
    const [source] = files;
    const start = [...(source?.text ?? '')].join('').indexOf('Yes.');
    const points = [...(source?.text ?? '').slice(0, start)].length;
    const added = `<PlainTextSelection guid="${GUIDS.passage}" name="Yes." startPosition="${points}" endPosition="${points + 4}"><Coding guid="${GUIDS.coding}"><CodeRef targetGUID="${readProject(await take(study)).project.codes[0]?.guid}"/></Coding></PlainTextSelection>`;
    const changed = document.replace('<PlainTextSelection', `${added}<PlainTextSelection`);
    const bytes = packZip([
      { name: 'project.qde', content: changed },
      ...files.map(({ guid, text }) => ({ name: `sources/${guid}.txt`, content: text })),
    ]);
    await bringIn(study, bytes);
    expect((await codedWords(study)).at(-1)).toBe('Yes.');
    expect(await house.verbatim.store.notes.interviews(study.id)).toHaveLength(2);
  });

  test('to others only words of those who agreed go out, masked, and the page says what stays', async () => {
    const study = await talkedStudy('To others');
    const page = await house.researcher.get(`${at(study)}/exchange/export?audience=client`);
    expect(plain(page.text)).toContain('Interviews 2 1 0 1 1: they did not agree that this audience reads their words');
    const bytes = await take(study, 'audience=client');
    expect(orderFaults(documentIn(bytes))).toEqual([]);
    const { project } = readProject(bytes);
    expect(project.sources).toHaveLength(1);
    expect(project.notes.map(({ text }) => text)).toEqual(['Ask [e-mail] <again> & so?\nLook again.']);
    expect(documentIn(bytes)).not.toContain('P07');
    expect(JSON.stringify(project)).not.toContain('ada@example.org');
  });

  test('words without masks or agreement need a reason, which is kept', async () => {
    const study = await talkedStudy('With a reason');
    const refused = await house.researcher.get(`${at(study)}/exchange/file?audience=internal`);
    expect(refused.status).toBe(422);
    expect((await house.researcher.get(`${at(study)}/exchange/file?audience=client&unmasked=1`)).status).toBe(422);
    const masked = readProject(await take(study, 'audience=internal&reason=Blind%20coding')).project;
    expect(masked.sources).toHaveLength(2);
    expect(masked.sources[1]?.text).toContain('[e-mail]');
    expect(masked.sources[1]?.selections[0]?.name).toBe('[e-mail]');
    // Coded words come back onto the words under the mask, which are here already.
    const { preview } = await bringIn(study, await take(study, 'audience=internal&reason=Blind%20coding'));
    expect(preview).toContain('bringing it in would change nothing');
    const kept = await house.verbatim.connection
      .prepare('select reason, subject from disclosures where study_id = ?')
      .all(study.id);
    expect(kept).toContainEqual({ reason: 'Blind coding', subject: 'qdpx, masked' });
  });

  test('whoever asks is called by their part for others, and whoever was interviewed is not named', async () => {
    const study = await newStudy('Called by parts');
    await logged(study, 'Quentin', 'Interviewer: And you?\nQuentin: It was fine.\nBea: I was there.');
    const [source] = readProject(await take(study, 'audience=client')).project.sources;
    expect(source?.text).toContain('Interviewer: And you?');
    expect(source?.text).not.toContain('Quentin');
    expect(source?.text).not.toContain('Bea:');
  });

  test('what a consensus took the place of is told apart from what still waits', async () => {
    const study = await newStudy('Decided');
    const interview = await logged(study, 'P07', 'Int: So?\nP07: Too dear, and late.');
    await code(study, interview, 2, 'Too dear', 'Price');
    await code(study, interview, 2, 'late', 'Time');
    const { connection, store } = house.verbatim;
    connection.prepare('update codings set counts = 0 where study_id = ?').run(study.id);
    const [first] = await store.projectExchange.codings(study.id, null);
    const at = clock.now().toISOString();
    const round = await store.codingRounds.add(
      {
        studyId: study.id,
        name: 'Round',
        kind: 'interviews',
        unit: 'turn',
        codes: [],
        drawn: null,
        minimum: 0.8,
        isBlind: false,
        createdBy: null,
        createdAt: at,
      },
      [{ sourceId: first?.sourceId ?? '', subjectId: interview }],
      (await store.projectExchange.users(study.workspaceId)).slice(0, 1).map(({ id }) => id),
    );
    await store.codingJournal.step({ studyId: study.id, actorId: null, kind: 'adjudicate', label: 'x' }, at, (write) =>
      write.insert('codingDecisions', {
        studyId: study.id,
        roundId: round.id,
        sourceId: first?.sourceId ?? '',
        codeId: Number(first?.codeId),
        choice: 'none',
        coderId: null,
        codings: '[]',
        decidedBy: null,
        decidedAt: at,
        removedAt: null,
      }),
    );
    const page = plain(
      (await house.researcher.get(`${folder(study)}/exchange/export?audience=internal&reason=Look`)).text,
    );
    expect(page).toContain('1: a coder’s own that a consensus took the place of');
    expect(page).toContain('1: a second coder’s that is not settled');
  });

  test('an empty study says so, and its project is one that can be read', async () => {
    const study = await newStudy('Empty');
    const page = await house.researcher.get(`${at(study)}/exchange/export?format=qdc`);
    expect(plain(page.text)).toContain('an empty codebook cannot be written');
    expect((await house.researcher.get(`${at(study)}/exchange/file?format=qdc`)).status).toBe(409);
    const bytes = await take(study, '');
    expect(orderFaults(documentIn(bytes))).toEqual([]);
    expect(readProject(bytes).project.sources).toEqual([]);
  });

  test('answers go out a text for each response, under what was asked, and what is coded in them comes back', async () => {
    const { study, verbatim } = house;
    const started = await verbatim.fieldwork.start(house.survey.slug, {
      consents: ['analysis', 'quotes'],
      language: null,
      invitation: null,
      query: {},
    });
    if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
    const { token } = started.next;
    await verbatim.fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'village' });
    await verbatim.fieldwork.answer({ token, page: 2, revision: 2 }, { mood: '3' });
    await verbatim.fieldwork.answer({ token, page: 3, revision: 3 }, { story: 'The rent 🏠 was too dear.' });
    await verbatim.fieldwork.complete(token, 4);
    await verbatim.logs.settle();
    const { project } = readProject(await take(study, 'answers=1'));
    const [source] = project.sources;
    expect(source?.text).toMatch(/: The rent 🏠 was too dear\.\n$/);
    expect(project.cases).toMatchObject([{ name: source?.name, sources: [source?.guid] }]);

    const [answer] = await verbatim.store.projectExchange.answers(study.id);
    const code = await verbatim.codebook.add(study, { name: 'Rent', definition: '' }, null);
    await verbatim.codings.code(
      study,
      { sourceId: answer?.publicId ?? '', version: answer?.version ?? 0, start: null, end: null, words: 'too dear' },
      { publicId: code.publicId, name: '', definition: '' },
      null,
    );
    const file = await take(study, 'answers=1');
    expect(readProject(file).project.sources[0]?.selections.map(({ name }) => name)).toEqual(['too dear']);
    expect((await bringIn(study, file)).preview).toContain('bringing it in would change nothing');
    const other = await newStudy('Answers elsewhere');
    await bringIn(other, file);
    expect(await codedWords(other)).toEqual(['too dear']);
  });
});

describe('files that were made to do harm', () => {
  const listener = createServer((_req, res) => {
    called += 1;
    res.end();
  });
  let called = 0;
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((resolve) => listener.close(resolve)));

  const deep = `<Project ${NAMESPACE} name="x"><CodeBook><Codes>${'<Code guid="x" name="x" isCodable="true">'.repeat(50_000)}`;
  const hostile: { name: string; bytes: () => Uint8Array }[] = [
    {
      name: 'a path out of the folder',
      bytes: () =>
        packZip([
          { name: '../../etc/cron.d/x', content: 'x' },
          { name: 'project.qde', content: WHOLE_PROJECT },
        ]),
    },
    { name: 'a link', bytes: () => packZip([{ name: 'project.qde', content: '/etc/passwd', mode: 0o120777 }]) },
    {
      name: 'a bomb',
      bytes: () =>
        packZip([
          { name: 'project.qde', content: WHOLE_PROJECT },
          { name: `sources/${GUIDS.talk}.txt`, content: new Uint8Array(64 * 1024 * 1024) },
        ]),
    },
    {
      name: 'a file larger than the list says',
      bytes: () =>
        packZip([{ name: 'project.qde', content: `${WHOLE_PROJECT}${' '.repeat(20_000_000)}`, saysBytes: 4_000 }]),
    },
    {
      name: '60,000 files',
      bytes: () =>
        packZip([
          { name: 'project.qde', content: WHOLE_PROJECT },
          ...Array.from({ length: 60_000 }, (_, index) => ({ name: `s/${index}`, isStored: true })),
        ]),
    },
    {
      name: 'an entity from elsewhere',
      bytes: () =>
        packQdpx(
          `<!DOCTYPE x [<!ENTITY y SYSTEM "${url}">]>${WHOLE_PROJECT.replace(/<\?xml[^>]*>/, '').replace('A small project', '&y;')}`,
        ),
    },
    {
      name: 'a document type from elsewhere, in another encoding',
      bytes: () =>
        packZip([
          {
            name: 'project.qde',
            content: Buffer.concat([
              Buffer.from([0xff, 0xfe]),
              Buffer.from(`<!DOCTYPE Project SYSTEM "${url}"><Project/>`, 'utf16le'),
            ]),
          },
        ]),
    },
    {
      name: 'entities that grow',
      bytes: () =>
        Buffer.from(
          `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]><CodeBook>&b;</CodeBook>`,
        ),
    },
    { name: 'elements without end', bytes: () => packQdpx(deep) },
    { name: 'no XML at all', bytes: () => packQdpx('\u0000\u0001<<<>>>') },
    { name: 'another archive', bytes: () => packZip([{ name: 'word/document.xml', content: '<a/>' }]) },
    {
      name: 'a tag without end',
      bytes: () => packQdpx(`<Project ${'x '.repeat(4_000_000)}/>`),
    },
    {
      name: 'a million elements',
      bytes: () => packQdpx(`<Project ${NAMESPACE} name="x"><Sources>${'<a/>'.repeat(1_000_000)}</Sources></Project>`),
    },
  ];
  test.each(hostile)('$name is refused, with nothing kept and nothing fetched', async ({ bytes }) => {
    const folder = path.join(house.verbatim.folder, 'files', 'project-imports');
    const before = existsSync(folder) ? readdirSync(folder).length : 0;
    const rows = house.verbatim.connection.prepare('select count(*) as n from project_imports');
    const count = rows.get();
    const file = bytes();
    const memory = process.memoryUsage.rss();
    const began = performance.now();
    const { status } = await upload(house.study, file);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(process.memoryUsage.rss() - memory).toBeLessThan(300 * 1024 * 1024);
    expect(existsSync(folder) ? readdirSync(folder).length : 0).toBe(before);
    expect(rows.get()).toEqual(count);
    expect(called).toBe(0);
  });

  test('a text that stands elsewhere is not looked for', async () => {
    const study = await newStudy('Elsewhere');
    for (const place of [
      url,
      'absolute:///etc/passwd',
      'relative:///../../etc/passwd',
      'internal://../../../etc/passwd',
    ]) {
      const { location } = await upload(
        study,
        packQdpx(WHOLE_PROJECT.replace(/plainTextPath="[^"]+"/, `plainTextPath="${place}"`)),
      );
      const shown = plain((await house.researcher.get(location)).text);
      expect(shown).toContain('Texts 1 0 0 0 1');
      expect(shown).not.toContain('root:');
    }
    expect(called).toBe(0);
  });

  test('letters that would be markup are letters on every page', async () => {
    const study = await newStudy('Markup');
    const nasty = WHOLE_PROJECT.replaceAll('too dear"', '&lt;img src=x onerror=alert(1)&gt;"').replace(
      'name="P07"',
      'name="&lt;script&gt;"',
    );
    const { location } = await upload(study, packQdpx(nasty));
    const { text } = await house.researcher.get(location);
    expect(text).not.toMatch(/<img src=x|<script>/);
  });
});

describe('the order of codes', () => {
  const shape = (codes: readonly { name: string; codes: readonly unknown[] }[]): unknown[] =>
    codes.map(({ name, codes: under }) => [name, shape(under as typeof codes)]);

  test('is that of the codebook in what goes out, and that of the file in what comes in', async () => {
    const study = await newStudy('In order');
    const add = (name: string, parent: number | null = null) =>
      house.verbatim.connection
        .prepare(
          'insert into codes (study_id, public_id, parent_id, name, definition, created_at, retired_at, position) values (?, ?, ?, ?, ?, ?, null, ?) returning id',
        )
        .pluck()
        .get(study.id, newPublicId(), parent, name, '', clock.now().toISOString(), placed[name] ?? 0) as number;
    const placed: Record<string, number> = { Zeal: 1, Apart: 2, Yield: 1, Bare: 2 };
    const top = add('Zeal');
    add('Not placed');
    add('Apart');
    add('Yield', top);
    add('Bare', top);
    const wanted = [
      [
        'Zeal',
        [
          ['Yield', []],
          ['Bare', []],
        ],
      ],
      ['Apart', []],
      ['Not placed', []],
    ];
    const bytes = await take(study);
    expect(shape(readProject(bytes).project.codes)).toEqual(wanted);
    const qdc = await take(study, 'format=qdc');
    expect(shape(readCodebook(qdc).project.codes)).toEqual(wanted);
    for (const [file, name] of [
      [bytes, 'order.qdpx'],
      [qdc, 'order.qdc'],
    ] as const) {
      const other = await newStudy(`Came in by ${name}`);
      const { location } = await upload(other, file, name);
      expect((await house.researcher.post(`${location}/commit`, { quotes: 'yes' })).status).toBe(303);
      expect(shape(readCodebook(await take(other, 'format=qdc')).project.codes)).toEqual(wanted);
      expect(await house.verbatim.store.codebook.all(other.id)).toHaveLength(5);
    }
  });
});
