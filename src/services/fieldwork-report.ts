import { respondentOf } from '../logic/current-answers.ts';
import { walkSurvey } from '../logic/walk.ts';
import { foldRecords } from '../model/response.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { ALL_CELL, openingOf, readSettings } from '../model/survey-settings.ts';
import {
  costPerComplete,
  countFieldwork,
  cumulate,
  type FieldCell,
  type FieldworkFigures,
  responseRate,
} from '../reports/fieldwork-figures.ts';
import { type Forecast, forecastFill } from '../reports/fieldwork-forecast.ts';
import { type ComparedItem, compareWaves } from '../reports/wave-comparison.ts';
import { median } from '../stats/quantile.ts';
import type { ShareInterval } from '../stats/wilson-interval.ts';
import type { SuppliedResponse } from '../store/field-figures.ts';
import type { Supplier, Wave } from '../store/fieldwork.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Context } from './context.ts';
import { quotasOf } from './quotas.ts';

const DAY_MS = 86_400_000;
/** The pace is that of so many days. */
const WINDOW_DAYS = 7;
/** Whose answers are read again for the pace of each quota; with more in a week, the latest of them make the window. */
const PACE_RESPONSES_MAX = 1_000;
/** The median time is that of so many of the latest. */
const TIMED_MAX = 20_000;

export type WaveFigures = {
  wave: Wave;
  figures: FieldworkFigures;
  /** As written down by hand, else those whom letters of this number invited; null when neither says. */
  invited: number | null;
  invitedFrom: 'hand' | 'letters' | 'none';
  rate: ShareInterval | null;
  cost: number | null;
  forecast: Forecast;
};
export type QuotaFigures = { code: string; name: string; filled: number; most: number; forecast: Forecast };
export type Sort = { name: string; figures: FieldworkFigures };

/** What a supplier settles by: one line for each person they sent. */
export type ReconciliationLine = {
  theirId: string;
  outcome: 'complete' | 'screened-out' | 'quota-full' | 'withdrawn' | 'not-finished' | 'left-out';
  startedAt: string;
  completedAt: string | null;
  seconds: number | null;
  state: string;
  quotas: string[];
};

