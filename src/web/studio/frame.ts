import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import type { SignedIn } from '../../services/sessions.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { statusOf, wantsPage } from '../errors.ts';

/** How long a page waits for answers that are being taken in just now. */
export const PAGE_WAIT_MS = 300;

export type Place =
  | 'overview'
  | 'surveys'
  | 'offers'
  | 'feedback'
  | 'interviews'
  | 'people'
  | 'themes'
  | 'scales'
  | 'codebook'
  | 'insights'
  | 'changes'
  | 'plays'
  | 'segments'
  | 'before'
  | 'personas'
  | 'reports'
  | 'shares'
  | 'outgoing'
  | 'admin'
  | 'audit'
  | 'none';

export const studyAddress = (study: { publicId: string }): string => `/studio/${study.publicId}`;

/** What every page of the studio stands in: who is there, which study, and the rooms beside it. */
export async function frame({ verbatim }: House, visit: { user: SignedIn; study?: EnteredStudy | null }, place: Place) {
  const { study } = visit;
  const account = { label: 'Your account', href: '/studio/account', count: null, isCurrent: false };
  const fresh = await verbatim.store.insightNews.countNew(visit.user.id);
  const across = [
    { label: 'Look through all', href: '/studio/search', count: null, isCurrent: false },
    { label: 'News', href: '/studio/news', count: fresh > 0 ? fresh.toLocaleString('en-GB') : null, isCurrent: false },
  ];
  if (visit.user.isAdmin)
    across.push(
      { label: 'This installation', href: '/studio/admin', count: null, isCurrent: place === 'admin' },
      { label: 'Its audit log', href: '/studio/audit', count: null, isCurrent: place === 'audit' && !study },
    );
  if (!study) {
    return {
      lang: 'en',
      user: { name: visit.user.name },
      study: null,
      nav: [
        {
          heading: null,
          items: [{ label: 'Studies', href: '/studio', count: null, isCurrent: place === 'none' }, ...across, account],
        },
      ],
    };
  }
  const at = studyAddress(study);
  const counts = await verbatim.store.studies.counts(study);
  const item = (label: string, path: Place, count: number | null = null) => ({
    label,
    href: path === 'overview' ? at : `${at}/${path}`,
    count: count ? count.toLocaleString('en-GB') : null,
    isCurrent: path === place,
  });
  const forResearchers = study.role === 'viewer' ? () => [] : (...shown: Parameters<typeof item>) => [item(...shown)];
  return {
    lang: 'en',
    user: { name: visit.user.name },
    study: {
      name: study.name,
      address: at,
      isInvented: study.inventedNotice !== null,
      inventedNotice: study.inventedNotice,
    },
    nav: [
      { heading: null, items: [item('Overview', 'overview')] },
      {
        heading: 'Collect',
        items: [
          item('Surveys', 'surveys', counts.surveys),
          ...forResearchers('Offers', 'offers'),
          ...forResearchers('Feedback', 'feedback', counts.feedback),
          ...forResearchers('Interviews', 'interviews', counts.interviews),
          ...forResearchers('People', 'people', counts.people),
        ],
      },
      {
        heading: 'Understand',
        items: [
          item('Themes', 'themes'),
          ...forResearchers('Scales', 'scales'),
          ...forResearchers('Codebook', 'codebook'),
          item('Insights', 'insights'),
          ...forResearchers('What changed?', 'changes'),
        ],
      },
      {
        heading: 'Segment',
        items: [
          item('Segments', 'segments', counts.segments),
          ...forResearchers('Plays', 'plays'),
          ...forResearchers('What came before', 'before'),
        ],
      },
      {
        heading: 'Share',
        items: [
          item('Personas', 'personas', counts.personas),
          ...forResearchers('Reports', 'reports'),
          ...forResearchers('Shared links', 'shares'),
          ...(study.role === 'owner' ? [item('Outgoing', 'outgoing'), item('Audit log', 'audit')] : []),
        ],
      },
      {
        heading: null,
        items: [{ label: 'All studies', href: '/studio', count: null, isCurrent: false }, ...across, account],
      },
    ],
  };
}

export type Crumb = { label: string; href: string | null };
export const head = (
  breadcrumbs: Crumb[],
  title: string,
  lede: string | null = null,
  actions: { label: string; href: string; isPrimary: boolean }[] = [],
) => ({ breadcrumbs, title, lede, actions });

export type FieldView = Record<string, unknown> & { kind: string; name: string };

