import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { type PackedFile, packZip } from '../support/pack-zip.ts';
import type { ApiHouse } from '../web/api/open-api.ts';
import { openAttackedHouse, type Planted } from './attacked-house.ts';
import { leaksIn } from './leaks.ts';

/* Archives and XML that were made to fill a memory, to write elsewhere or to read what is there, through every door for files. */

let api: ApiHouse & { planted: Planted; studio: string };
beforeAll(async () => {
  api = await openAttackedHouse();
});
afterAll(() => api.close());

const MB = 1024 * 1024;
/** What a bomb unpacks to, in megabytes: more than any part may have; packing it takes its time. */
const BIG = process.env['PROVE'] ? 600 : 24;
const zeros = (bytes: number) => new Uint8Array(bytes);
const SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>';
const BOOK =
  '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>';
const XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>';
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, n) => `<!ENTITY a${n} "${`&a${n === 0 ? '' : n - 1};`.repeat(10)}">`).join('')}]><a>&a19;</a>`;
const DEEP = '<a>'.repeat(200_000);
const deepClosed = '<a>'.repeat(50_000) + '</a>'.repeat(50_000);

/** An archive as the three kinds that come in have it, with one part of it replaced and others added. */
const around = (part: string, more: readonly PackedFile[] = []): Uint8Array =>
  packZip([
    {
      name: '[Content_Types].xml',
      content: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    },
    { name: 'project.qde', content: part },
    { name: 'word/document.xml', content: part },
    { name: 'xl/workbook.xml', content: part === '' ? BOOK : part },
    { name: 'xl/worksheets/sheet1.xml', content: part === '' ? SHEET : part },
    ...more,
  ]);
const whole = around('<a/>');
const cut = (bytes: Uint8Array, share: number) => bytes.slice(0, Math.floor(bytes.length * share));

const ARCHIVES: Readonly<Record<string, () => Uint8Array | string>> = {
  'a way out': () => around('<a/>', [{ name: '../../evil', content: 'x' }]),
  'a way out, deeper': () => around('<a/>', [{ name: 'sources/../../../evil', content: 'x' }]),
  'a way out with backslashes': () => around('<a/>', [{ name: 'sources\\..\\..\\evil', content: 'x' }]),
  'a place of its own': () => around('<a/>', [{ name: '/tmp/evil', content: 'x' }]),
  'a drive': () => around('<a/>', [{ name: 'C:/evil', content: 'x' }]),
  'a network': () => around('<a/>', [{ name: '//host/evil', content: 'x' }]),
  'a name with a NUL': () => around('<a/>', [{ name: 'a\u0000.xml', content: 'x' }]),
  'a name of nothing': () => around('<a/>', [{ name: '', content: 'x' }]),
  'a very long name': () => around('<a/>', [{ name: 'a'.repeat(60_000), content: 'x' }]),
  'a link': () => around('<a/>', [{ name: 'sources/l', content: '/etc/passwd', mode: 0o120777 }]),
  'a link as the part that is read': () =>
    packZip([
      { name: 'project.qde', content: '/etc/passwd', mode: 0o120777 },
      { name: 'word/document.xml', content: '/etc/passwd', mode: 0o120777 },
      { name: 'xl/workbook.xml', content: '/etc/passwd', mode: 0o120777 },
    ]),
  'a device': () => around('<a/>', [{ name: 'sources/d', mode: 0o020666 }]),
  'a pipe': () => around('<a/>', [{ name: 'sources/p', mode: 0o010666 }]),
  'the same name twice': () =>
    around('<a/>', [
      { name: 'project.qde', content: '<b/>' },
      { name: 'word/document.xml', content: '<b/>' },
      { name: 'xl/workbook.xml', content: BOOK },
    ]),
  'a bomb': () => around(' '.repeat(BIG * MB)),
  'a bomb beside': () => around('<a/>', [{ name: 'sources/b', content: zeros(BIG * MB) }]),
  'many small bombs': () =>
    around(
      '<a/>',
      Array.from({ length: 12 }, (_, n) => ({ name: `sources/${n}`, content: zeros((BIG / 10) * MB) })),
    ),
  'a bomb that says it is small': () =>
    packZip(
      ['project.qde', 'word/document.xml', 'xl/workbook.xml'].map((name) => ({
        name,
        content: zeros(120 * MB),
        saysBytes: 100,
      })),
    ),
  'an archive in an archive': () =>
    around('<a/>', [{ name: 'sources/inner.zip', content: packZip([{ name: 'b', content: zeros((BIG / 7) * MB) }]) }]),
  'an archive as the part that is read': () =>
    packZip(['project.qde', 'word/document.xml', 'xl/workbook.xml'].map((name) => ({ name, content: whole }))),
  '60,000 files': () =>
    packZip([
      { name: 'project.qde', content: '<a/>' },
      ...Array.from({ length: 60_000 }, (_, n) => ({ name: `s/${n}`, isStored: true })),
    ]),
  '60,000 folders': () =>
    packZip([
      { name: 'word/document.xml', content: '<a/>' },
      ...Array.from({ length: 60_000 }, (_, n) => ({ name: `s/${n}/`, isStored: true })),
    ]),
  'sizes that are not so': () => around('<a/>', [{ name: 'sources/s', content: 'abc', saysBytes: 4_000_000_000 }]),
  'a part said to be larger': () =>
    packZip(
      ['project.qde', 'word/document.xml', 'xl/workbook.xml'].map((name) => ({ name, content: '<a/>', saysBytes: 9 })),
    ),
  locked: () =>
    packZip(
      ['project.qde', 'word/document.xml', 'xl/workbook.xml'].map((name) => ({ name, content: '<a/>', flags: 1 })),
    ),
  'cut in the middle': () => cut(whole, 0.5),
  'cut before its end': () => cut(whole, 0.97),
  'a beginning alone': () => whole.slice(0, 4),
  'an end alone': () => whole.slice(-22),
  'a list that points elsewhere': () =>
    whole.map((byte, at) => (at > whole.length - 12 && at < whole.length - 2 ? 0xff : byte)),
  'bytes changed within': () => whole.map((byte, at) => (at > 60 && at < 90 ? byte ^ 0x55 : byte)),
  'a workbook of the old kind': () => Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.alloc(600)]),
  nothing: () => '',
  'entities that read files': () => around(XXE),
  'entities that grow': () => around(LAUGHS),
  'a document type': () => around('<!DOCTYPE a SYSTEM "http://evil.example/a.dtd"><a/>'),
  'tags without end': () => around(DEEP),
  'tags without bottom': () => around(deepClosed),
  'XML that is no XML': () => around('<a><b></a>\u0000'),
};

/** The doors that read archives, and what their forms send beside the file. */
const doors = (): [string, string, Record<string, string>][] => [
  [`${api.studio}/exchange/import`, 'p.qdpx', {}],
  [`${api.studio}/surveys/${api.planted.ids['survey']}/import`, 'rows.xlsx', { header: '1' }],
  [`${api.studio}/people/import`, 'people.xlsx', {}],
  [`${api.studio}/segmentations/import`, 'members.xlsx', { header: '1' }],
  [`${api.studio}/transcripts/new`, 'talk.docx', { interview: '' }],
];

const files = () =>
  readdirSync(api.house.folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !/\.db(-\w+)?$|erased\.log$/.test(file),
  );
const strays = () => readdirSync(tmpdir()).filter((name) => name === 'evil');

test.each(Object.keys(ARCHIVES))('%s is refused at the door, and nothing of it stays', async (what) => {
  const bytes = Buffer.from((ARCHIVES[what] as () => string)());
  const before = files();
  const wrong: string[] = [];
  // At full length each knocks at every door; in a short run at the next one.
  const place = Object.keys(ARCHIVES).indexOf(what);
  const chosen = doors().filter((_, door) => process.env['PROVE'] !== undefined || (place + door) % 5 < 2);
  for (const [at, name, form] of chosen) {
    const rss = process.memoryUsage.rss();
    const began = performance.now();
    const answer = await api.owner.upload(at, 'file', { name, bytes }, form).catch((error: unknown) => String(error));
    if (typeof answer === 'string') {
      // Whoever sends on after a refusal finds the connection closed.
      if (!answer.includes('fetch failed')) wrong.push(`${name}: ${answer}`);
      continue;
    }
    const page = answer.status === 303 ? await api.owner.get(answer.location) : answer;
    const isRefused = answer.status >= 400 && answer.status < 500;
    if (!isRefused) wrong.push(`${name}: ${answer.status} ${answer.location}`);
    if (leaksIn(page.text).length > 0 || /root:x:/.test(page.text)) wrong.push(`${name} tells too much`);
    if (process.env['PROVE']) {
      const [ms, grownMb] = [performance.now() - began, (process.memoryUsage.rss() - rss) / MB];
      if (ms > 10_000) wrong.push(`${name}: ${Math.round(ms)} ms`);
      if (grownMb > 300) wrong.push(`${name}: ${Math.round(grownMb)} MB`);
    }
  }
  expect(wrong).toEqual([]);
  expect(files().filter((file) => !before.includes(file))).toEqual([]);
  expect(strays()).toEqual([]);
});

test('the house still answers after all of them', async () => {
  expect(Object.keys(ARCHIVES).length).toBeGreaterThanOrEqual(38);
  expect((await visitor(api.house.url).get('/readyz')).status).toBe(200);
  expect(api.house.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  expect(api.house.faults).toEqual([]);
});

test('XML by itself that declares entities is refused as well', async () => {
  for (const xml of [XXE, LAUGHS, DEEP])
    for (const [at, name] of [
      [`${api.studio}/exchange/import`, 'book.qdc'],
      [`${api.studio}/surveys/new`, 'survey.lss'],
    ] as const) {
      const answer = await api.owner.upload(at, 'file', { name, bytes: Buffer.from(xml) });
      const page = answer.status === 303 ? await api.owner.get(answer.location) : answer;
      expect([name, answer.status >= 500, /root:x:/.test(page.text), leaksIn(page.text)]).toEqual([
        name,
        false,
        false,
        [],
      ]);
      expect([name, answer.status]).toEqual([name, 422]);
    }
});
