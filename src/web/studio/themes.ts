import { showNumber, showPercent } from '../../charts/numerals.ts';
import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { showDate } from '../../render/helpers.ts';
import { wilsonInterval } from '../../stats/wilson-interval.ts';
import type { Run, Theme } from '../../store/analyses.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { ticketsView } from './outgoing-view.ts';
import { quoteView } from './quote-view.ts';
import { runAddress } from './runs.ts';

type OpenQuestion = { survey: string; item: string; text: string; value: string };
type ThemeResult = {
  n: number;
  answered: number;
  uncoded: number;
  themesFound: number;
  reason: string | null;
  candidates: number[];
  engineVersion: string;
  broken: number;
};

/** Themes of open answers: found in a run, read as a list with a detail. */
export function themeDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, analysis } = verbatim;

  async function openQuestions(study: EnteredStudy): Promise<OpenQuestion[]> {
    const questions: OpenQuestion[] = [];
    for (const survey of await store.surveys.list(study.id)) {
      if (survey.publishedVersionId === null) continue;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      const word = (wording: Record<string, string>) =>
        wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
      for (const item of surveyItems(definition).filter(isSpoken)) {
        questions.push({
          survey: survey.publicId,
          item: item.address,
          text: itemWording(item, word),
          value: `${survey.publicId} ${item.address}`,
        });
      }
    }
    return questions;
  }

  const runPage = (study: EnteredStudy, questions: readonly OpenQuestion[]) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Themes', href: `${studyAddress(study)}/themes` },
      ],
      'Find themes',
      'Words that people share are found by counting, on this machine, in seconds. Synonyms and negation are not seen; below a few hundred answers themes are tentative.',
    ),
    action: `${studyAddress(study)}/themes/find`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.select(
        'item',
        'In the answers to',
        questions.map((question) => ({ value: question.value, label: question.text })),
        { isRequired: true },
      ),
      make.text('themes', 'How many themes', { isShort: true, hint: 'Leave empty to let the answers decide' }),
      make.text('seed', 'Seed', {
        isShort: true,
        hint: 'The same seed and answers give the same themes to the last digit',
      }),
    ],
    buttons: buttons('Find themes', { label: 'Cancel', href: `${studyAddress(study)}/themes` }),
  });

  door.get('/studio/:study/themes/find', 'researcher', async (visit, req, res) => {
    const questions = await openQuestions(visit.study);
    if (questions.length === 0)
      throw new Problem('conflict', 'There is no open question to find themes in', {
        detail: 'Publish a survey that has one',
      });
    const wanted = questions.find((question) => question.survey === queryOf(req, 'survey'));
    await showForm(house, visit, res, 'themes', runPage(visit.study, questions), {
      seed: '1',
      themes: '',
      ...(wanted ? { item: wanted.value } : {}),
    });
  });
  door.post('/studio/:study/themes/find', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const [surveyId, item] = field(form, 'item').split(' ');
      const survey = await store.surveys.find(study.id, surveyId ?? '');
      if (!survey || !item)
        throw new Problem('invalid', 'Choose an open question', {
          errors: [{ pointer: '#/item', detail: 'Choose one of the open questions listed' }],
        });
      const themes = field(form, 'themes').trim();
      const run = await analysis.findThemes(
        study,
        survey,
        { item, themes: themes === '' ? 'auto' : Number(themes), seed: Number(field(form, 'seed').trim() || '1') },
        { userId: visit.user.id },
      );
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'themes', runPage(study, await openQuestions(study)), form, error);
    }
  });

  door.get('/studio/:study/themes', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const questions = await openQuestions(study);
    const asked = queryOf(req, 'run');
    // A theme named without its run, as a persona's claim names it, is shown in the run that found it.
    const named = asked ? null : await store.analyses.findTheme(study.id, queryOf(req, 'theme'));
    const run = asked
      ? await store.analyses.findRun(study.id, asked)
      : named
        ? await store.analyses.findRunById(named.runId)
        : await store.analyses.latestDone(study.id, 'themes');
    if (asked && !run) throw new Problem('not-found', 'There is no such run in this study');
    const mayRun = study.role !== 'viewer' && questions.length > 0;
    const action = {
      label: run ? 'Find themes anew' : 'Find themes',
      href: `${studyAddress(study)}/themes/find${queryOf(req, 'survey') ? `?survey=${encodeURIComponent(queryOf(req, 'survey'))}` : ''}`,
    };
    if (run?.state !== 'done') {
      return showPage(house, visit, res, 'themes', 'studio/list', {
        head: head([{ label: study.name, href: studyAddress(study) }], 'Themes'),
        isEmpty: true,
        empty: {
          title: 'No themes yet',
          text:
            questions.length > 0
              ? 'Themes are what many answers to an open question have in common.'
              : 'Publish a survey with an open question; its answers can then be read for themes.',
          action: mayRun ? action : null,
        },
      });
    }
    const themes = await store.analyses.themesOf(run.id);
    const chosen = themes.find((theme) => theme.publicId === queryOf(req, 'theme')) ?? themes[0] ?? null;
    const result = JSON.parse(run.result ?? '{}') as ThemeResult;
    const survey = run.surveyId === null ? null : await store.surveys.findById(study.id, run.surveyId);
    const question = questions.find((one) => one.item === run.subject && one.survey === survey?.publicId);
    const others = (await store.analyses.runs(study.id, 'themes')).filter(
      (one) => one.state === 'done' && one.id !== run.id,
    );
    await showPage(house, visit, res, 'themes', 'studio/themes', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        themes.length === 0
          ? 'No themes found'
          : `${themes.length} themes in ${result.answered.toLocaleString('en-GB')} answers`,
        `To “${question?.text ?? run.subject}”. Shares are not corrected by a blind sample.`,
        mayRun ? [{ ...action, isPrimary: false }] : [],
      ),
      reason: result.reason ?? '',
      broken:
        result.broken > 0
          ? {
              kind: 'bad',
              title: `${result.broken} answers were left out`,
              text: 'Their words are no longer those that were kept. Run “verbatim doctor”.',
              links: [],
            }
          : null,
      isTentative: result.answered < 300 && themes.length > 0,
      table: themesTable(study, run, themes, chosen, result),
      hasThemes: themes.length > 0,
      detail: chosen ? await themeDetail(study, chosen, result, themes.indexOf(chosen)) : null,
      facts: [
        { label: 'Seed', value: String(run.seed), note: null },
        { label: 'Engine', value: result.engineVersion, note: null },
        { label: 'Found', value: showDate(run.finishedAt ?? run.createdAt), note: null },
      ],
      others: others.map((one) => ({
        label: `${showDate(one.finishedAt ?? one.createdAt)}, seed ${one.seed}`,
        href: `${studyAddress(study)}/themes?run=${one.publicId}`,
      })),
    });
  });

  function themesTable(
    study: EnteredStudy,
    run: Run,
    themes: readonly Theme[],
    chosen: Theme | null,
    result: ThemeResult,
  ) {
    const plain = (text: string, isNumber: boolean) => ({ text, href: null, isNumber });
    return {
      caption: 'Themes, the largest first',
      isCaptionHidden: true,
      columns: [
        { label: 'Theme', isNumber: false },
        { label: 'Answers', isNumber: true },
        { label: 'Share', isNumber: true },
        { label: 'Repeatability', isNumber: false },
      ],
      rows: [
        ...themes.map((theme, index) => ({
          isCurrent: theme === chosen,
          cells: [
            {
              text: theme.label,
              href: `${studyAddress(study)}/themes?run=${run.publicId}&theme=${theme.publicId}`,
              isNumber: false,
              segmentClass: `seg-${(index % 8) + 1}`,
            },
            plain(theme.size.toLocaleString('en-GB'), true),
            plain(showPercent(theme.share), true),
            plain(theme.band, false),
          ],
        })),
        {
          isCurrent: false,
          cells: [
            { text: 'No shared wording', href: null, isNumber: false, segmentClass: 'seg-none' },
            plain(result.uncoded.toLocaleString('en-GB'), true),
            plain(showPercent(result.answered > 0 ? result.uncoded / result.answered : 0), true),
            plain('–', false),
          ],
        },
      ],
    };
  }

  async function themeDetail(study: EnteredStudy, theme: Theme, result: ThemeResult, index: number) {
    // Viewers see persona reports, whose quotes were agreed to; raw answers are for the study's researchers.
    const mayRead = study.role !== 'viewer';
    const read = mayRead ? await verbatim.evidence.readQuotes(study.id, await store.analyses.quotesOf(theme.id)) : [];
    const share = wilsonInterval(theme.size, result.answered);
    const segmentClass = `seg-${(index % 8) + 1}`;
    return {
      label: theme.label,
      words: JSON.parse(theme.words) as string[],
      segmentClass,
      facts: [
        { label: 'Answers', value: theme.size.toLocaleString('en-GB'), note: null },
        {
          label: 'Of all, uncorrected',
          value: showPercent(theme.share),
          note: share ? `${showPercent(share.low)} to ${showPercent(share.high)}` : null,
        },
        { label: 'Repeatability', value: showNumber(theme.repeatability, 2), note: theme.band },
        { label: 'Agreement with hand coding', value: 'not yet checked', note: null },
      ],
      quotes: read.flatMap((quote) => (quote.isVerbatim ? [quoteView(quote, { study, segmentClass })] : [])),
      isHidden: !mayRead,
      tickets: mayRead ? await ticketsView(house, study, 'theme', theme.publicId) : null,
      missing: read.filter((quote) => !quote.isVerbatim).length,
    };
  }
}
