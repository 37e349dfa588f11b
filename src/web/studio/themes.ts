import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { embeddingsDoor, embeddingsFacts, embeddingsNotice } from './embeddings.ts';
import { buttons, type fieldMaker, head, isForForm, PAGE_WAIT_MS, showForm, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { type Shown, type ThemePage, themeAnswerDoors } from './themes-answers.ts';
import { themeCorrectDoor } from './themes-correct.ts';
import { themeFigureDoors } from './themes-figures.ts';
import {
  failedTry,
  many,
  type OpenQuestion,
  openQuestions,
  questionChoices,
  runAsked,
  themesAddress,
  themesPlace,
} from './themes-place.ts';
import { showThemes, themesTop } from './themes-top.ts';
import { finerForm, mergeSuggestions, themeDetail, themeList } from './themes-view.ts';

/** Themes of open answers and of interviews: found in a run, corrected by hand, read as a list with a detail and in pages of numbers. */
export function themeDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, analysis } = verbatim;

  const runPage = async (study: EnteredStudy, questions: readonly OpenQuestion[]) => {
    const choices = await questionChoices(house, study, questions);
    return {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Themes', href: `${studyAddress(study)}/themes` },
        ],
        'Find themes',
        'Words that people share are found by counting, on this machine, in seconds. Synonyms and negation are not seen; below a few hundred answers themes are tentative. What was corrected by hand is kept.',
      ),
      action: `${studyAddress(study)}/themes/find`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.select('item', 'In what was said to', choices, { isRequired: true }),
        make.text('themes', 'How many themes', { isShort: true, hint: 'Leave empty to let the answers decide' }),
        make.text('seed', 'Seed', {
          isShort: true,
          hint: 'The same seed and answers give the same themes to the last digit',
        }),
      ],
      buttons: buttons('Find themes', { label: 'Cancel', href: `${studyAddress(study)}/themes` }),
      notice: await embeddingsNotice(house, study),
    };
  };

  door.get('/studio/:study/themes/find', 'researcher', async (visit, req, res) => {
    const questions = await openQuestions(house, visit.study);
    if (questions.length === 0)
      throw new Problem('conflict', 'There is no open question to find themes in', {
        detail: 'Publish a survey that has one, or log an interview',
      });
    const asked = queryOf(req, 'survey');
    const wanted = questions.find(({ survey, item }) => (survey || item) === asked);
    await showForm(house, visit, res, 'themes', await runPage(visit.study, questions), {
      seed: '1',
      themes: '',
      ...(wanted ? { item: wanted.value } : {}),
    });
  });
  door.post('/studio/:study/themes/find', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const chosen = (await openQuestions(house, study)).find(({ value }) => value === field(form, 'item'));
      const survey = chosen?.survey ? await store.surveys.find(study.id, chosen.survey) : null;
      if (!chosen || (chosen.survey !== '' && !survey))
        throw new Problem('invalid', 'Choose an open question', {
          errors: [{ pointer: '#/item', detail: 'Choose one of the open questions listed' }],
        });
      const themes = field(form, 'themes').trim();
      const run = await analysis.findThemes(
        study,
        survey,
        {
          item: chosen.item,
          themes: themes === '' ? 'auto' : Number(themes),
          seed: Number(field(form, 'seed').trim() || '1'),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'themes', await runPage(study, await openQuestions(house, study)), form, error);
    }
  });

  /** Says that nothing was found yet, and where to begin. */
  async function showNone(visit: StudyVisit, res: Parameters<typeof showPage>[2]): Promise<void> {
    const { study } = visit;
    const questions = await openQuestions(house, study);
    await showPage(house, visit, res, 'themes', 'studio/list', {
      head: head([{ label: study.name, href: studyAddress(study) }], 'Themes'),
      notice: await failedTry(house, study, null),
      isEmpty: true,
      empty: {
        title: 'No themes yet',
        text:
          questions.length > 0
            ? 'Themes are what many answers to an open question, or many turns of interviews, have in common.'
            : 'Publish a survey with an open question, or log interviews; what people say can then be read for themes.',
        action:
          study.role !== 'viewer' && questions.length > 0
            ? { label: 'Find themes', href: `${themesAddress(study)}/find` }
            : null,
      },
    });
  }

  door.get('/studio/:study/themes', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const run = await runAsked(house, study, req);
    if (run?.state !== 'done') return showNone(visit, res);
    const place = await themesPlace(house, visit, req, run);
    const asked = queryOf(req, 'theme');
    const id = place.view.state.shownAs.get(await lineageOf(study, asked)) ?? asked;
    const chosen = place.themes.find((theme) => theme.id === id) ?? place.themes[0] ?? null;
    const runs = (await store.analyses.runs(study.id, 'themes')).filter((one) => one.state === 'done');
    const others = runs.filter(
      (one) => one.id !== run.id && one.surveyId === run.surveyId && one.subject === run.subject,
    );
    const { result, themes, answers, units, words } = place;
    const { all = 0, agreed = 0 } = words.isOfInterviews ? await store.interviewTurns.count(study.id) : {};
    const mayRun = study.role !== 'viewer' && place.questions.length > 0;
    const isFiltered = (place.filter?.query ?? '') !== '';
    const wanted = queryOf(req, 'survey') || place.survey?.publicId || run.subject;
    const { flash, ...top } = await themesTop(house, visit, place, req, '');
    await showPage(house, visit, res, 'themes', 'studio/themes', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        themes.length === 0
          ? 'No themes found'
          : `${many(themes.length, 'theme')} in ${many(units.length, words.unit)}${isFiltered && !words.isOfInterviews ? ` of ${place.n.toLocaleString('en-GB')}` : ''}`,
        words.isOfInterviews
          ? `In ${many(answers.length, 'turn')} of those interviewed; what interviewers say is not read. A share is of the interviews in which a theme comes up, as the machine found it.${all > agreed ? ` ${many(all - agreed, 'interview')} without consent to analysis ${all - agreed === 1 ? 'is' : 'are'} left out.` : ''}`
          : `To “${place.question}”. One answer may hold several. Shares are as the machine found them, until a blind check corrects them.`,
        mayRun
          ? [
              ...(place.mayCorrect && themes.length > 0
                ? [
                    {
                      label: 'Check blind',
                      href: `${themesAddress(study)}/checks/new?run=${run.publicId}`,
                      isPrimary: false,
                    },
                  ]
                : []),
              {
                label: 'Find themes anew',
                href: `${themesAddress(study)}/find?survey=${encodeURIComponent(wanted)}`,
                isPrimary: false,
              },
            ]
          : [],
      ),
      // What was done to a theme stands beside it, since a narrow page is read from there on.
      top: { ...top, flash: chosen ? null : flash },
      flash,
      reason: result.reason ?? '',
      failed: await failedTry(house, study, run),
      broken:
        result.broken > 0
          ? {
              kind: 'bad',
              title: `${many(result.broken, words.said)} ${result.broken === 1 ? 'was' : 'were'} left out`,
              text: 'Their words are no longer those that were kept. Run “verbatim doctor”.',
              links: [],
            }
          : null,
      list: themeList(place, chosen),
      hasThemes: themes.length > 0,
      finer: finerForm(place, themes.length),
      suggestions: place.mayCorrect ? mergeSuggestions(place, null) : [],
      detail: chosen ? await themeDetail(house, place, chosen) : null,
      facts: [
        { label: 'Seed', value: String(run.seed), note: null },
        { label: 'Engine', value: result.engineVersion, note: null },
        { label: 'Found', value: showDate(run.finishedAt ?? run.createdAt), note: null },
        ...embeddingsFacts(result.embeddings),
        ...(result.languages.length > 1
          ? result.languages.map(({ language, n }) => ({
              label: `Language ${language}`,
              value: many(n, words.said),
              note: null,
            }))
          : []),
      ],
      others: others.map((one) => ({
        label: `${showDate(one.finishedAt ?? one.createdAt)}, seed ${one.seed}`,
        href: `${themesAddress(study)}?run=${one.publicId}`,
      })),
      questions: [...Map.groupBy(runs, (one) => `${one.surveyId} ${one.subject}`).values()].flatMap(([newest]) => {
        if (!newest || (newest.surveyId === run.surveyId && newest.subject === run.subject)) return [];
        return [{ label: questionOf(place.questions, newest), href: `${themesAddress(study)}?run=${newest.publicId}` }];
      }),
    });
  });

  /** The id that a theme has from run to run, by whichever of its ids. */
  async function lineageOf(study: EnteredStudy, id: string): Promise<string> {
    return id === '' ? '' : ((await store.analyses.findTheme(study.id, id))?.lineage ?? id);
  }

  /** A page of the newest run, or of the one that is named. */
  function pageFor(access: 'viewer' | 'researcher') {
    return (path: string, show: (page: ThemePage) => Promise<Shown>) => {
      door.get(`/studio/:study/themes${path}`, access, async (visit, req, res) => {
        await verbatim.logs.settle(PAGE_WAIT_MS);
        const run = await runAsked(house, visit.study, req);
        if (run?.state !== 'done') return showNone(visit, res);
        const place = await themesPlace(house, visit, req, run);
        await showThemes(house, visit, req, res, place, { path, ...(await show({ place, req })) });
      });
    };
  }
  const forResearchers = pageFor('researcher');
  const forAll = pageFor('viewer');
  themeAnswerDoors(house, forResearchers);
  themeFigureDoors(house, (path, show) => (path === '/map' ? forAll : forResearchers)(path, show));
  themeCorrectDoor(door, house);
  embeddingsDoor(door, house);
}

const questionOf = (questions: readonly OpenQuestion[], run: { surveyId: number | null; subject: string }): string =>
  questions.find((one) => one.item === run.subject && (one.survey === '') === (run.surveyId === null))?.text ??
  run.subject;
