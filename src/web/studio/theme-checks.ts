import type { Request } from 'express';
import { methodShows, NOT_SHOWN } from '../../coding/method.ts';
import { isTrusted } from '../../coding/trust.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Run } from '../../store/analyses.ts';
import type { ThemeCheck } from '../../store/theme-checks.ts';
import { drawBlindSample, nearWanted, POSITIVES_WANTED } from '../../themes/blind-sample.ts';
import { isOfInterviews, questionOfRun } from '../../themes/question.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { checkAddress, checksAddress, themeCodingDoor } from './theme-checks-code.ts';
import { overlookedWords, resultsView } from './theme-checks-view.ts';
import { many, type ThemesPlace, themesPlace } from './themes-place.ts';
import { flashOf } from './themes-top.ts';
import { answerRow } from './themes-view.ts';

const DIFFERENCES_SHOWN = 40;
const DIFFERENCES_OPEN = 6;
const openAndFolded = <T>(differences: readonly T[]) => ({
  differences: differences.slice(0, DIFFERENCES_OPEN),
  folded: differences.slice(DIFFERENCES_OPEN),
});

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
    const said = isOfInterviews(run) ? 'turns' : 'answers';
    const state = await themes.counted(run);
    const { strata } = drawBlindSample(
      state.documents,
      state.themes.map(({ id }) => id),
      1,
    );
    const drawn = new Map(strata.map((stratum) => [stratum.theme, stratum]));
    const ofNear = state.themes.length * nearWanted(state.themes.length);
    const total = Math.min(state.documents.length, strata.reduce((sum, stratum) => sum + stratum.drawn, 0) + ofNear);
    const earlier = [];
    for (const check of await store.themeChecks.list(questionOfRun(run)))
      earlier.push({ check, isOver: (await themeChecks.progressOf(check)).isOver });
    return {
      head: head(
        crumbs(study),
        'Check themes blind',
        `People code a sample of ${said} without seeing where the machine put them. For each theme so many are drawn that about ${POSITIVES_WANTED} should truly have it, and some of the others, most of them among ${said} worded alike: all themes together make up to ${total} ${said}. What comes of it corrects the shares and says which themes can be relied on.${isOfInterviews(run) ? ' It counts turns, as if each stood by itself; those of one interview hang together, so its intervals are narrower than they should be.' : ''}`,
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
              hint: `${own?.drawn ?? 0} of ${(own?.size ?? 0).toLocaleString('en-GB')} ${said} to code${own && own.size < POSITIVES_WANTED ? '; fewer than are wanted' : ''}`,
            };
          }),
          { isRequired: true },
        ),
        make.text('seed', 'Seed', { isShort: true, hint: `The same seed draws the same ${said}` }),
      ],
      buttons: buttons('Draw the sample', { label: 'Cancel', href: `${studyAddress(study)}/themes` }),
      notice:
        earlier.length === 0
          ? null
          : {
              kind: 'info',
              title: 'Checked before',
              text: null,
              links: earlier.map(({ check, isOver }) => ({
                label: `${showDate(check.createdAt)}, ${many(check.themes.length, 'theme')}${isOver ? '' : ', not finished'}`,
                href: checkAddress(study, check),
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
      res.redirect(303, `${checkAddress(study, check)}/code`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'themes', await startPage(study, run), form, error);
    }
  });

  themeCodingDoor(door, house, { crumbs, checkOf });

  door.get('/studio/:study/themes/checks/:check', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { check, run } = await checkOf(study, req);
    const [progress, own] = [
      await themeChecks.progressOf(check),
      await themeChecks.next(study, check, visit.user.id, 0),
    ];
    // Whoever could still code would no longer be blind, so each says themselves when they want to see it.
    const isShown = progress.isOver && (await themeChecks.hasSeen(check, visit.user.id));
    const state = await themes.counted(run);
    const labels = new Map(state.themes.map(({ id, label }) => [id, label]));
    const labelOf = (id: string): string =>
      labels.get(id) ?? check.themes.find((theme) => theme.id === id)?.label ?? 'A theme that is gone';
    const overrides = new Map((await store.themeChecks.overrides(study.id)).map((one) => [one.theme, one]));
    const found = isShown ? await themeChecks.agreementOf(check, run) : [];
    const whole = state.documents.length;
    const differences = isShown ? await themeChecks.differences(check, run) : [];
    const place = isShown ? await themesPlace(house, visit, req, run) : null;
    const back = `${checkAddress(study, check)}#differences`;
    const said = isOfInterviews(check) ? 'turn' : 'answer';
    // What those interviewed said is coded by the study's method; themes of answers are the machine's, which is measured.
    const isHidden = isOfInterviews(check) && !methodShows(study.method).coefficients;
    await showPage(house, visit, res, 'themes', 'studio/theme-check', {
      head: head(
        crumbs(study),
        'A blind check of themes',
        `Drawn ${showDate(check.createdAt)}, seed ${check.seed}.${isOfInterviews(check) ? ' It counts turns of interviews, as if each stood by itself: those of one interview hang together, so its intervals are narrower than they should be.' : ''}`,
      ),
      at: checkAddress(study, check),
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
      said,
      mayCode: own.left > 0 && !isShown,
      hasBegun: own.coded > 0,
      mayChange: own.coded > 0 && !isShown,
      maySee: progress.isOver && !isShown,
      isLost: isShown && own.left > 0,
      mayEnd: !progress.isOver && progress.byPerson.length > 0,
      isShown,
      overlooked: overlookedWords(check.strata, said),
      isEarly: isShown && check.endedAt !== null && progress.byPerson.every(({ coded }) => coded < progress.drawn),
      notShown: isShown && isHidden ? NOT_SHOWN : null,
      results:
        isShown && !isHidden
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
              said,
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
    const numbers = await store.orderNumbers.ofResponses(
      study.id,
      shown.map(({ answer }) => answer.response),
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
          number: numbers.get(answer.response) ?? null,
        }),
      ];
    });
  }

  door.post('/studio/:study/themes/checks/:check/see', 'researcher', async (visit, req, res) => {
    const { check } = await checkOf(visit.study, req);
    await themeChecks.see(check, visit.user.id);
    res.redirect(303, checkAddress(visit.study, check));
  });
  door.post('/studio/:study/themes/checks/:check/end', 'researcher', async (visit, req, res) => {
    const { check } = await checkOf(visit.study, req);
    await themeChecks.end(check);
    res.redirect(303, checkAddress(visit.study, check));
  });
  door.post('/studio/:study/themes/checks/:check/use', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { check } = await checkOf(study, req);
    const form = formOf(req);
    const theme = (await store.themes.locate(study.id, field(form, 'theme')))?.shown;
    if (theme === undefined) throw new Problem('not-found', 'There is no such theme');
    if (field(form, 'how') === 'stop') await themeChecks.removeOverride(study, theme);
    else await themeChecks.override(study, theme, field(form, 'reason'), { userId: visit.user.id });
    res.redirect(303, checkAddress(study, check));
  });
}
