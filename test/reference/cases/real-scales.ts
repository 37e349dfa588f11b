import { openHouse } from '../../journeys/open-house.ts';
import { enterStudio, finishRun } from '../../journeys/visitor.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson, readText } from '../read.ts';

type Expected = {
  listwise: Record<string, { key: string[]; alpha_raw: number; alpha_feldt_ci95: [number, number] }>;
  scale_scores: { n: Record<string, number>; mean: Record<string, number>; sd: Record<string, number> };
};

/** 2,800 real respondents with 25 items: imported through the page, scored in a run, means and alphas as R gives them. */
export const referenceCase: ReferenceCase = {
  id: 'real scales, the whole way',
  async run(folder, figures) {
    const expected = readJson<Expected>(folder, 'expected/bfi_reliability.json');
    const keys = Object.entries(expected.listwise).map(([scale, { key }]) => ({ scale, key }));
    const items = keys.flatMap(({ key }) => key.map((item) => item.replace('-', '')));
    const survey = {
      format: 1,
      code: 'five',
      title: { en: 'Five scales' },
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
            {
              kind: 'battery',
              code: 'q',
              text: { en: 'How accurate is this?' },
              steps: { min: 1, max: 6 },
              rows: items.map((item) => ({ code: item, text: { en: item } })),
            },
          ],
        },
      ],
      instruments: [
        {
          code: 'five',
          version: '1',
          name: { en: 'Five' },
          centring: 'none',
          scales: keys.map(({ scale, key }) => ({
            code: scale,
            name: { en: scale },
            minimumAnswered: 4,
            items: key.map((item) => (item.startsWith('-') ? `-q.${item.slice(1)}` : `q.${item}`)),
          })),
        },
      ],
    };
    const house = await openHouse();
    try {
      const { researcher, study } = await enterStudio(house);
      const made = await researcher.upload(`${study}/surveys/new`, 'file', {
        name: 'five.json',
        bytes: Buffer.from(JSON.stringify(survey)),
      });
      await researcher.post(`${made.location}/publish`, { revision: '1' });
      const file = readText(folder, 'data/bfi.csv');
      const staged = await researcher.upload(
        `${made.location}/import`,
        'file',
        { name: 'bfi.csv', bytes: Buffer.from(file) },
        { header: '1' },
      );
      const began = performance.now();
      await researcher.post(`${staged.location}/commit`);
      const importedIn = performance.now() - began;
      const [row] = await house.verbatim.store.surveys.list(1);
      if (!row) throw new Error('The survey is not there');
      // Answers show once they are projected, which pages wait for and this must too.
      await house.verbatim.logs.settle();
      figures.same(
        'responses',
        (await house.verbatim.store.responses.list(row.id)).length,
        file.trim().split('\n').length - 1,
      );
      const run = await researcher.post(`${study}/scales/score`, { survey: row.publicId });
      await finishRun(researcher, run.location);
      const done = await house.verbatim.store.analyses.latestDone(1, 'scores');
      type Report = {
        scale: string;
        n: number;
        mean: number;
        standardDeviation: number;
        reliability: { alpha: number; alphaInterval: { low: number; high: number } };
      };
      const reports = (JSON.parse(done?.result ?? '{"scales":[]}') as { scales: Report[] }).scales;
      for (const { scale } of keys) {
        const report = reports.find((one) => one.scale === `five.${scale}`);
        figures.same(`${scale} n`, report?.n, expected.scale_scores.n[scale]);
        figures.near(`${scale} mean`, report?.mean, expected.scale_scores.mean[scale] ?? Number.NaN);
        figures.near(`${scale} SD`, report?.standardDeviation, expected.scale_scores.sd[scale] ?? Number.NaN);
        figures.near(`${scale} alpha`, report?.reliability.alpha, expected.listwise[scale]?.alpha_raw ?? Number.NaN);
        figures.near(
          `${scale} alpha, low`,
          report?.reliability.alphaInterval.low,
          expected.listwise[scale]?.alpha_feldt_ci95[0] ?? Number.NaN,
        );
        figures.near(
          `${scale} alpha, high`,
          report?.reliability.alphaInterval.high,
          expected.listwise[scale]?.alpha_feldt_ci95[1] ?? Number.NaN,
        );
      }
      figures.note(`imported in ${(importedIn / 1000).toFixed(1)} s`);
    } finally {
      await house.close();
    }
  },
};
