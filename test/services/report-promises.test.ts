import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readParts, xmlText } from '../../src/exchange/reports/office-archive.ts';
import { numberSources } from '../../src/exchange/reports/office-sources.ts';
import {
  allBlocks,
  type QuoteBlock,
  REPORT_FORMATS,
  REPORT_KINDS,
  type ReportDocument,
  type ReportFormat,
  type ReportKind,
} from '../../src/reports/document.ts';
import { isFormatOf } from '../../src/services/reports.ts';
import { findSegments } from '../support/find-segments.ts';
import { fixedClock, type House, openHouse } from '../support/house.ts';
import { plantHomes, wishInputs } from '../support/plant-homes.ts';
import { recordsOf, said } from '../support/plant-responses.ts';
import { type Said, saidBy, slideWords, wordsOf } from '../support/report-words.ts';
import { codeTold, tellInterview } from '../support/told-interviews.ts';

const ARABIC = 'دفعنا رسوماً لم يذكرها أحد قبل التوقيع';
const REASONS = [
  'the fee that nobody named before',
  'a garden where children could play',
  'a station close by for the commute',
  'damp walls and mould behind the bed',
  'the landlord gave notice in winter',
  'two rooms were no longer enough',
];

/** Marks of many sources are as long as this, and a chart with its numbers as that. */
const MARKS_LETTERS = 120;
const CHART_LETTERS = 4000;

let told: Awaited<ReturnType<typeof openTold>>;
beforeAll(async () => {
  told = await openTold();
}, 120_000);
afterAll(() => told.house[Symbol.asyncDispose]());

/** A study with all that a report can tell of: answers in segments with themes, and talks with codes, in two scripts. */
async function openTold() {
  const clock = fixedClock('2026-03-20T10:00:00.000Z');
  const house: House = await openHouse({ now: clock.now });
  const { verbatim } = house;
  const { analysis, codebook, personas, segmentProfiles, store } = verbatim;
  const study = await verbatim.studies.addTo('Why they moved', null, null, null);
  const { survey } = await plantHomes(verbatim, study, 'homes', {
    n: 240,
    more: [{ code: 'why', kind: 'text', long: true, text: { en: 'Why did you move?' } }],
    answers: (i) => ({ why: said(`It was ${REASONS[i % 6]}, and number ${1000 + i} on our street.`) }),
  });
  const talks = {
    quince: await tellInterview(verbatim, study, 'Quincebury', [
      'The estimate grew twice before Midsummer, and we signed regardless.',
      'My neighbour had warned me of their surcharges.',
    ]),
    rowan: await tellInterview(verbatim, study, 'Rowanfield', [
      'Their estimate grew overnight, so I rang somebody else.',
    ]),
    layla: await tellInterview(verbatim, study, 'Laylamoor', [ARABIC]),
  };
  const grew = await codebook.add(
    study,
    {
      name: 'The price grew',
      definition: 'It cost more in the end than at first',
      under: null,
      storyRing: 'priority',
      storyStage: 'first-thought',
      storyForce: 'push',
    },
    null,
  );
  await codeTold(verbatim, study, talks.quince, 'The estimate grew twice before Midsummer', grew);
  await codeTold(verbatim, study, talks.rowan, 'Their estimate grew overnight', grew);
  await codeTold(verbatim, study, talks.layla, ARABIC, grew);
  const { segmentation, run } = await findSegments(verbatim, study, survey, { inputs: wishInputs(), k: 3, seed: 1 });
  await analysis.findThemes(study, survey, { item: 'why', themes: 6, seed: 1 }, null);
  await analysis.score(study, survey, null);
  const solution = await segmentProfiles.solutionOf(study, segmentation, null);
  await segmentProfiles.profile(study, segmentation, solution, { survey, outcomes: [], weighting: null }, null);
  await analysis.idle();
  const [found] = await store.segmentations.segmentsOf(run.id);
  const counted = await personas.draw(study, found!, 'Those of the largest group', null);
  const heard = await personas.drawFrom(
    study,
    { kind: 'qualitative', segments: [], combine: 'any', interviews: { by: 'all' }, name: 'The surprised' },
    null,
  );
  const form = (kind: ReportKind, format: ReportFormat, persona = counted.publicId) => ({
    kind,
    format,
    audience: 'internal',
    persona,
    version: '',
    segmentation: segmentation.publicId,
    reason: 'To be read by a test',
    print: '',
  });
  const make = async (kind: ReportKind, format: ReportFormat, persona?: string) =>
    (await verbatim.reports.make(study, form(kind, format, persona), null)).bytes;
  const documentOf = async (kind: ReportKind, persona?: string) =>
    JSON.parse(new TextDecoder().decode(await make(kind, 'json', persona))) as ReportDocument;
  return { house, clock, verbatim, study, survey, talks, counted, heard, form, make, documentOf };
}

