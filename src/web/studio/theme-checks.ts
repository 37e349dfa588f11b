import type { Request, Response } from 'express';
import { isTrusted } from '../../coding/trust.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Run } from '../../store/analyses.ts';
import type { ThemeCheck } from '../../store/theme-checks.ts';
import { drawBlindSample, POSITIVES_WANTED } from '../../themes/blind-sample.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { overlookedWords, resultsView } from './theme-checks-view.ts';
import { type ThemesPlace, themesPlace } from './themes-place.ts';
import { flashOf } from './themes-top.ts';
import { answerRow } from './themes-view.ts';

const AT_ONCE = 5;
const DIFFERENCES_SHOWN = 40;
const DIFFERENCES_OPEN = 6;
const NONE = 'none';

/** The words of a theme that its name does not say. */
const wordsBeside = (label: string, words: readonly string[]): string | null =>
  words
    .filter((word) => !label.toLowerCase().includes(word.toLowerCase()))
    .slice(0, 5)
    .join(', ') || null;
const openAndFolded = <T>(differences: readonly T[]) => ({
  differences: differences.slice(0, DIFFERENCES_OPEN),
  folded: differences.slice(DIFFERENCES_OPEN),
});

export const checksAddress = (study: { publicId: string }): string => `${studyAddress(study)}/themes/checks`;
const addressOf = (study: { publicId: string }, check: ThemeCheck): string =>
  `${checksAddress(study)}/${check.publicId}`;

