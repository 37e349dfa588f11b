import { checkSurvey } from '../../logic/check-survey.ts';
import { questionsOf, SurveyDefinition } from '../../model/survey.ts';

/** The programs whose surveys can be read. */
export type SurveySource = 'verbatim' | 'survey-js' | 'lime-survey' | 'qualtrics' | 'table';

export type Mapped = { from: string; to: string; note?: string };
export type Unmapped = { from: string; what: string; why: string };
export type ImportWarning = { pointer: string; detail: string };

/**
 * What became of a survey from another program. Nothing is dropped in silence: every question, condition and setting of
 * the source stands under `mapped` or under `unmapped`, named as the source names it.
 */
export type ImportReport = {
  source: SurveySource;
  /** Null when nothing could be made of the file; `warnings` say why. */
  definition: SurveyDefinition | null;
  mapped: Mapped[];
  unmapped: Unmapped[];
  /** What stands in the way of publishing, and what to look at, each with its place in the definition. */
  warnings: ImportWarning[];
};

/** Where an importer writes down what it did. */
export type ReportBook = {
  readonly report: ImportReport;
  map(from: string, to: string, note?: string): void;
  miss(from: string, what: string, why: string): void;
  warn(pointer: string, detail: string): void;
};

/** More rows than anybody reads; what is left out is counted at the end. */
const ROWS_MAX = 5000;

/** An empty book. */
export function openBook(source: SurveySource): ReportBook {
  const report: ImportReport = { source, definition: null, mapped: [], unmapped: [], warnings: [] };
  const add = <Row>(rows: Row[], row: Row) => {
    if (rows.length < ROWS_MAX) rows.push(row);
    else if (rows.length === ROWS_MAX && !report.warnings.some(({ detail }) => detail === LONG))
      report.warnings.push({ pointer: '#', detail: LONG });
  };
  return {
    report,
    map: (from, to, note) => add(report.mapped, note === undefined ? { from, to } : { from, to, note }),
    miss: (from, what, why) => add(report.unmapped, { from, what: short(what), why }),
    warn: (pointer, detail) => add(report.warnings, { pointer, detail }),
  };
}

const LONG = `The report ends after ${ROWS_MAX} lines of a kind: this survey is too large to list whole`;
const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

/** So often is a survey looked at again after something was taken out of it. */
const ROUNDS_MAX = 6;
/** Looking for faults takes longer than reading; a survey beyond this is looked at when somebody publishes it. */
const CHECKED_MAX = 1500;

/**
 * Closes a book: what has the wrong shape, and conditions that cannot hold here, are taken out and listed; what still
 * stands in the way of publishing becomes a warning.
 *
 * @param raw a definition as the importer put it together, not yet checked; it is left as it was
 */
export function finishReport(book: ReportBook, raw: unknown): ImportReport {
  const { report } = book;
  const draft: unknown = structuredClone(raw);
  let definition: SurveyDefinition | null = null;
  for (let round = 0; round < ROUNDS_MAX && definition === null; round += 1) {
    const parsed = SurveyDefinition.safeParse(draft);
    if (parsed.success) definition = parsed.data;
    else {
      const isMended = takeOutMisshapen(book, draft, parsed.error.issues);
      if (isMended) continue;
      for (const issue of parsed.error.issues.slice(0, 50))
        book.warn(`#/${issue.path.map(String).join('/')}`, issue.message);
      break;
    }
  }
  if (definition === null) {
    if (report.warnings.length === 0) book.warn('#', 'Nothing in this file could become a question');
    return report;
  }
  report.definition = definition;
  if (questionsOf(definition).length > CHECKED_MAX) {
    book.warn(
      '#',
      `More than ${CHECKED_MAX} questions: what stands in the way of publishing is said when it is published`,
    );
    return report;
  }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const faults = checkSurvey(definition);
    const isMended = faults.map((fault) => mendLogic(book, definition as SurveyDefinition, fault)).some(Boolean);
    if (!isMended) {
      for (const fault of faults) book.warn(fault.pointer, fault.detail);
      break;
    }
  }
  return report;
}

type Issue = { path: PropertyKey[]; message: string };
type Loose = { pages?: { code?: string; questions?: { code?: string }[] }[] };