const quotesOf = ({ blocks }: ReportDocument): QuoteBlock[] =>
  [...allBlocks(blocks)].filter((block) => block.kind === 'quote');
const everything = REPORT_KINDS.flatMap((kind) =>
  REPORT_FORMATS.filter((format) => isFormatOf(format, kind)).map((format) => [kind, format] as const),
);
/** All that stands in a file as text: its words, and the parts of it that no reader meets. */
function textsIn(format: ReportFormat, bytes: Uint8Array): string {
  const packed = ['docx', 'pptx', 'qdpx'].includes(format)
    ? [...readParts(bytes)].filter(([name]) => /\.(?:xml|rels|txt|qde)$/.test(name)).map(([, part]) => xmlText(part))
    : [Buffer.from(bytes).toString('utf8')];
  return [wordsOf(format, bytes) ?? '', ...packed].join('\n');
}

/** What a format says of what it says: a picture and a project each hold a part. */
const heldBy = (format: ReportFormat, all: readonly Said[]): Said[] =>
  format === 'png'
    ? []
    : all.filter(({ kind }) => (format === 'qdpx' ? kind === 'claim' : format !== 'json' || kind !== 'chart'));

describe('every sentence and number', () => {
  test.each(REPORT_KINDS)(
    'of a %s stands in every format, with what it rests on beside it',
    { timeout: 60_000 },
    async (kind) => {
      const document = await told.documentOf(kind);
      const all = saidBy(document);
      expect(all.length).toBeGreaterThan(5);
      const { list, numbersOf } = numberSources(document);
      // On paper what stands aside is set as lines below its heading, without a caption.
      const captions = new Set(
        [...allBlocks(document.blocks)].flatMap((block) =>
          block.kind === 'table' && block.isAside ? [block.caption] : [],
        ),
      );
      const titles = new Map(list.map(({ id, title }) => [id, title]));
      for (const format of REPORT_FORMATS) {
        if (!isFormatOf(format, kind)) continue;
        const bytes = await told.make(kind, format);
        const words = wordsOf(format, bytes);
        if (words === null) continue;
        const held = heldBy(format, all);
        expect(
          held.flatMap((one) =>
            one.words.filter((text) => !words.includes(text) && !(format === 'pdf' && captions.has(text))),
          ),
          format,
        ).toEqual([]);
        if (format === 'png') continue;
        // The projects of programs that code name sources by their titles; so do tables; the others have numbers for them.
        const slides = format === 'pptx' ? slideWords(bytes) : [];
        const astray = held.filter((one) => {
          const {
            refs,
            words: [first = ''],
          } = one;
          if (format === 'pptx')
            return !slides.some(
              (slide) =>
                `${slide.words}\n${slide.notes}`.includes(first) &&
                numbersOf(refs).every(
                  (number) => slide.words.includes(`[${number}]`) || new RegExp(`\\b${number} `).test(slide.notes),
                ),
            );
          if (format === 'json' || format === 'csv' || format === 'qdpx' || format === 'pdf')
            return refs.some((id) => !words.includes(format === 'json' ? id : titles.get(id)!));
          return !isMarked(words, one, numbersOf);
        });
        expect(
          astray.map((one) => one.words[0]),
          format,
        ).toEqual([]);
        for (const { title } of document.sources)
          if (format !== 'qdpx' && format !== 'csv') expect(words, format).toContain(title);
      }
    },
  );
});

