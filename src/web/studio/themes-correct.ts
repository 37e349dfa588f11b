import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import type { CorrectionAsked } from '../../services/themes.ts';
import type { Run } from '../../store/analyses.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { buttons, type FieldView, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { themesAddress } from './themes-place.ts';
import { AT_ONCE } from './themes-top.ts';

type Form = ReturnType<typeof formOf>;

/** What the buttons under a list of answers say, by what they do. */
const SEVERAL_WORDS: Readonly<Record<string, string>> = {
  pin: 'All are right',
  bar: 'None is of its theme',
  move: 'Move all there',
};
/** Of a long answer so much is shown where it is only to be told from others. */
const LETTERS_SHOWN = 200;

/** What researchers post to themes: corrections, undos, and the next run. */
export function themeCorrectDoor(door: Doorway, house: House): void {
  const { store, themes, analysis } = house.verbatim;

  async function runOf(study: EnteredStudy, form: Form): Promise<Run> {
    const run = await store.analyses.findRun(study.id, field(form, 'run'));
    if (run?.kind !== 'themes' || run.state !== 'done')
      throw new Problem('not-found', 'There is no such run in this study');
    return run;
  }

  door.post('/studio/:study/themes/correct', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const run = await runOf(study, form);
    const isSeveral = field(form, 'several') !== '';
    let wanted: CorrectionAsked[] = [];
    try {
      wanted = isSeveral ? await ofSeveral(run, form) : askedIn(form);
      const done = await themes.correctAll(study, run, wanted, { userId: visit.user.id });
      res.redirect(303, told(backOf(study, run, form), done));
    } catch (error) {
      if (!isForForm(error) || error.kind !== 'invalid') throw error;
      const [asked] = wanted;
      if (isSeveral && wanted.length === 0) await showSeveralAgain(visit, res, { run, form, problem: error });
      else if (asked && wanted.length === 1) await showAgain(visit, req, res, { run, form, asked, problem: error });
      else throw error;
    }
  });

  /** The answers that stood on the page, to be ticked, and what is to become of them. */
  async function showSeveralAgain(
    visit: StudyVisit,
    res: Response,
    { run, form, problem }: { run: Run; form: Form; problem: Problem },
  ): Promise<void> {
    const { study } = visit;
    const { state } = await themes.view(run);
    const ticks = [...new Set([...field(form, 'shown').split(','), ...fieldList(form, 'answer')])].slice(0, AT_ONCE);
    const words = await themes.words(
      study,
      ticks.map((tick) => tick.split(' ')[0] ?? ''),
    );
    const answers = ticks.flatMap((tick) => {
      const own = words.get(tick.split(' ')[0] ?? '');
      return own === undefined ? [] : [{ value: tick, label: clipped(own) }];
    });
    if (answers.length === 0) throw problem;
    const kind = field(form, 'kind');
    const back = backOf(study, run, form);
    await showForm(
      house,
      visit,
      res,
      'themes',
      {
        head: head(
          [
            { label: study.name, href: studyAddress(study) },
            { label: 'Themes', href: back },
          ],
          'Decide on several answers',
        ),
        action: `${themesAddress(study)}/correct`,
        fields: (make) => [
          make.boxes('answer', 'Which answers', answers, { isRequired: true }),
          ...(kind === 'move'
            ? [
                make.select(
                  'to',
                  'Move them to',
                  state.themes.map(({ id, label }) => ({ value: id, label })),
                  { isRequired: true },
                ),
              ]
            : []),
          ...['several', 'kind', 'run', 'back', 'shown'].map((name) => make.hidden(name)),
        ],
        buttons: buttons((Object.hasOwn(SEVERAL_WORDS, kind) && SEVERAL_WORDS[kind]) || 'Correct', {
          label: 'Cancel',
          href: back,
        }),
      },
      form,
      problem,
    );
  }

  /**
   * What is said of the answers that were ticked, as far as it still fits them.
   *
   * @throws Problem `invalid` beside its field when none was ticked or no theme was chosen, `conflict` when nothing is
   *   left to do
   */
  async function ofSeveral(run: Run, form: Form): Promise<CorrectionAsked[]> {
    const ticked = fieldList(form, 'answer').slice(0, AT_ONCE);
    const [kind, to] = [field(form, 'kind'), field(form, 'to')];
    const { state } = await themes.view(run);
    const errors = [
      ...(ticked.length === 0 ? [{ pointer: '#/answer', detail: 'Tick the answers that you mean' }] : []),
      ...(kind === 'move' && !state.themes.some(({ id }) => id === to)
        ? [{ pointer: '#/to', detail: 'Choose the theme where the answers belong' }]
        : []),
    ];
    if (errors.length > 0) throw new Problem('invalid', 'Something is missing', { errors });
    const documents = new Map(state.documents.map((document) => [document.id, document]));
    const asked = ticked.flatMap((one): CorrectionAsked[] => {
      const [document = '', theme = ''] = one.split(' ');
      const own = documents.get(document)?.themes.map((share) => share.theme);
      if (!own) return [];
      if (kind === 'move') return own[0] === to ? [] : [{ kind, document, to }];
      return (kind === 'pin' || kind === 'bar') && own.includes(theme) ? [{ kind, document, theme }] : [];
    });
    if (asked.length === 0)
      throw new Problem('conflict', 'Nothing was changed', {
        detail: 'The answers stand so already, or somebody moved them meanwhile. Go back and reload the list',
      });
    return asked;
  }

  /** The form alone, as it was filled, with what does not fit. */
  async function showAgain(
    visit: StudyVisit,
    _req: Request,
    res: Response,
    { run, form, asked, problem }: { run: Run; form: Form; asked: CorrectionAsked; problem: Problem },
  ): Promise<void> {
    const { state } = await themes.view(run);
    const options = state.themes.map(({ id, label }) => ({ value: id, label }));
    const subThemes = state.themes
      .find(({ id }) => id === field(form, 'theme'))
      ?.subThemes.map(({ id, label }) => ({ value: id, label }));
    const own = (make: ReturnType<typeof fieldMaker>): FieldView[] => {
      switch (asked.kind) {
        case 'rename':
          return [make.text('label', 'Name', { isRequired: true })];
        case 'merge':
          return [make.select('into', 'Merge into', options, { isRequired: true })];
        case 'move':
          return [make.select('to', 'Move to', options, { isRequired: true })];
        case 'split':
          return [make.boxes('subTheme', 'Sub-themes that are to stand by themselves', subThemes ?? [])];
        case 'same-words':
          return [
            make.text('same', 'Words that mean the same', { hint: 'With commas between them', isRequired: true }),
          ];
        case 'leave-out':
          return [make.text('words', 'Words to leave out', { hint: 'With commas between them', isRequired: true })];
        default:
          return [];
      }
    };
    const shown = ['kind', 'run', 'back', 'theme', 'from', 'document', 'of'];
    await showForm(
      house,
      visit,
      res,
      'themes',
      {
        head: head(
          [
            { label: visit.study.name, href: studyAddress(visit.study) },
            { label: 'Themes', href: backOf(visit.study, run, form) },
          ],
          'Correct themes',
        ),
        action: `${themesAddress(visit.study)}/correct`,
        fields: (make) => [
          ...own(make),
          ...shown.filter((name) => field(form, name) !== '').map((name) => make.hidden(name)),
        ],
        buttons: buttons('Correct', { label: 'Cancel', href: backOf(visit.study, run, form) }),
      },
      form,
      problem,
    );
  }

  door.post('/studio/:study/themes/finer', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const run = await runOf(study, form);
    const survey = run.surveyId === null ? null : await store.surveys.findById(study.id, run.surveyId);
    if (!survey && run.surveyId !== null) throw new Problem('not-found', 'The survey of this run is no longer there');
    // A button for one number stands beside the slider, which posts its own place too.
    const wanted = field(form, 'exactly') || field(form, 'themes');
    const started = await analysis.findThemes(
      study,
      survey,
      { item: run.subject, themes: wanted === 'auto' ? 'auto' : Number(wanted), seed: run.seed },
      { userId: visit.user.id },
    );
    res.redirect(303, runAddress(study, started));
  });
}