/** Takes out questions and pages that no definition can hold; true when there was one. */
function takeOutMisshapen(book: ReportBook, draft: unknown, issues: readonly Issue[]): boolean {
  const pages = (draft as Loose | null)?.pages;
  if (!Array.isArray(pages)) return false;
  const questions = new Map<string, { page: number; question: number; message: string }>();
  const empty = new Set<number>();
  for (const { path, message } of issues) {
    const [part, page, list, question] = path;
    if (part !== 'pages' || typeof page !== 'number') continue;
    if (list === 'questions' && typeof question === 'number')
      questions.set(`${page}.${question}`, {
        page,
        question,
        message: `${path.slice(4).map(String).join('/')}: ${message}`,
      });
    else if (list === 'questions' && (pages[page]?.questions?.length ?? 0) === 0) empty.add(page);
  }
  const doomed = [...questions.values()].sort((a, b) => b.page - a.page || b.question - a.question);
  for (const { page, question, message } of doomed) {
    const [taken] = pages[page]?.questions?.splice(question, 1) ?? [];
    book.miss(taken?.code ?? `question ${question + 1} on page ${page + 1}`, 'the whole question', message);
  }
  for (const page of [...empty].sort((a, b) => b - a)) pages.splice(page, 1);
  return doomed.length > 0 || empty.size > 0;
}

type Holder = Record<string, unknown>;

/** Takes out one condition, check or jump that cannot stand where it does; true when it was one. */
function mendLogic(
  book: ReportBook,
  definition: SurveyDefinition,
  fault: { pointer: string; detail: string },
): boolean {
  const { report } = book;
  const path = fault.pointer.split('/').slice(1);
  const last = path.at(-1) ?? '';
  const at = (steps: readonly string[]): unknown =>
    steps.reduce<unknown>((value, step) => (value as Holder | undefined)?.[step], definition);
  const holder = at(path.slice(0, -1)) as Holder | undefined;
  if (holder === undefined || holder === null) return false;
  const name = placeName(definition, path);
  const unmap = (condition: unknown) => {
    const place = report.mapped.findIndex(({ to }) => to === condition);
    if (place >= 0) report.mapped.splice(place, 1);
  };
  if (last === 'visibleIf' && typeof holder['visibleIf'] === 'string') {
    book.miss(name, `shown only if ${holder['visibleIf']}`, fault.detail);
    unmap(holder['visibleIf']);
    delete holder['visibleIf'];
    return true;
  }
  if (last === 'holds' && path.includes('checks')) {
    const question = at(path.slice(0, 4)) as Holder;
    book.miss(name, `check ${String(holder['holds'])}`, fault.detail);
    unmap(holder['holds']);
    question['checks'] = (question['checks'] as unknown[]).filter((one) => one !== holder);
    if ((question['checks'] as unknown[]).length === 0) delete question['checks'];
    return true;
  }
  if (last === 'formula' && holder['gives'] === undefined && fault.detail.startsWith('This gives a text')) {
    holder['gives'] = 'text';
    return true;
  }
  if (path.includes('next') && (last === 'if' || last === 'to')) {
    const page = at(path.slice(0, 2)) as Holder;
    book.miss(name, `jump ${String(holder['if'] ?? '')} → ${String(holder['to'])}`, fault.detail);
    unmap(holder['if']);
    page['next'] = (page['next'] as unknown[]).filter((one) => one !== holder);
    if ((page['next'] as unknown[]).length === 0) delete page['next'];
    return true;
  }
  for (const list of ['quotas', 'ends'] as const) {
    if (path[0] !== list || last !== 'if') continue;
    book.miss(name, `${list === 'ends' ? 'end shown' : 'quota counted'} if ${String(holder['if'])}`, fault.detail);
    unmap(holder['if']);
    const rest = (definition[list] as unknown[]).filter((one) => one !== holder);
    if (rest.length === 0) delete definition[list];
    else definition[list] = rest as never;
    return true;
  }
  return false;
}

/** How a person would name a place: the code of its question, page or end. */
function placeName(definition: SurveyDefinition, path: readonly string[]): string {
  const [part, index, , question] = path;
  if (part === 'pages') {
    const page = definition.pages[Number(index)];
    return page?.questions[Number(question)]?.code ?? page?.code ?? `page ${Number(index) + 1}`;
  }
  const list = part === 'ends' || part === 'quotas' ? definition[part] : undefined;
  return list?.[Number(index)]?.code ?? part ?? '';
}