/** Whether the numbers of its sources stand right after some place where it is said, or at the head of its table or chart. */
function isMarked(
  words: string,
  { kind, words: own, refs }: Said,
  numbersOf: (refs: readonly string[]) => number[],
): boolean {
  const follows = (text: string, letters: number) => {
    for (let at = words.indexOf(text); at >= 0; at = words.indexOf(text, at + 1)) {
      const after = words.slice(at, at + letters);
      if (numbersOf(refs).every((number) => after.includes(`[${number}]`))) return true;
    }
    return false;
  };
  const [first = ''] = own;
  if (follows(first, own.join(' ').length + MARKS_LETTERS)) return true;
  if (kind !== 'table' && kind !== 'chart') return false;
  return (
    follows(own.at(-1)!, own.at(-1)!.length + MARKS_LETTERS) ||
    (kind === 'chart' && follows(own.at(-1)!, CHART_LETTERS))
  );
}

describe('the same data', () => {
  test.each(REPORT_KINDS)(
    'give the same bytes of a %s, whatever was asked for in between',
    { timeout: 60_000 },
    async (kind) => {
      for (const format of ['html', 'pdf', 'docx', 'pptx', 'md', 'json', 'csv'] as const) {
        const [one, two] = [await told.make(kind, format), await told.make(kind, format)];
        const parts = (bytes: Uint8Array) =>
          format === 'docx' || format === 'pptx' ? [...readParts(bytes)] : [[format, bytes] as const];
        expect(
          parts(two).map(([name, part]) => `${name} ${Buffer.from(part).toString('base64')}`),
          format,
        ).toEqual(parts(one).map(([name, part]) => `${name} ${Buffer.from(part).toString('base64')}`));
      }
    },
  );
});

test('altering one letter of a stored answer makes its quotes leave every format, with a notice', {
  timeout: 120_000,
}, async () => {
  const { verbatim, study, make, documentOf } = told;
  const quote = quotesOf(await documentOf('persona-sheet')).find(({ words }) => words.length > 20)!;
  const { sourceId, spanStart } = quote.span;
  const [source] = await verbatim.store.notes.findSources(study.id, [sourceId]);
  const letters = [...source!.text];
  const put = (text: string) =>
    verbatim.connection.prepare('update source_texts set text = ? where public_id = ?').run(text, sourceId);
  put(letters.with(spanStart, '§').join(''));
  try {
    const rest = [...quote.words].slice(1).join('');
    for (const format of REPORT_FORMATS) {
      // A project holds the answers themselves, so that none is made of one that is not as it was kept.
      if (format === 'qdpx') {
        await expect(make('persona-sheet', format)).rejects.toThrow('Some words are not those that were kept');
        continue;
      }
      const bytes = await make('persona-sheet', format);
      const words = wordsOf(format, bytes);
      expect(textsIn(format, bytes), format).not.toContain(rest);
      if (words !== null && format !== 'png')
        expect(words, format).toContain('not shown: the words are not those that were kept');
    }
    for (const kind of REPORT_KINDS) expect(textsIn('md', await make(kind, 'md')), kind).not.toContain(rest);
  } finally {
    put(source!.text);
  }
  expect(wordsOf('html', await make('persona-sheet', 'html'))).toContain(quote.words);
});

