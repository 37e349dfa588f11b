import type { Option, QuestionOf, Wording } from '../../model/survey.ts';
import { type CodeMaker, codeMaker } from './codes.ts';
import type { LimeTarget } from './lime-expressions.ts';
import type { LimeChoice, LimeQuestion } from './lime-source.ts';
import type { ReportBook } from './report.ts';
import { wordingFrom } from './survey-parts.ts';

export type LimePending = { from: string; what: string; source: string; use: (expression: string) => void };

export type LimeContext = {
  book: ReportBook;
  languages: readonly string[];
  codes: CodeMaker;
  /** By the names conditions use: `Q1`, `Q1_SQ001`, and the older `111X2X3SQ001`. */
  targets: Map<string, LimeTarget>;
  pending: LimePending[];
  sid: string;
};

type DraftRow = QuestionOf<'battery'>['rows'][number];

export type Reader = { context: LimeContext; question: LimeQuestion; code: string; text: Wording };

/** Registers a name, in both spellings conditions have had. */
export function aim({ context, question }: Reader, suffix: string, target: LimeTarget): void {
  context.targets.set(suffix === '' ? question.code : `${question.code}_${suffix}`, target);
  context.targets.set(`${context.sid}X${question.row['gid'] ?? ''}X${question.qid}${suffix}`, target);
}

export function options(
  reader: Reader,
  choices: readonly LimeChoice[],
  prefix = 'o',
): { options: Option[]; codes: Map<string, string> } {
  const { context, question } = reader;
  const make = codeMaker();
  const codes = new Map<string, string>();
  const list = choices.slice(0, 990).map((one): Option => {
    const code = make(one.code, prefix);
    codes.set(one.code, code);
    return {
      code,
      ...(prefix === 'o' && one.code !== '' && one.code !== code && { alias: one.code }),
      text: wordingFrom(context.book, `${question.code}: ${one.code}`, one.texts, context.languages, one.code || code),
    };
  });
  if (choices.length > 990)
    context.book.miss(question.code, 'answers after the first 990', 'There may be a thousand at most');
  if (question.row['other'] === 'Y' && prefix === 'o') {
    const label = question.attributes.get('other_replace_text');
    const code = make('other', prefix);
    codes.set('-oth-', code);
    list.push({
      code,
      text: wordingFrom(
        context.book,
        question.code,
        label ? { [context.languages[0] ?? 'en']: label } : {},
        context.languages,
        'Other',
      ),
      comment: 'required',
      pinned: true,
    });
  }
  return { options: list, codes };
}

/** Rows, each with its own condition. */
export function rowsOf(
  reader: Reader,
  scale = 0,
): {
  rows: DraftRow[];
  codes: Map<string, string>;
} {
  const { context, question } = reader;
  const subs = question.subquestions.filter((one) => one.scale === scale).slice(0, 200);
  const { options: list, codes } = options(reader, subs, 'r');
  const rows: DraftRow[] = list;
  subs.forEach((one, index) => {
    const relevance = one.relevance.trim();
    const row = rows[index];
    if (row && relevance !== '' && relevance !== '1')
      context.pending.push({
        from: `${question.code}: ${one.code}`,
        what: 'shown only if',
        source: relevance,
        use: (condition) => {
          row.visibleIf = condition;
        },
      });
  });
  return { rows, codes };
}