/** Back to the page the form stood on: one of this study's pages of themes, and no other. */
function backOf(study: EnteredStudy, run: Run, form: Form): string {
  const asked = field(form, 'back');
  const at = themesAddress(study);
  const isOurs = asked.startsWith(`${at}?`) || asked.startsWith(`${at}/`) || asked === at;
  return isOurs && asked.length < 3000 && !/[\s\\]/.test(asked) ? asked : `${at}?run=${run.publicId}`;
}

const clipped = (text: string): string =>
  text.length > LETTERS_SHOWN ? `${text.slice(0, LETTERS_SHOWN).trimEnd()} …` : text;

/** The address with what was done, above a place on the page. */
function told(address: string, done: readonly number[]): string {
  const url = new URL(address, 'http://localhost');
  url.searchParams.set('done', done.join());
  return `${url.pathname}${url.search}${url.hash}`;
}

/** One correction, or the undoing of those that one press made. @throws Problem for what no page posts */
function askedIn(form: Form): CorrectionAsked[] {
  if (field(form, 'kind') !== 'undo') return [oneIn(form)];
  // The latest first, so that each is undone as it was done.
  const numbers = field(form, 'of').split(',', AT_ONCE).map(Number);
  return [...new Set(numbers)].sort((a, b) => b - a).map((of) => ({ kind: 'undo', of }));
}

function oneIn(form: Form): CorrectionAsked {
  const text = (name: string) => field(form, name);
  const words = (name: string) => fieldList(form, name).flatMap((one) => one.split(/[,;\n]/));
  switch (text('kind')) {
    case 'rename':
      return { kind: 'rename', theme: text('theme'), label: text('label') };
    case 'merge':
      return { kind: 'merge', from: text('from'), into: text('into') };
    case 'split':
      return { kind: 'split', theme: text('theme'), subThemes: fieldList(form, 'subTheme') };
    case 'lock':
      return { kind: 'lock', theme: text('theme') };
    case 'move':
      return { kind: 'move', document: text('document'), to: text('to') };
    case 'pin':
      return { kind: 'pin', document: text('document'), theme: text('theme') };
    case 'bar':
      return { kind: 'bar', document: text('document'), theme: text('theme') };
    case 'same-words':
      return { kind: 'same-words', words: words('same') };
    case 'leave-out':
      return { kind: 'leave-out', words: words('words') };
    default:
      throw new Problem('invalid', 'This form cannot be read', {
        detail: 'Go back, reload the page and send it again',
      });
  }
}