describe('a withdrawal', () => {
  /** Builds one of every kind, and says where their files lie. */
  async function built(): Promise<{
    reports: Awaited<ReturnType<typeof told.verbatim.reports.ask>>[];
    folder: string;
  }> {
    const reports = [];
    for (const [kind, format] of everything.filter(([, format]) => format === 'md' || format === 'docx'))
      reports.push(await told.verbatim.reports.ask(told.study, told.form(kind, format), null));
    await told.verbatim.analysis.idle();
    return { reports, folder: path.join(told.house.folder, 'reports') };
  }

  async function expectNoTrace(traces: readonly string[]): Promise<void> {
    // What a project holds besides claims of its report is the same for every kind.
    for (const [kind, format] of everything.filter(
      ([kind, format]) => format !== 'qdpx' || kind.startsWith('persona'),
    )) {
      const personas = kind === 'persona-sheet' ? [told.counted.publicId, told.heard.publicId] : [undefined];
      for (const persona of personas) {
        const text = textsIn(format, await told.make(kind, format, persona));
        expect(
          traces.filter((trace) => text.includes(trace)),
          `${kind} ${format}`,
        ).toEqual([]);
      }
    }
  }

  async function expectGone({ reports, folder }: Awaited<ReturnType<typeof built>>): Promise<void> {
    expect(reports.length).toBeGreaterThan(5);
    await told.verbatim.reports.sweep();
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    for (const { id } of reports) {
      const report = (await told.verbatim.store.reports.findById(id))!;
      expect(report.goneAt).not.toBeNull();
      await expect(told.verbatim.reports.fetch(told.study, report, null)).rejects.toThrow('This report is gone');
    }
  }

  test('of somebody interviewed removes every trace from all new reports, marks their persona, and takes built ones away', {
    timeout: 240_000,
  }, async () => {
    const { clock, verbatim, study, talks, heard, documentOf, make } = told;
    const { quince } = talks;
    const before = await documentOf('quote-book');
    expect(JSON.stringify(before)).toContain('The estimate grew twice');
    const own = new Set((await verbatim.store.transcripts.turnsOf(quince)).map(({ publicId }) => publicId));
    const cited = quotesOf(before).filter(({ span }) => own.has(span.sourceId));
    expect(cited.length).toBeGreaterThan(0);
    const files = await built();
    await verbatim.consents.withdraw(study, quince, null);
    clock.forward(60_000);
    await expectNoTrace([
      'The estimate grew twice',
      'before Midsummer',
      'surcharges',
      'Quincebury',
      quince.publicId,
      ...own,
      ...cited.map(({ span }) => span.spanHash),
      ...cited.map(({ by }) => by.split(',')[0]!).filter((name) => name.startsWith('[Person')),
    ]);
    await expectGone(files);
    const persona = (await verbatim.store.personas.find(study.id, heard.publicId))!;
    expect((await verbatim.personaHealth.healthOf(study, persona)).state).not.toBe('stands');
    for (const format of ['html', 'md', 'docx', 'pptx', 'json', 'csv', 'png'] as const)
      expect(wordsOf(format, await make('persona-sheet', format, heard.publicId)), format).toContain('Needs a look');
  });

  test('of a respondent does so too', { timeout: 240_000 }, async () => {
    const { clock, verbatim, study, survey, counted, documentOf } = told;
    const quote = quotesOf(await documentOf('persona-sheet')).find(({ refs }) => refs[0].startsWith('answers '))!;
    const [source] = await verbatim.store.notes.findSources(study.id, [quote.span.sourceId]);
    const files = await built();
    const id = source!.subjectId;
    const [start] = recordsOf({ study, survey }, { id });
    const envelope = { ...start!.envelope, timings: { receivedAt: clock.now().toISOString() } };
    await verbatim.logs.responses.append([{ ...start!, revision: 3, kind: 'withdrawal', envelope }]);
    await verbatim.logs.settle();
    clock.forward(60_000);
    await expectNoTrace([
      quote.words,
      /number \d+/.exec(source!.text)![0],
      id,
      quote.span.sourceId,
      quote.span.spanHash,
    ]);
    await expectGone(files);
    const persona = (await verbatim.store.personas.find(study.id, counted.publicId))!;
    expect((await verbatim.personaHealth.healthOf(study, persona)).state).not.toBe('stands');
  });
});