/** Blind checks of themes: drawing a sample, coding it without knowing, and what came of it. And themes that become codes. */
export function themeCheckDoor(door: Doorway, house: House): void {
  const { store, themes, themeChecks, themeCodes } = house.verbatim;

  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Themes', href: `${studyAddress(study)}/themes` },
  ];
  async function runOf(study: EnteredStudy, publicId: string): Promise<Run> {
    const run = publicId
      ? await store.analyses.findRun(study.id, publicId)
      : await store.analyses.latestDone(study.id, 'themes');
    if (run?.kind !== 'themes' || run.state !== 'done')
      throw new Problem('not-found', 'There are no themes to check', { detail: 'Find themes first' });
    return run;
  }
  async function checkOf(study: EnteredStudy, req: Request): Promise<{ check: ThemeCheck; run: Run }> {
    const check = await store.themeChecks.find(study.id, String(req.params['check']));
    const run = check && (await store.analyses.findRunById(check.runId));
    if (!check || !run) throw new Problem('not-found', 'There is no such check in this study');
    return { check, run };
  }

  async function startPage(study: EnteredStudy, run: Run) {
    const state = await themes.counted(run);
    const { strata } = drawBlindSample(
      state.documents,
      state.themes.map(({ id }) => id),
      1,
    );
    const drawn = new Map(strata.map((stratum) => [stratum.theme, stratum]));
    const total = strata.reduce((sum, stratum) => sum + stratum.drawn, 0);
    const earlier = await store.themeChecks.list(run.surveyId ?? 0, run.subject);
    return {
      head: head(
        crumbs(study),
        'Check themes blind',
        `People code a sample of answers without seeing where the machine put them. For each theme so many are drawn that about ${POSITIVES_WANTED} should truly have it, and some of the rest: all themes together make ${total} answers. What comes of it corrects the shares and says which themes can be relied on.`,
      ),
      action: checksAddress(study),
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.hidden('run'),
        make.boxes(
          'theme',
          'Themes to check',
          state.themes.map(({ id, label }) => {
            const own = drawn.get(id);
            return {
              value: id,
              label,
              hint: `${own?.drawn ?? 0} of ${(own?.size ?? 0).toLocaleString('en-GB')} answers to code${own && own.size < POSITIVES_WANTED ? '; fewer than are wanted' : ''}`,
            };
          }),
          { isRequired: true },
        ),
        make.text('seed', 'Seed', { isShort: true, hint: 'The same seed draws the same answers' }),
      ],
      buttons: buttons('Draw the sample', { label: 'Cancel', href: `${studyAddress(study)}/themes` }),
      notice:
        earlier.length === 0
          ? null
          : {
              kind: 'info',
              title: 'Checked before',
              text: null,
              links: earlier.map((check) => ({
                label: `${showDate(check.createdAt)}, ${check.themes.length} themes`,
                href: addressOf(study, check),
              })),
            },
      all: state.themes.map(({ id }) => id),
    };
  }

  door.post('/studio/:study/themes/accept', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const run = await runOf(study, field(form, 'run'));
    const { code } = await themeCodes.accept(study, run, field(form, 'theme'), { userId: visit.user.id });
    res.redirect(303, `${studyAddress(study)}/codebook/${code.publicId}`);
  });

  door.get('/studio/:study/themes/checks/new', 'researcher', async (visit, req, res) => {
    const run = await runOf(visit.study, queryOf(req, 'run'));
    const page = await startPage(visit.study, run);
    const asked = queryOf(req, 'theme');
    await showForm(house, visit, res, 'themes', page, {
      run: run.publicId,
      seed: '1',
      theme: page.all.includes(asked) ? [asked] : page.all,
    });
  });
  door.post('/studio/:study/themes/checks', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const run = await runOf(study, field(form, 'run'));
    try {
      const asked = { themes: fieldList(form, 'theme'), seed: Number(field(form, 'seed').trim() || '1') };
      const check = await themeChecks.begin(study, run, asked, { userId: visit.user.id });
      res.redirect(303, `${addressOf(study, check)}/code`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'themes', await startPage(study, run), form, error);
    }
  });

  async function showCoding(
    visit: StudyVisit,
    res: Response,
    check: ThemeCheck,
    said: ReadonlyMap<number, readonly string[]> = new Map(),
    wrong: readonly number[] = [],
  ): Promise<void> {
    const { study } = visit;
    const { drawn, coded, left, answers } = await themeChecks.next(study, check, visit.user.id, AT_ONCE);
    if (left === 0) return res.redirect(303, addressOf(study, check));
    const shown = await themes.words(
      study,
      answers.map(({ document }) => document),
    );
    if (wrong.length > 0) res.status(422);
    await showPage(house, visit, res, 'themes', 'studio/theme-check-code', {
      head: head(
        [...crumbs(study), { label: 'Check', href: addressOf(study, check) }],
        'Which themes does it speak of?',
        'Tick all that fit, or that none does. What you leave untouched comes again.',
      ),
      action: `${addressOf(study, check)}/code`,
      progress: {
        label: 'Coded by you',
        percent: Math.round((coded / drawn) * 100),
        step: `${coded.toLocaleString('en-GB')} of ${drawn.toLocaleString('en-GB')} answers`,
      },
      summary:
        wrong.length === 0
          ? null
          : {
              title: 'Some answers are said to have a theme and none',
              errors: wrong.map((position) => ({
                href: `#said-${position}`,
                text: `Answer ${position}: take away the tick at “None of these”, or the others`,
              })),
            },
      answers: answers.map(({ position, document }) => ({
        position,
        text: shown.get(document) ?? '',
        isWrong: wrong.includes(position),
        choices: [
          ...check.themes.map(({ id, label, words }) => ({ value: id, label, hint: wordsBeside(label, words) })),
          { value: NONE, label: 'None of these', hint: null },
        ].map((choice) => ({ ...choice, isChosen: said.get(position)?.includes(choice.value) ?? false })),
      })),
      pause: addressOf(study, check),
    });
  }

  door.get('/studio/:study/themes/checks/:check/code', 'researcher', async (visit, req, res) => {
    const { check } = await checkOf(visit.study, req);
    await showCoding(visit, res, check);
  });
  door.post('/studio/:study/themes/checks/:check/code', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { check } = await checkOf(study, req);
    const form = formOf(req);
    const said = new Map(
      Object.keys(form).flatMap((name): [number, string[]][] => {
        const position = /^said-(\d{1,6})$/.exec(name)?.[1];
        return position ? [[Number(position), fieldList(form, name)]] : [];
      }),
    );
    const wrong = [...said].flatMap(([position, those]) =>
      those.includes(NONE) && those.length > 1 ? [position] : [],
    );
    const right = [...said].filter(([position]) => !wrong.includes(position));
    await themeChecks.code(
      study,
      check,
      visit.user.id,
      right.map(([position, those]) => ({ position, themes: those.filter((id) => id !== NONE) })),
    );
    if (wrong.length > 0) return showCoding(visit, res, check, said, wrong);
    res.redirect(303, `${addressOf(study, check)}/code`);
  });

  door.get('/studio/:study/themes/checks/:check', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { check, run } = await checkOf(study, req);
    const [progress, own] = [
      await themeChecks.progressOf(check),
      await themeChecks.next(study, check, visit.user.id, 0),
    ];
    // Whoever is in the middle of coding would no longer be blind.
    const isShown = progress.isOver && (own.coded === 0 || own.left === 0 || check.endedAt !== null);
    const state = await themes.counted(run);
    const labels = new Map(state.themes.map(({ id, label }) => [id, label]));
    const labelOf = (id: string): string =>
      labels.get(id) ?? check.themes.find((theme) => theme.id === id)?.label ?? 'A theme that is gone';
    const overrides = new Map((await store.themeChecks.overrides(study.id)).map((one) => [one.theme, one]));
    const found = isShown ? await themeChecks.agreementOf(check, run) : [];
    const whole = state.documents.length;
    const differences = isShown ? await themeChecks.differences(check, run) : [];
    const place = isShown ? await themesPlace(house, visit, req, run) : null;
    const back = `${addressOf(study, check)}#differences`;
    await showPage(house, visit, res, 'themes', 'studio/theme-check', {
      head: head(crumbs(study), 'A blind check of themes', `Drawn ${showDate(check.createdAt)}, seed ${check.seed}.`),
      at: addressOf(study, check),
      facts: [
        { label: 'Drawn', value: progress.drawn.toLocaleString('en-GB'), note: `of ${whole.toLocaleString('en-GB')}` },
        { label: 'Coded by you', value: own.coded.toLocaleString('en-GB'), note: null },
        {
          label: 'Coded by others',
          value:
            progress.byPerson
              .filter(({ userId }) => userId !== visit.user.id)
              .map(({ coded }) => coded.toLocaleString('en-GB'))
              .join(', ') || 'nobody',
          note: null,
        },
      ],
      stillToCode: own.left > 0 ? own.left.toLocaleString('en-GB') : null,
      hasBegun: own.coded > 0,
      mayEnd: !progress.isOver && progress.byPerson.length > 0,
      isShown,
      overlooked: overlookedWords(check.strata.at(-1)),
      isEarly: isShown && check.endedAt !== null && progress.byPerson.every(({ coded }) => coded < progress.drawn),
      results: isShown
        ? resultsView(
            found.map((one) => ({
              found: one,
              label: labelOf(one.theme),
              machineShare:
                whole === 0
                  ? 0
                  : state.documents.filter(({ themes: those }) => those.some(({ theme }) => theme === one.theme))
                      .length / whole,
              override: overrides.get(one.theme) ?? null,
            })),
          )
        : null,
      weak: found
        .filter(({ withMachine }) => !isTrusted({ measure: 'alpha', value: withMachine.alpha, n: withMachine.n }))
        .map(({ theme }) => ({
          theme,
          label: labelOf(theme),
          reason: overrides.get(theme)?.reason ?? null,
        })),
      flash: place ? flashOf(place, back, queryOf(req, 'done')) : null,
      ...openAndFolded(place ? await differenceRows(study, place, back, differences, labelOf) : []),
      differencesLeft:
        differences.length > DIFFERENCES_SHOWN
          ? (differences.length - DIFFERENCES_SHOWN).toLocaleString('en-GB')
          : null,
      differencesCount: differences.length.toLocaleString('en-GB'),
    });
  });

  /** Answers on which people and machine differ, to be corrected on the spot; those that were, come last. */
  async function differenceRows(
    study: EnteredStudy,
    place: ThemesPlace,
    back: string,
    differences: Awaited<ReturnType<typeof themeChecks.differences>>,
    labelOf: (id: string) => string,
  ) {
    const here = new Map(place.answers.map((answer) => [answer.id, answer]));
    const shown = differences
      .slice(0, DIFFERENCES_SHOWN)
      .flatMap((one) => {
        const answer = here.get(one.document);
        return answer ? [{ ...one, answer }] : [];
      })
      .sort((a, b) => Number(a.answer.isByHand) - Number(b.answer.isByHand));
    const words = await themes.words(
      study,
      shown.map(({ document }) => document),
    );
    const named = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.map(labelOf).join(', '));
    return shown.flatMap(({ document, answer, machine, people }, index) => {
      const text = words.get(document);
      if (!text) return [];
      // Its place is the one in doubt: what the machine said and nobody else did.
      const doubted = machine.find((id) => !people.some((said) => said.includes(id))) ?? null;
      const missed = people.flat().find((id) => !machine.includes(id)) ?? null;
      return [
        answerRow(place, back, {
          answer,
          theme: doubted,
          words: text,
          index: index + 1,
          note: `People: ${people.map(named).join(' / ')}. Machine: ${named(machine)}.`,
          toward: missed,
        }),
      ];
    });
  }

  door.post('/studio/:study/themes/checks/:check/end', 'researcher', async (visit, req, res) => {
    const { check } = await checkOf(visit.study, req);
    await themeChecks.end(check);
    res.redirect(303, addressOf(visit.study, check));
  });
  door.post('/studio/:study/themes/checks/:check/use', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { check } = await checkOf(study, req);
    const form = formOf(req);
    const theme = (await store.themes.locate(study.id, field(form, 'theme')))?.shown;
    if (theme === undefined) throw new Problem('not-found', 'There is no such theme');
    if (field(form, 'how') === 'stop') await themeChecks.removeOverride(study, theme);
    else await themeChecks.override(study, theme, field(form, 'reason'), { userId: visit.user.id });
    res.redirect(303, addressOf(study, check));
  });
}
