import { languageTag } from './codes.ts';
import type { LimeRow, LimeTables } from './lime-tables.ts';

export type LimeTexts = Record<string, string>;
export type LimeChoice = { code: string; texts: LimeTexts; scale: number };
/** A question of LimeSurvey with everything of it that stands in other tables. */
export type LimeQuestion = {
  qid: string;
  code: string;
  type: string;
  row: LimeRow;
  texts: LimeTexts;
  helps: LimeTexts;
  relevance: string;
  /** Rows, boxes or fields; scale 1 are the columns of a table of numbers or texts. */
  subquestions: (LimeChoice & { relevance: string })[];
  answers: LimeChoice[];
  attributes: ReadonlyMap<string, string>;
};
export type LimeGroup = {
  gid: string;
  row: LimeRow;
  names: LimeTexts;
  descriptions: LimeTexts;
  questions: LimeQuestion[];
};

/**
 * Joins the tables of LimeSurvey by their ids, in the newer shape (texts in tables of their own) and the older one (a
 * row for each language).
 *
 * @param first the language of texts that do not say theirs
 */
export function readLimeSource(tables: LimeTables, first: string): LimeGroup[] {
  const sub = new Set<LimeRow>();
  const questionRows = [...tables.rows('questions'), ...tables.rows('subquestions')];
  for (const row of questionRows) if (isId(row['parent_qid'])) sub.add(row);
  const questionTexts = textsBy(tables.rows('question_l10ns'), 'qid', 'question', first);
  const helpTexts = textsBy(tables.rows('question_l10ns'), 'qid', 'help', first);
  const oldTexts = textsBy(questionRows, 'qid', 'question', first);
  const oldHelps = textsBy(questionRows, 'qid', 'help', first);
  const answerTexts = textsBy(tables.rows('answer_l10ns'), 'aid', 'answer', first);
  const attributes = new Map<string, Map<string, string>>();
  for (const { qid = '', attribute = '', value = '' } of tables.rows('question_attributes')) {
    if (value.trim() === '') continue;
    const own = attributes.get(qid) ?? new Map<string, string>();
    attributes.set(qid, own.set(attribute, own.get(attribute) ?? value));
  }

  const subquestions = grouped(
    once([...sub], (row) => row['qid'] ?? ''),
    (row) => row['parent_qid'] ?? '',
  );
  const answerRows = tables.rows('answers');
  const oldAnswers = new Map<string, LimeTexts>();
  const answerKey = (row: LimeRow) => `${row['qid']}|${row['scale_id'] ?? 0}|${row['code']}`;
  for (const row of answerRows) addText(oldAnswers, answerKey(row), row['language'], row['answer'], first);
  const answers = grouped(once(answerRows, answerKey), (row) => row['qid'] ?? '');

  const choice = (row: LimeRow, code: string, texts: LimeTexts | undefined): LimeChoice => ({
    code,
    texts: texts ?? {},
    scale: Number(row['scale_id'] ?? 0) || 0,
  });
  const question = (row: LimeRow): LimeQuestion => {
    const qid = row['qid'] ?? '';
    return {
      qid,
      code: row['title'] ?? '',
      type: row['type'] ?? '',
      row,
      texts: questionTexts.get(qid) ?? oldTexts.get(qid) ?? {},
      helps: helpTexts.get(qid) ?? oldHelps.get(qid) ?? {},
      relevance: row['relevance'] ?? '',
      subquestions: inOrder(subquestions.get(qid) ?? [], 'question_order').map((one) => ({
        ...choice(one, one['title'] ?? '', questionTexts.get(one['qid'] ?? '') ?? oldTexts.get(one['qid'] ?? '')),
        relevance: one['relevance'] ?? '',
      })),
      answers: inOrder(answers.get(qid) ?? [], 'sortorder').map((one) =>
        choice(one, one['code'] ?? '', answerTexts.get(one['aid'] ?? '') ?? oldAnswers.get(answerKey(one))),
      ),
      attributes: attributes.get(qid) ?? new Map(),
    };
  };

  const main = grouped(
    once(
      questionRows.filter((row) => !sub.has(row)),
      (row) => row['qid'] ?? '',
    ),
    (row) => row['gid'] ?? '',
  );
  const groupTexts = textsBy(tables.rows('group_l10ns'), 'gid', 'group_name', first);
  const groupDescriptions = textsBy(tables.rows('group_l10ns'), 'gid', 'description', first);
  const oldNames = textsBy(tables.rows('groups'), 'gid', 'group_name', first);
  const oldDescriptions = textsBy(tables.rows('groups'), 'gid', 'description', first);
  const groupRows = inOrder(
    once(tables.rows('groups'), (row) => row['gid'] ?? ''),
    'group_order',
  );
  const known = new Set(groupRows.map((row) => row['gid']));
  // A file with one question has no groups.
  const stray = [...main.keys()].filter((gid) => !known.has(gid)).map((gid): LimeRow => ({ gid }));
  return [...groupRows, ...stray].map((row) => {
    const gid = row['gid'] ?? '';
    return {
      gid,
      row,
      names: groupTexts.get(gid) ?? oldNames.get(gid) ?? {},
      descriptions: groupDescriptions.get(gid) ?? oldDescriptions.get(gid) ?? {},
      questions: inOrder(main.get(gid) ?? [], 'question_order').map(question),
    };
  });
}

const isId = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

function addText(
  found: Map<string, LimeTexts>,
  id: string,
  language: string | undefined,
  text: string | undefined,
  first: string,
): void {
  if (text === undefined || text === '') return;
  const own = found.get(id) ?? {};
  own[languageTag(language ?? first) ?? first] ??= text;
  found.set(id, own);
}

export function textsBy(rows: readonly LimeRow[], id: string, field: string, first: string): Map<string, LimeTexts> {
  const found = new Map<string, LimeTexts>();
  for (const row of rows) addText(found, row[id] ?? '', row['language'], row[field], first);
  return found;
}

function grouped(rows: readonly LimeRow[], key: (row: LimeRow) => string): Map<string, LimeRow[]> {
  const found = new Map<string, LimeRow[]>();
  for (const row of rows) {
    const own = found.get(key(row));
    if (own) own.push(row);
    else found.set(key(row), [row]);
  }
  return found;
}

/** The first row of each: older files have one for every language. */
function once(rows: readonly LimeRow[], key: (row: LimeRow) => string): LimeRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const own = key(row);
    if (seen.has(own)) return false;
    seen.add(own);
    return true;
  });
}

const inOrder = (rows: readonly LimeRow[], field: string): LimeRow[] =>
  [...rows].sort((a, b) => (Number(a[field]) || 0) - (Number(b[field]) || 0));