/** A page's fields, filled with what was typed, each with the error that its pointer names. */
export function fieldMaker(values: Readonly<Record<string, string | string[]>>, errors: readonly ProblemError[]) {
  const typed = (name: string): string => {
    const value = values[name];
    return (Array.isArray(value) ? value[0] : value) ?? '';
  };
  const chosen = (name: string): string[] => {
    const value = values[name];
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  };
  const shared = (
    name: string,
    label: string,
    { hint = null, isRequired = false }: { hint?: string | null; isRequired?: boolean },
  ) => ({
    name,
    id: name,
    label,
    hint,
    isRequired,
    error: errors.find((error) => error.pointer === `#/${name}`)?.detail ?? null,
  });
  type About = { hint?: string | null; isRequired?: boolean };
  type Option = { value: string; label: string; hint?: string; segmentClass?: string };
  const options = (name: string, list: readonly Option[]) =>
    list.map((option) => ({ ...option, isChosen: chosen(name).includes(option.value) }));
  return {
    text: (
      name: string,
      label: string,
      about: About & { type?: string; autocomplete?: string; isShort?: boolean } = {},
    ): FieldView => ({
      kind: 'text',
      ...shared(name, label, about),
      value: about.type === 'password' ? '' : typed(name),
      autocomplete: about.autocomplete ?? 'off',
      type: about.type ?? 'text',
      isShort: about.isShort ?? false,
    }),
    area: (name: string, label: string, about: About & { rows?: number } = {}): FieldView => ({
      kind: 'textarea',
      ...shared(name, label, about),
      value: typed(name),
      autocomplete: 'off',
      rows: about.rows ?? 6,
    }),
    select: (name: string, label: string, list: readonly Option[], about: About = {}): FieldView => ({
      kind: 'select',
      ...shared(name, label, about),
      autocomplete: null,
      options: options(name, list),
    }),
    boxes: (name: string, label: string, list: readonly Option[], about: About = {}): FieldView => ({
      kind: 'checkboxes',
      ...shared(name, label, about),
      options: options(name, list),
    }),
    radios: (name: string, label: string, list: readonly Option[], about: About = {}): FieldView => ({
      kind: 'radios',
      ...shared(name, label, about),
      options: options(name, list),
    }),
    file: (name: string, label: string, accept: string, about: About = {}): FieldView => ({
      kind: 'file',
      ...shared(name, label, about),
      accept,
    }),
    hidden: (name: string): FieldView => ({ kind: 'hidden', name, value: typed(name) }),
  };
}

export const buttons = (label: string, cancel: { label: string; href: string } | null = null) => ({
  label,
  name: null,
  value: null,
  isDangerous: false,
  secondary: cancel,
});

/** What each list that `summaryOf` made tells of: a program is answered that in the place of the page. */
const toldBy = new WeakMap<object, Problem>();

/** The list of what stands in the way; an error without a field of its own leads to the top of the page. */
export function summaryOf(problem: Problem, fieldNames: readonly string[]) {
  const errors =
    problem.errors.length > 0 ? problem.errors : [{ pointer: '', detail: problem.detail || problem.message }];
  const summary = {
    title: problem.message,
    errors: errors.slice(0, 30).map((error) => {
      const name = error.pointer.replace(/^#\//, '');
      return fieldNames.includes(name)
        ? { href: `#${name}`, text: error.detail }
        : {
            href: '#main',
            text:
              error.pointer && !error.pointer.startsWith('#/name')
                ? `${error.detail} (${error.pointer})`
                : error.detail,
          };
    }),
  };
  toldBy.set(summary, problem);
  return summary;
}

export type FormPage = {
  view?: string;
  head: ReturnType<typeof head>;
  action: string;
  isUpload?: boolean;
  fields: (make: ReturnType<typeof fieldMaker>) => FieldView[];
  buttons: ReturnType<typeof buttons>;
  notice?: Record<string, unknown> | null;
  /** What else the view shows; a view that lays out the fields itself makes it from them. */
  more?: Record<string, unknown> | ((fields: readonly FieldView[]) => Record<string, unknown>);
};

/**
 * What a refused form shows again: all that was typed. After somebody else's change it carries the mark of what stands now, so
 * that saving it again is meant.
 */
export const typedOver = (form: Form, problem: Problem, mark: string | null): Form =>
  problem.kind === 'conflict' && mark !== null ? { ...form, seen: mark } : form;

/**
 * Shows a form, empty or with what was typed and what does not fit.
 *
 * @throws Problem the same that does not fit, where a program asks
 */
export async function showForm(
  house: House,
  visit: { user: SignedIn; study?: EnteredStudy | null },
  res: Response,
  place: Place,
  page: FormPage,
  values: Readonly<Record<string, string | string[]>> = {},
  problem: Problem | null = null,
): Promise<void> {
  if (problem) answerRefused(res, problem);
  const fields = page.fields(fieldMaker(values, problem?.errors ?? []));
  const data = {
    ...(await frame(house, visit, place)),
    title: page.head.title,
    isError: problem !== null,
    head: page.head,
    action: page.action,
    isUpload: page.isUpload ?? false,
    fields,
    buttons: page.buttons,
    notice: page.notice ?? null,
    summary: problem
      ? summaryOf(
          problem,
          fields.map((one) => one.name),
        )
      : null,
    ...(typeof page.more === 'function' ? page.more(fields) : page.more),
  };
  res.type('html').send(house.renderer.render(page.view ?? 'studio/form', data, { layout: 'studio' }));
}

/**
 * Has a page answer for something that was refused, with the status that says so.
 *
 * @throws Problem the same, where a program asks
 */
export function answerRefused(res: Response, problem: Problem): void {
  if (!wantsPage(res.req)) throw problem;
  res.status(statusOf(problem));
}

/** Problems that a form can show beside its fields; all others end the request. */
export const isForForm = (error: unknown): error is Problem =>
  error instanceof Problem && (error.kind === 'invalid' || error.kind === 'conflict');

/** @throws Problem the one that the page's summary tells, where a program asks */
export async function showPage(
  house: House,
  visit: { user: SignedIn; study?: EnteredStudy | null },
  res: Response,
  place: Place,
  view: string,
  data: { head: ReturnType<typeof head> } & Record<string, unknown>,
): Promise<void> {
  const { summary } = data;
  const problem = typeof summary === 'object' && summary !== null ? toldBy.get(summary) : undefined;
  if (problem && !wantsPage(res.req)) throw problem;
  res
    .type('html')
    .send(
      house.renderer.render(
        view,
        { ...(await frame(house, visit, place)), title: data.head.title, ...data },
        { layout: 'studio' },
      ),
    );
}
