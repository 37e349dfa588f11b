/**
 * How long a study report takes by how many responses it is of, and by how many pages it has:
 *
 *   node bench/reports.ts [--responses 500,5000,50000]
 *
 * Each house holds a survey with an open question and one of choices; themes were looked for before, as a researcher would.
 * A report is gathered and laid out as HTML and as PDF, each after one that is not counted.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import type { ReportForm } from '../src/services/reports.ts';
import { openVerbatim } from '../src/verbatim.ts';
import { plantResponses, said } from '../test/support/plant-responses.ts';
import { atMost, invalid, printGoals, printTable, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({ options: { responses: { type: 'string', default: '500,5000,50000' } } });
const sizes = values.responses.split(',').map(Number);
const OPEN = 'why';
const FORM: ReportForm = {
  kind: 'study-report',
  format: 'html',
  audience: 'client',
  persona: '',
  version: '',
  segmentation: '',
  reason: '',
  print: '',
};

/** Answers of eight invented words each, out of twenty topics. */
function answersOf(count: number): string[] {
  let state = 1;
  const random = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % most;
  };
  const word = (n: number): string => {
    const syllables = ['ba', 'ke', 'lo', 'mi', 'nu', 'ra', 'se', 'to', 'vi', 'zu'];
    return [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10, 3].map((at) => syllables[at]).join('');
  };
  return Array.from({ length: count }, () => {
    const topic = random(20);
    return Array.from({ length: 8 }, () => word(random(4) === 0 ? random(1_000) : topic * 50 + random(60))).join(' ');
  });
}

async function measure(responses: number) {
  const house = makeHouse();
  try {
    house.publish({
      ...tenQuestions,
      pages: [{ code: 'p', questions: [{ kind: 'text', code: OPEN, text: { en: 'Why?' } }] }],
    });
    const verbatim = await openVerbatim({ folder: house.folder, limits: readConfig({}).limits });
    const study = await verbatim.store.studies.findByIdOrName('Bench');
    const survey = study && (await verbatim.store.surveys.list(study.id))[0];
    if (!study || !survey) return invalid('The survey is not there');
    await plantResponses(
      verbatim,
      { study, survey },
      answersOf(responses).map((text) => ({ answers: { [OPEN]: said(text) } })),
    );
    await verbatim.logs.settle();
    const run = await verbatim.analysis.findThemes(study, survey, { item: OPEN, themes: 20, seed: 1 }, null);
    await verbatim.analysis.idle();
    if ((await verbatim.store.analyses.findRunById(run.id))?.state !== 'done') return invalid('No themes were found');
    const took = async (form: ReportForm) => {
      await verbatim.reports.make(study, form, null);
      const began = performance.now();
      const { bytes, document } = await verbatim.reports.make(study, form, null);
      return { ms: performance.now() - began, kb: bytes.length / 1024, blocks: document.blocks.length };
    };
    const html = await took(FORM);
    const pdf = await took({ ...FORM, format: 'pdf' });
    await verbatim.close();
    return { responses, html, pdf };
  } finally {
    house.remove();
  }
}

const found = [];
for (const responses of sizes) found.push(await measure(responses));
printTable([
  ['responses', 'parts', 'html ms', 'html KB', 'pdf ms', 'pdf KB'],
  ...found.map(({ responses, html, pdf }) =>
    [responses, html.blocks, html.ms, html.kb, pdf.ms, pdf.kb].map((value) => show(value)),
  ),
]);
const [first, last] = [found[0], found.at(-1)];
if (!first || !last) invalid('Nothing was measured');
printGoals(
  'reports',
  [
    atMost(
      `ms that a report of ${last.responses} responses takes beyond one of ${first.responses}`,
      last.html.ms - first.html.ms,
      500,
    ),
  ],
  { found },
);
