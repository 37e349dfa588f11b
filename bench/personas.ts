/**
 * How long a persona takes to be drawn by how many answered, all in their own words:
 *
 *   node bench/personas.ts [--responses 5000,50000]
 *
 * Each answer has fifteen invented words out of twenty topics and two sentences that all say, one of doubt; a third of the
 * people is drawn, after one drawing that is not counted.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { openVerbatim } from '../src/verbatim.ts';
import { plantResponses, said } from '../test/support/plant-responses.ts';
import { atMost, invalid, printGoals, printTable, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({ options: { responses: { type: 'string', default: '5000,50000' } } });
const sizes = values.responses.split(',').map(Number);
const OPEN = 'why';
const CHOICE = 'place';
const SYLLABLES = ['ba', 'ke', 'lo', 'mi', 'nu', 'ra', 'se', 'to', 'vi', 'zu'];

function answersOf(count: number): string[] {
  let state = 1;
  const random = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % most;
  };
  const word = (n: number) =>
    [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10, 3].map((at) => SYLLABLES[at]).join('');
  return Array.from({ length: count }, () => {
    const topic = random(20);
    const words = Array.from({ length: 15 }, () => word(random(4) === 0 ? random(1_000) : topic * 50 + random(60)));
    return `${words.join(' ')}. I would rather stay here. I do not trust the agency.`;
  });
}

async function measure(responses: number) {
  const house = makeHouse();
  try {
    house.publish({
      ...tenQuestions,
      pages: [
        {
          code: 'p',
          questions: [
            { kind: 'text', code: OPEN, text: { en: 'Why?' } },
            {
              kind: 'single',
              code: CHOICE,
              text: { en: 'Where?' },
              options: ['town', 'village'].map((code) => ({ code, text: { en: code } })),
            },
          ],
        },
      ],
    });
    const verbatim = await openVerbatim({ folder: house.folder, limits: readConfig({}).limits });
    const study = await verbatim.store.studies.findByIdOrName('Bench');
    const survey = study && (await verbatim.store.surveys.list(study.id))[0];
    if (!study || !survey) return invalid('The survey is not there');
    await plantResponses(
      verbatim,
      { study, survey },
      answersOf(responses).map((text, at) => ({
        answers: { [OPEN]: said(text), [CHOICE]: said(at % 3 === 0 ? 'town' : 'village') },
      })),
    );
    await verbatim.logs.settle();
    const segment = await verbatim.segments.define(
      study,
      { name: 'Town', rule: { answer: CHOICE, op: 'is', value: 'town' }, surveyId: survey.id },
      null,
    );
    const draw = async () => {
      const began = performance.now();
      await verbatim.personas.draw(study, segment, null, null);
      return performance.now() - began;
    };
    const firstMs = await draw();
    const ms = await draw();
    await verbatim.close();
    return { responses, firstMs, ms };
  } finally {
    house.remove();
  }
}

const found = [];
for (const responses of sizes) found.push(await measure(responses));
printTable([
  ['responses', 'first ms', 'ms'],
  ...found.map(({ responses, firstMs, ms }) => [responses, firstMs, ms].map((value) => show(value))),
]);
const last = found.at(-1);
if (!last) invalid('Nothing was measured');
printGoals('personas', [atMost(`ms in which a persona of ${last.responses} responses is drawn`, last.ms, 6_000)], {
  found,
});