/** How fieldwork goes: read from what has been collected, and nothing written. */
export function fieldworkReportService({ store, logs, now }: Context) {
  const secondsOf = ({ startedAt, completedAt }: { startedAt: string; completedAt: string | null }): number | null =>
    completedAt === null ? null : Math.max(0, (Date.parse(completedAt) - Date.parse(startedAt)) / 1000);

  /** The quotas of the published survey that a response counts in. */
  async function quotaCodes(definition: SurveyDefinition, publicId: string): Promise<string[]> {
    const response = foldRecords(await logs.responses.read(publicId));
    if (!response) return [];
    const { definition: own } = await store.surveys.version(response.surveyVersionId);
    return quotasOf(definition, walkSurvey(own, respondentOf(response))).map((quota) => quota.code);
  }

  async function invitedOf(survey: SurveyRow, wave: Wave): Promise<Pick<WaveFigures, 'invited' | 'invitedFrom'>> {
    if (wave.invited !== null) return { invited: wave.invited, invitedFrom: 'hand' };
    const letters = await store.mailings.letters(survey.id, wave.number);
    const invited = new Set(
      letters
        .filter((letter) => letter.round === 0 && letter.state !== 'skipped' && letter.state !== 'failed')
        .map((letter) => letter.personId),
    ).size;
    return invited > 0 ? { invited, invitedFrom: 'letters' } : { invited: null, invitedFrom: 'none' };
  }

  /** The latest completed responses, and how many days they come from. */
  async function recentOf(surveyId: number) {
    const since = new Date(now().getTime() - WINDOW_DAYS * DAY_MS).toISOString();
    const recent = await store.fieldFigures.latest(surveyId, since, PACE_RESPONSES_MAX);
    const oldest = recent.at(-1)?.completedAt ?? null;
    const isCut = recent.length === PACE_RESPONSES_MAX && oldest !== null;
    // Minutes at least, so that a burst does not divide by nothing.
    const days = isCut ? Math.max(1 / 1440, (now().getTime() - Date.parse(oldest)) / DAY_MS) : WINDOW_DAYS;
    return { recent, days };
  }

  async function quotaFigures(
    survey: SurveyRow,
    isOpen: boolean,
    { recent, days }: Awaited<ReturnType<typeof recentOf>>,
  ): Promise<QuotaFigures[]> {
    const cells = await store.fieldwork.quotas(survey.id);
    const closesAt = readSettings(survey.settings).closesAt ?? null;
    const counts = new Map<string, number>([[ALL_CELL, recent.length]]);
    const published = await store.surveys.findPublished(survey.slug);
    if (published?.definition.quotas?.length && cells.some((cell) => cell.code !== ALL_CELL))
      for (const { publicId } of recent)
        for (const code of await quotaCodes(published.definition, publicId))
          counts.set(code, (counts.get(code) ?? 0) + 1);
    return cells.map(({ code, name, filled, most }) => ({
      code,
      name,
      filled,
      most,
      forecast: forecastFill({ filled, most, recent: counts.get(code) ?? 0, days, isOpen, closesAt, now: now() }),
    }));
  }

  const sorted = (cells: readonly FieldCell[], nameOf: (cell: FieldCell) => string): Sort[] =>
    [...Map.groupBy(cells, nameOf)]
      .map(([name, own]) => ({ name, figures: countFieldwork(own) }))
      .sort((a, b) => b.figures.begun - a.figures.begun || (a.name < b.name ? -1 : 1));

  const outcomeOf = (response: SuppliedResponse): ReconciliationLine['outcome'] => {
    if (response.isLeftOut) return 'left-out';
    if (response.state === 'completed') return 'complete';
    return response.state === 'started'
      ? 'not-finished'
      : (response.state as 'screened-out' | 'quota-full' | 'withdrawn');
  };

  return {
    /** Everything the fieldwork page shows. */
    overview: async (survey: SurveyRow) => {
      const at = now();
      const cells = await store.fieldFigures.cells(survey.id, new Date(at.getTime() - DAY_MS).toISOString());
      const figures = countFieldwork(cells);
      const settings = readSettings(survey.settings);
      const isOpen = openingOf(survey.state, settings, at) === 'open';
      const waves = await store.fieldwork.waves(survey.id);
      const suppliers = await store.fieldwork.suppliers(survey.id);
      const supplied =
        suppliers.length === 0
          ? []
          : (await store.fieldFigures.supplied(survey.id)).filter((response) => !response.isTest);
      const invited = (await store.people.invited(survey.id)).size;
      const timed = await store.fieldFigures.latest(survey.id, null, TIMED_MAX);
      const middle = median(timed.flatMap((response) => secondsOf(response) ?? []));
      const perDay = await store.fieldFigures.perDay(survey.id);
      const recent = await recentOf(survey.id);
      const waveFigures: WaveFigures[] = [];
      for (const wave of waves) {
        const own = countFieldwork(cells.filter((cell) => cell.wave === wave.publicId));
        const asked = await invitedOf(survey, wave);
        const isWaveOpen = isOpen && wave.startsAt <= at.toISOString() && (wave.endsAt ?? '9999') > at.toISOString();
        waveFigures.push({
          wave,
          figures: own,
          ...asked,
          rate: responseRate(asked.invitedFrom === 'letters' ? own.completedByKnown : own.completed, asked.invited),
          cost: costPerComplete(wave.cost, own.completed),
          forecast: forecastFill({
            filled: own.completed,
            most: wave.target,
            recent: recent.recent.filter((one) => one.wave === wave.publicId).length,
            days: recent.days,
            isOpen: isWaveOpen,
            closesAt: wave.endsAt ?? settings.closesAt ?? null,
            now: at,
          }),
        });
      }
      return {
        figures,
        imported: await store.fieldFigures.countImported(survey.id),
        /** People with a personal link; the rate is of them, over all waves only when there is none. */
        invited,
        rate: waves.length === 0 && invited > 0 ? responseRate(figures.completedByKnown, invited) : null,
        medianMinutes: middle === null ? null : middle / 60,
        days: cumulate(perDay, at.toISOString().slice(0, 10)),
        waves: waveFigures,
        quotas: await quotaFigures(survey, isOpen, recent),
        sources: sorted(cells, (cell) => cell.source ?? ''),
        suppliers: suppliers.map((supplier) => ({
          supplier,
          lines: Map.groupBy(
            supplied.filter((response) => response.supplier === supplier.publicId),
            outcomeOf,
          ),
        })),
      };
    },

    /**
     * The questions that waves share.
     *
     * @param pair the numbers of the two waves whose difference is taken; the last two that were answered unless told
     * @returns null for fewer than two waves with answers
     */
    compare: async (
      survey: SurveyRow,
      pair: readonly [number, number] | null,
    ): Promise<{ waves: Wave[]; pair: [number, number]; items: ComparedItem[] } | null> => {
      const tallies = await store.fieldFigures.tallyByWave(survey.id);
      const answered = new Set(tallies.map((tally) => tally.wave));
      const waves = (await store.fieldwork.waves(survey.id)).filter((wave) => answered.has(wave.publicId));
      const [last, before] = [waves.at(-1), waves.at(-2)];
      if (!last || !before) return null;
      const known = (number: number | undefined, otherwise: number) =>
        waves.some((wave) => wave.number === number) ? (number as number) : otherwise;
      const [earlier, later] = [known(pair?.[0], before.number), known(pair?.[1], last.number)];
      const place = (number: number) => waves.findIndex((wave) => wave.number === number);
      const versions = new Map<number, SurveyDefinition>();
      for (const id of new Set(tallies.map((tally) => tally.versionId)))
        versions.set(id, (await store.surveys.version(id)).definition);
      return {
        waves,
        pair: [earlier, later],
        items: compareWaves({
          waves: waves.map((wave) => wave.publicId),
          versions,
          tallies,
          language: survey.draft.languages[0] ?? 'en',
          pair: [place(earlier), place(later)],
        }),
      };
    },

    /** What became of everybody a supplier sent, tests apart. */
    reconciliation: async (survey: SurveyRow, supplier: Supplier): Promise<ReconciliationLine[]> => {
      await logs.settle();
      const published = await store.surveys.findPublished(survey.slug);
      const sent = (await store.fieldFigures.supplied(survey.id)).filter(
        (response) => response.supplier === supplier.publicId && !response.isTest,
      );
      const lines: ReconciliationLine[] = [];
      for (const response of sent)
        lines.push({
          theirId: response.theirId,
          outcome: outcomeOf(response),
          startedAt: response.startedAt,
          completedAt: response.completedAt,
          seconds: secondsOf(response),
          state: response.state,
          quotas:
            published?.definition.quotas?.length && ['completed', 'quota-full'].includes(response.state)
              ? await quotaCodes(published.definition, response.publicId)
              : [],
        });
      return lines;
    },
  };
}
export type FieldworkReport = ReturnType<typeof fieldworkReportService>;
