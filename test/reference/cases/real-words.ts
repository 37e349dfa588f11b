import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { openHouse } from '../../journeys/open-house.ts';
import { enterStudio, finishRun } from '../../journeys/visitor.ts';
import type { ReferenceCase } from '../case.ts';
import { readText } from '../read.ts';

const program = path.resolve(import.meta.dirname, '../../../bin/verbatim.js');

const survey = {
  format: 1,
  code: 'words',
  title: { en: 'Words' },
  languages: ['en'],
  consent: {
    version: '1',
    text: { en: 'Taking part is up to you.' },
    purposes: [{ code: 'analysis', text: { en: 'My answers may be used' } }],
  },
  pages: [
    {
      code: 'p1',
      questions: [
        { kind: 'number', code: 'coded', text: { en: 'How a professional coded it' } },
        { kind: 'text', code: 'why', long: true, text: { en: 'What do you think of the candidate?' } },
      ],
    },
  ],
};

/** 1,930 real answers: through the page and the command line, to themes and a persona whose every quote is real. */
export const referenceCase: ReferenceCase = {
  id: 'real words, the whole way',
  async run(folder, figures) {
    const text = readText(folder, 'texts/anes4.tsv');
    const answers = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
    const house = await openHouse();
    try {
      const { researcher, study } = await enterStudio(house);
      const made = await researcher.upload(`${study}/surveys/new`, 'file', {
        name: 'words.json',
        bytes: Buffer.from(JSON.stringify(survey)),
      });
      await researcher.post(`${made.location}/publish`, { revision: '1' });
      const staged = await researcher.upload(`${made.location}/import`, 'file', {
        name: 'anes4.tsv',
        bytes: Buffer.from(text),
      });
      await researcher.post(`${staged.location}/columns`, {
        delimiter: 'tab',
        'column-1': 'item:coded',
        'column-2': 'item:why',
        quote: '1',
      });
      await researcher.post(`${staged.location}/commit`);
      const { verbatim } = house;
      const [row] = await verbatim.store.surveys.list(1);
      if (!row) throw new Error('The survey is not there');
      const responses = await verbatim.store.responses.list(row.id);
      figures.same('responses through the page', responses.length, answers.length);
      const kept = new Set(
        (
          await verbatim.store.notes.findSources(
            1,
            (
              await verbatim.store.responses.answersOf(row.id, ['why'])
            ).map((answer) => (answer.value as { source: string }).source),
          )
        ).map((source) => source.text),
      );
      figures.same('answers kept letter by letter', answers.filter(([, words]) => !kept.has(words ?? '')).length, 0);

      const cli = promisify(execFile);
      writeFileSync(path.join(house.folder, 'anes4.tsv'), text);
      const imported = await cli(process.execPath, [
        program,
        'responses',
        'import',
        path.join(house.folder, 'anes4.tsv'),
        '--survey',
        'words',
        '--no-header',
        '--map',
        'why=2',
        '--data',
        house.folder,
        '--json',
      ]);
      figures.same(
        'responses through the command line',
        (JSON.parse(imported.stdout) as { imported: number }).imported,
        answers.length,
      );
      figures.same('both together', (await verbatim.store.responses.list(row.id)).length, 2 * answers.length);
      const [batch] = await verbatim.store.responses.batches(row.id);
      if (batch) await researcher.post(`${study}/imports/${batch.publicId}/undo`);
      figures.same(
        'after the second was taken back',
        (await verbatim.store.responses.list(row.id)).length,
        answers.length,
      );

      const delay = monitorEventLoopDelay({ resolution: 1 });
      const run = await researcher.post(`${study}/themes/find`, { item: `${row.publicId} why`, themes: '', seed: '1' });
      let slowest = 0;
      let pages = 0;
      let going = true;
      delay.enable();
      const began = performance.now();
      const finished = finishRun(researcher, run.location).finally(() => {
        going = false;
      });
      while (going) {
        const asked = performance.now();
        await researcher.get(study);
        slowest = Math.max(slowest, performance.now() - asked);
        pages += 1;
      }
      delay.disable();
      const themes = await finished;
      figures.atMost('longest stall of the event loop while themes were found, ms', delay.max / 1e6, 100);
      figures.note(
        `themes in ${((performance.now() - began) / 1000).toFixed(1)} s, ${pages} pages meanwhile, the slowest ${slowest.toFixed(0)} ms, longest stall ${(delay.max / 1e6).toFixed(0)} ms`,
      );
      figures.same('themes page', (await researcher.get(themes)).status, 200);

      const segment = await researcher.post(`${study}/segments/define`, {
        name: 'Coded 29',
        rule: JSON.stringify({ all: [{ answer: 'coded', op: 'is', value: '29' }] }),
        base: row.publicId,
        do: 'save',
      });
      const drawing = await researcher.post(`${segment.location}/persona`);
      const persona = await finishRun(researcher, drawing.location);
      const report = JSON.parse((await researcher.get(`${persona}/persona.json`)).text) as {
        quotes: { words: string }[];
        size: { n: number };
      };
      figures.same('people in the segment', report.size.n, answers.filter(([code]) => code === '29').length);
      figures.same('quotes in the persona report', report.quotes.length > 0, true);
      figures.same(
        'quotes that stand in no answer',
        report.quotes.filter((quote) => !answers.some(([, words]) => words?.includes(quote.words))).length,
        0,
      );
      figures.note(`${report.quotes.length} quotes, all found in the file`);
    } finally {
      await house.close();
    }
  },
};
