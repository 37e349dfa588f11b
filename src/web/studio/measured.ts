import type { Request } from 'express';
import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { MeasuredSurvey } from '../../workers/tasks/measured-waves.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { fieldworkAddress, fieldworkCrumbs, SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { head, PAGE_WAIT_MS, showPage } from './frame.ts';
import { measuredChoices, trendsTable, trendsView, wholeView } from './measured-view.ts';
import { weightingsAddress } from './samples-place.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** Figures of a survey under a base and a weighting: as a whole, and wave by wave with what changed. */
export function measuredDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { samples } = verbatim;

  const chosenIn = (req: Request) => ({ base: queryOf(req, 'base'), weighting: queryOf(req, 'weighting') });

  /** What was measured, or what stands in the way, in words. */
  async function measured(
    study: EnteredStudy,
    survey: SurveyRow,
    by: { base: string; weighting: string; isByWave: boolean },
  ): Promise<{ found: MeasuredSurvey } | { problem: string }> {
    try {
      return { found: await samples.measure(study, survey, by) };
    } catch (error) {
      if (error instanceof Problem && error.kind === 'conflict') return { problem: error.message };
      throw error;
    }
  }

  const problemNotice = (text: string, study: EnteredStudy, survey: SurveyRow) => ({
    kind: 'warn',
    title: 'There are no figures to show',
    text,
    links: [{ label: 'Weights and bases', href: weightingsAddress(study, survey) }],
  });

  async function choicesOf(survey: SurveyRow, chosen: { base: string; weighting: string }) {
    return measuredChoices(
      { bases: await samples.baseOptions(survey), weightings: await samples.weightingOptions(survey) },
      chosen,
    );
  }

  door.get(`${SURVEY}/results/weighted`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const chosen = chosenIn(req);
    const outcome = await measured(study, survey, { ...chosen, isByWave: false });
    const plain =
      'found' in outcome && chosen.weighting !== ''
        ? await measured(study, survey, { base: chosen.base, weighting: '', isByWave: false })
        : null;
    const at = surveyAddress(study, survey);
    await showPage(house, visit, res, 'surveys', 'studio/measured', {
      head: head(
        [...surveyCrumbs(study, survey), { label: 'Answers counted', href: `${at}/results` }],
        'Answers of a base, weighted',
        'Shares and means with 95% intervals, over the people of one base.',
        [{ label: 'Weights and bases', href: weightingsAddress(study, survey), isPrimary: false }],
      ),
      at: `${at}/results/weighted`,
      choices: await choicesOf(survey, chosen),
      problem: 'problem' in outcome ? problemNotice(outcome.problem, study, survey) : null,
      measured: 'found' in outcome ? wholeView(outcome.found, plain && 'found' in plain ? plain.found : null) : null,
      facts: 'found' in outcome ? factsOf(outcome.found) : [],
    });
  });

  door.get(`${SURVEY}/fieldwork/trends`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const chosen = chosenIn(req);
    const outcome = await measured(study, survey, { ...chosen, isByWave: true });
    const at = `${fieldworkAddress(study, survey)}/trends`;
    const query = new URLSearchParams(chosen);
    await showPage(house, visit, res, 'surveys', 'studio/wave-trends', {
      head: head(
        fieldworkCrumbs(study, survey),
        'Trends between waves',
        'What changed from wave to wave, and from the first to the last, with every difference tested.',
        'found' in outcome
          ? [
              { label: 'CSV', href: `${at}.csv?${query}`, isPrimary: false },
              { label: 'Excel', href: `${at}.xlsx?${query}`, isPrimary: false },
            ]
          : [],
      ),
      at,
      choices: await choicesOf(survey, chosen),
      problem: 'problem' in outcome ? problemNotice(outcome.problem, study, survey) : null,
      trends: 'found' in outcome ? trendsView(outcome.found) : null,
    });
  });
  door.get(`${SURVEY}/fieldwork/trends.csv`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const { header, rows, notes } = trendsTable(
      await samples.measure(visit.study, survey, { ...chosenIn(req), isByWave: true }),
    );
    const wide = (words: string) => [words, ...header.slice(1).map(() => null)];
    res.setHeader('Content-Disposition', 'attachment; filename="wave-trends.csv"');
    res.type('text/csv; charset=utf-8').send(writeCsv(header, [...rows, wide(''), ...notes.map(wide)]));
  });
  door.get(`${SURVEY}/fieldwork/trends.xlsx`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const { header, rows, notes } = trendsTable(
      await samples.measure(visit.study, survey, { ...chosenIn(req), isByWave: true }),
    );
    const { writePlainBook } = await import('../../exchange/plain-book.ts');
    const bytes = await writePlainBook([
      { title: 'Trends', rows: [header, ...rows] },
      { title: 'Notes', rows: [['Notes'], ...notes.map((note) => [note])] },
    ]);
    res.setHeader('Content-Disposition', 'attachment; filename="wave-trends.xlsx"');
    res.type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet').send(Buffer.from(bytes));
  });
}

function factsOf({ waves: [all], weighting }: MeasuredSurvey) {
  if (!all) return [];
  const show = (value: number, digits = 0) => value.toLocaleString('en-GB', { maximumFractionDigits: digits });
  return [
    { label: 'Responses that count', value: show(all.n), note: null },
    ...(weighting === null
      ? []
      : [
          { label: 'Effective n', value: show(all.effectiveN, 1), note: null },
          { label: 'Design effect', value: show(all.n / all.effectiveN, 2), note: null },
        ]),
  ];
}
