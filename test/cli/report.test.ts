import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ReportDocument } from '../../src/reports/document.ts';
import { browserPath } from '../support/browser-path.ts';
import { temporaryFolder } from '../support/house.ts';
import { packQdpx, WHOLE_PROJECT } from '../support/refi-files.ts';
import { runCli } from './run-cli.ts';

const hasPdfTools = spawnSync('pdffonts', ['-v']).error === undefined;
const ARABIC = 'السعر يرتفع كل سنة';

/** A folder with a study that has a coded interview, made on the command line alone. */
async function smallFolder(folder: string): Promise<{ at: string[]; file: (name: string) => string }> {
  const at = ['--data', path.join(folder, 'data')];
  const project = path.join(folder, 'theirs.qdpx');
  writeFileSync(project, packQdpx(WHOLE_PROJECT));
  await runCli(['init', ...at]);
  await runCli(['study', 'add', `Homes ${ARABIC}`, ...at]);
  await runCli(['project', 'import', project, '--study', `Homes ${ARABIC}`, '--may-quote', ...at]);
  return { at: ['--study', `Homes ${ARABIC}`, ...at], file: (name) => path.join(folder, name) };
}

test('a report of a study is written on the command line, the same document in each format', async () => {
  using place = temporaryFolder();
  const { at, file } = await smallFolder(place.folder);
  const json = await runCli(['report', 'code-book', 'json', '--out', file('book.json'), ...at]);
  expect(json.stderr).toBe('');
  expect(json.code).toBe(0);
  const document = JSON.parse(readFileSync(file('book.json'), 'utf8')) as ReportDocument;
  expect(document).toMatchObject({ kind: 'code-book', audience: 'client' });
  const text = await runCli(['report', 'code-book', 'md', '--out', file('book.md'), '--json', ...at]);
  const written = readFileSync(file('book.md'), 'utf8');
  expect(JSON.parse(text.stdout)).toMatchObject({ file: file('book.md'), bytes: Buffer.byteLength(written) });
  expect(written).toContain(ARABIC);
  expect(written).toContain('too dear');
  for (const { title } of document.sources) expect(written).toContain(title);
});

test('what cannot be made says on the command line what to do instead, and writes nothing', async () => {
  using place = temporaryFolder();
  const { at, file } = await smallFolder(place.folder);
  const none = await runCli(['report', 'persona-set', 'pdf', '--out', file('set.pdf'), ...at]);
  expect(none.code).not.toBe(0);
  expect(none.stderr).toContain('Draw one from a segment first');
  const page = await runCli(['report', 'study-report', 'pdf', '--page', '--out', file('study.pdf'), ...at]);
  expect(page.code).not.toBe(0);
  expect(page.stderr).toContain('No Chromium is named');
  expect(() => readFileSync(file('study.pdf'))).toThrow();
});

test.skipIf(browserPath === null || !hasPdfTools)(
  'a PDF that Chromium prints is tagged and holds the words of the report, Arabic ones too',
  async () => {
    using place = temporaryFolder();
    const { at, file } = await smallFolder(place.folder);
    const printed = await runCli(['report', 'code-book', 'pdf', '--page', '--out', file('book.pdf'), ...at], {
      env: { VERBATIM_REPORT_CHROMIUM: browserPath ?? '' },
    });
    expect(printed.stderr).toBe('');
    expect(printed.code).toBe(0);
    const read = (program: string, args: string[]) => execFileSync(program, args, { encoding: 'utf8' });
    expect(read('pdfinfo', [file('book.pdf')])).toMatch(/Tagged:\s+yes/);
    // Without blanks: where letters join, a reader may see gaps between them.
    const words = read('pdftotext', [file('book.pdf'), '-'])
      .normalize('NFKC')
      .replaceAll(/[\s\u202a-\u202e]/g, '');
    expect(words).toContain('toodear');
    expect(words).toContain(ARABIC.replaceAll(' ', ''));
    expect(read('pdffonts', [file('book.pdf')])).toContain('Arabic');
  },
);
