import type { Request, Response } from 'express';
import type { Run } from '../../store/analyses.ts';
import type { ThemeCheck } from '../../store/theme-checks.ts';
import { isOfInterviews } from '../../themes/question.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { type Crumb, head, showPage, studyAddress } from './frame.ts';
import { many } from './themes-place.ts';

/* Coding a blind check: answer by answer, and what one has coded again. */

const AT_ONCE = 5;
const CODED_AT_ONCE = 20;
const NONE = 'none';

type Said = ReadonlyMap<number, readonly string[]>;
type Place = {
  crumbs: (study: EnteredStudy) => Crumb[];
  checkOf: (study: EnteredStudy, req: Request) => Promise<{ check: ThemeCheck; run: Run }>;
};

export const checksAddress = (study: { publicId: string }): string => `${studyAddress(study)}/themes/checks`;
export const checkAddress = (study: { publicId: string }, check: ThemeCheck): string =>
  `${checksAddress(study)}/${check.publicId}`;

/** The words of a theme that its name does not say. */
const wordsBeside = (label: string, words: readonly string[]): string | null =>
  words
    .filter((word) => !label.toLowerCase().includes(word.toLowerCase()))
    .slice(0, 5)
    .join(', ') || null;

export function themeCodingDoor(door: Doorway, house: House, { crumbs, checkOf }: Place): void {
  const { themes, themeChecks } = house.verbatim;

  /** Answers to be coded, with what was said of them. */
  async function show(
    visit: StudyVisit,
    res: Response,
    check: ThemeCheck,
    page: {
      title: string;
      lede: string;
      answers: readonly { position: number; document: string }[];
      said: Said;
      wrong: readonly number[];
      progress: { label: string; percent: number; step: string } | null;
      isAgain: boolean;
      pages: { label: string; href: string }[];
    },
  ): Promise<void> {
    const { study } = visit;
    const at = checkAddress(study, check);
    const { answers, said, wrong } = page;
    const called = isOfInterviews(check) ? 'Turn' : 'Answer';
    const shown = await themes.words(
      study,
      answers.map(({ document }) => document),
    );
    if (wrong.length > 0) res.status(422);
    await showPage(house, visit, res, 'themes', 'studio/theme-check-code', {
      head: head([...crumbs(study), { label: 'Check', href: at }], page.title, page.lede),
      action: `${at}/code`,
      progress: page.progress,
      summary:
        wrong.length === 0
          ? null
          : {
              title: `Some ${called.toLowerCase()}s are said to have a theme and none`,
              errors: wrong.map((position) => ({
                href: `#said-${position}`,
                text: `${called} ${position}: take away the tick at “None of these”, or the others`,
              })),
            },
      said: called,
      answers: answers.map(({ position, document }) => ({
        position,
        text: shown.get(document) ?? '',
        isWrong: wrong.includes(position),
        choices: [
          ...check.themes.map(({ id, label, words }) => ({ value: id, label, hint: wordsBeside(label, words) })),
          { value: NONE, label: 'None of these', hint: null },
        ].map((choice) => ({ ...choice, isChosen: said.get(position)?.includes(choice.value) ?? false })),
      })),
      isAgain: page.isAgain,
      pages: page.pages,
      pause: at,
      coded: page.isAgain ? null : `${at}/coded`,
    });
  }

  async function showNext(visit: StudyVisit, res: Response, check: ThemeCheck, said: Said, wrong: readonly number[]) {
    const { study, user } = visit;
    const { drawn, coded, left, answers } = await themeChecks.next(study, check, user.id, AT_ONCE);
    if (left === 0 || (await themeChecks.hasSeen(check, user.id))) return res.redirect(303, checkAddress(study, check));
    await show(visit, res, check, {
      title: 'Which themes does it speak of?',
      lede: 'Tick all that fit, or that none does. What you leave untouched comes again.',
      answers,
      said,
      wrong,
      progress: {
        label: 'Coded by you',
        percent: Math.round((coded / drawn) * 100),
        step: `${coded.toLocaleString('en-GB')} of ${drawn.toLocaleString('en-GB')} ${isOfInterviews(check) ? 'turns' : 'answers'}`,
      },
      isAgain: false,
      pages: [],
    });
  }

  async function showCoded(
    visit: StudyVisit,
    res: Response,
    check: ThemeCheck,
    { page: asked, said, wrong }: { page: number; said: Said; wrong: readonly number[] },
  ) {
    const { study, user } = visit;
    const at = checkAddress(study, check);
    const all = await themeChecks.codedBy(study, check, user.id);
    if (all.length === 0 || (await themeChecks.hasSeen(check, user.id))) return res.redirect(303, at);
    const last = Math.ceil(all.length / CODED_AT_ONCE);
    const page = Math.min(last, Math.max(1, Math.trunc(asked) || 1));
    const answers = all.slice((page - 1) * CODED_AT_ONCE, page * CODED_AT_ONCE);
    const to = (label: string, number: number) => ({ label, href: `${at}/coded?page=${number}` });
    await show(visit, res, check, {
      title: `${many(all.length, isOfInterviews(check) ? 'turn' : 'answer')} coded by you`,
      lede: 'Change what you like until you look at what came of it. What you leave without a tick comes again.',
      answers,
      said: new Map(
        answers.map(({ position, themes: own }) => [position, said.get(position) ?? (own.length === 0 ? [NONE] : own)]),
      ),
      wrong,
      progress: null,
      isAgain: true,
      pages: [...(page > 1 ? [to('Back', page - 1)] : []), ...(page < last ? [to('Further', page + 1)] : [])],
    });
  }

  door.get('/studio/:study/themes/checks/:check/code', 'researcher', async (visit, req, res) => {
    const { check } = await checkOf(visit.study, req);
    await showNext(visit, res, check, new Map(), []);
  });
  door.get('/studio/:study/themes/checks/:check/coded', 'researcher', async (visit, req, res) => {
    const { check } = await checkOf(visit.study, req);
    await showCoded(visit, res, check, { page: Number(queryOf(req, 'page')), said: new Map(), wrong: [] });
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
    const isAgain = field(form, 'again') !== '';
    // A box without a tick is not sent: what was shown and not said is taken back.
    const takenBack = fieldList(form, 'shown')
      .slice(0, CODED_AT_ONCE)
      .flatMap((one) => (/^\d{1,6}$/.test(one) && !said.has(Number(one)) ? [Number(one)] : []));
    const wrong = [...said].flatMap(([position, those]) =>
      those.includes(NONE) && those.length > 1 ? [position] : [],
    );
    const right = [...said].filter(([position]) => !wrong.includes(position));
    await themeChecks.code(
      study,
      check,
      visit.user.id,
      right.map(([position, those]) => ({ position, themes: those.filter((id) => id !== NONE) })),
      takenBack,
    );
    if (isAgain && wrong.length > 0) {
      const all = await themeChecks.codedBy(study, check, visit.user.id);
      const page = Math.floor(all.findIndex(({ position }) => position === wrong[0]) / CODED_AT_ONCE) + 1;
      return showCoded(visit, res, check, { page, said, wrong });
    }
    if (wrong.length > 0) return showNext(visit, res, check, said, wrong);
    res.redirect(303, isAgain ? checkAddress(study, check) : `${checkAddress(study, check)}/code`);
  });
}
