import { parseExpression } from '../../logic/expression.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingsOf } from '../../model/wordings.ts';
import { codeMaker, languageTag } from './codes.ts';
import { fromLimeExpression } from './lime-expressions.ts';
import type { LimeContext } from './lime-parts.ts';
import { readLimeQuestion } from './lime-questions.ts';
import { type LimeGroup, readLimeSource, textsBy } from './lime-source.ts';
import { type LimeRow, type LimeTables, readLimeTables } from './lime-tables.ts';
import { printExpression } from './print-expression.ts';
import { finishReport, type ImportReport, openBook } from './report.ts';
import { type DraftPage, defined, firstConsent, fittingPages, wordingFrom } from './survey-parts.ts';
import { Untranslatable } from './targets.ts';

/** Tables that are read row by row; whatever else has rows is listed. */
const READ_TABLES = new Set([
  'answers',
  'answer_l10ns',
  'groups',
  'group_l10ns',
  'questions',
  'subquestions',
  'question_l10ns',
  'question_attributes',
  'surveys',
  'surveys_languagesettings',
  'quota',
  'quota_members',
  'survey_url_parameters',
]);

/**
 * Reads a survey that LimeSurvey exported: a whole one (.lss), a group (.lsg) or a question (.lsq).
 *
 * @throws Problem `invalid` for a file that is no XML of LimeSurvey
 */
export function readLimeSurvey(xml: string): ImportReport {
  const tables = readLimeTables(xml);
  const book = openBook('lime-survey');
  const [survey = {}] = tables.rows('surveys');
  const languages = [
    ...new Set(
      [survey['language'] ?? '', ...(survey['additional_languages'] ?? '').split(/\s+/), ...tables.languages]
        .map(languageTag)
        .filter((one) => one !== null),
    ),
  ].slice(0, 50);
  if (languages.length === 0) languages.push('en');
  const [first = 'en'] = languages;
  const context: LimeContext = {
    book,
    languages,
    codes: codeMaker(),
    targets: new Map(),
    pending: [],
    sid: survey['sid'] ?? '',
  };
  const groups = readLimeSource(tables, first);
  const pages = groups.map((group) => readGroup(context, group));
  const opening = pages[0];
  if (opening) opening.questions.unshift(...urlParameters(context, tables));
  const quotas = readQuotas(context, tables, groups);
  settle(context);
  const kept = fittingPages(book, pages, (wanted) => context.codes(wanted, 'p'));
  const settings = tables
    .rows('surveys_languagesettings')
    .map((row): LimeRow => ({ ...row, language: row['surveyls_language'] ?? first, id: '1' }));
  const said = (field: string) => textsBy(settings, 'id', field, first).get('1') ?? {};
  const wording = (field: string, what: string) => {
    const texts = said(field);
    if (Object.keys(texts).length === 0) return undefined;
    book.map(field, what);
    return wordingFrom(book, field, texts, languages, '');
  };
  const title = wording('surveyls_title', 'title') ?? { [first]: groups[0]?.questions[0]?.code ?? 'Imported survey' };
  const link = Object.values(said('surveyls_url')).find((one) =>
    /^https:\/\/[^\s/@\\?#{]+(:\d+)?([/?#][^\s\\{]*)?$/.test(one),
  );
  if (Object.keys(said('surveyls_url')).length > 0 && link === undefined)
    book.miss(
      'surveyls_url',
      Object.values(said('surveyls_url'))[0] ?? '',
      'An address to go on to begins with https:// and holds no placeholders',
    );
  const definition = defined({
    format: 1,
    code: codeMaker()((title[first] ?? '').toLowerCase().slice(0, 40) || 'survey', 's'),
    title,
    introduction: wording('surveyls_welcometext', 'introduction') ?? wording('surveyls_description', 'introduction'),
    languages,
    consent: firstConsent(book, languages),
    pages: kept,
    blocks: blocksOf(context, groups, kept),
    end: wording('surveyls_endtext', 'the words at the end'),
    ends: link === undefined ? undefined : [{ code: 'end', link }],
    quotas: quotas.length > 0 ? quotas : undefined,
  });
  listSettings(context, tables, survey, settings);
  translatePlaceholders(context, definition as unknown as SurveyDefinition);
  return finishReport(book, definition);
}

function readGroup(context: LimeContext, group: LimeGroup): DraftPage {
  const { book, languages } = context;
  const name = Object.values(group.names)[0] ?? `group ${group.gid}`;
  const page: DraftPage = { code: context.codes(`page_${group.gid || '1'}`, 'p'), questions: [] };
  if (Object.keys(group.names).length > 0) page.title = wordingFrom(book, name, group.names, languages, name);
  if (Object.values(group.descriptions).some((one) => one.trim() !== ''))
    page.introduction = wordingFrom(book, name, group.descriptions, languages, '');
  const relevance = (group.row['grelevance'] ?? '').trim();
  if (relevance !== '' && relevance !== '1')
    context.pending.push({
      from: name,
      what: 'shown only if',
      source: relevance,
      use: (condition) => {
        page.visibleIf = condition;
      },
    });
  page.questions = group.questions.flatMap((question) => readLimeQuestion(context, question));
  book.map(`${name} (group)`, `page ${page.code}`);
  return page;
}

/** Groups drawn among each other become a block. */
function blocksOf(
  { book, codes }: LimeContext,
  groups: readonly LimeGroup[],
  pages: readonly DraftPage[],
): SurveyDefinition['blocks'] {
  const names = new Map<string, string[]>();
  for (const group of groups) {
    const name = group.row['randomization_group'] ?? '';
    const page = pages.find((one) => one.code === `page_${group.gid}`);
    if (name !== '' && page) names.set(name, [...(names.get(name) ?? []), page.code]);
  }
  const blocks = [...names].map(([name, members]) => {
    book.map(
      `randomisation group ${name}`,
      members.length === 1 ? 'a block of one page' : `a block of ${members.length} pages in drawn order`,
    );
    return { code: codes(name, 'b'), pages: members, order: 'random' as const };
  });
  return blocks.length > 0 ? blocks.slice(0, 50) : undefined;
}

function urlParameters(context: LimeContext, tables: LimeTables): DraftPage['questions'] {
  const [first = 'en'] = context.languages;
  return tables.rows('survey_url_parameters').flatMap((row): DraftPage['questions'] => {
    const name = row['parameter'] ?? '';
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) {
      context.book.miss(
        `parameter ${name}`,
        'a value brought by the address',
        'Its name holds signs that no parameter may have',
      );
      return [];
    }
    const code = context.codes(name, 'h');
    context.book.map(`parameter ${name}`, `${code}: hidden`);
    if ((row['targetqid'] ?? '') !== '')
      context.book.miss(
        `parameter ${name}`,
        `fills in the question ${row['targetqid']}`,
        'What the address brings is kept by itself',
      );
    return [{ kind: 'hidden', code, text: { [first]: name }, ...(code !== name && { parameter: name }) }];
  });
}

/** Answers of one question are alternatives, different questions must all hold. */
function readQuotas(
  context: LimeContext,
  tables: LimeTables,
  groups: readonly LimeGroup[],
): NonNullable<SurveyDefinition['quotas']> {
  const { book } = context;
  const questions = new Map(
    groups.flatMap((group) => group.questions.map((question) => [question.qid, question] as const)),
  );
  const members = tables.rows('quota_members');
  const make = codeMaker();
  const quotas: NonNullable<SurveyDefinition['quotas']> = [];
  for (const row of tables.rows('quota').slice(0, 200)) {
    const name = row['name'] || `quota ${row['id']}`;
    if (row['active'] === '0') {
      book.miss(name, 'a quota', 'It was switched off');
      continue;
    }
    const byQuestion = new Map<string, string[]>();
    for (const member of members.filter((one) => one['quota_id'] === row['id'])) {
      const code = questions.get(member['qid'] ?? '')?.code ?? `question ${member['qid']}`;
      const value = member['code'] ?? '';
      const isBox = ['M', 'P'].includes(questions.get(member['qid'] ?? '')?.type ?? '');
      const test = isBox ? `${code}_${value} == "Y"` : `${code} == "${value.replaceAll('"', '')}"`;
      byQuestion.set(code, [...(byQuestion.get(code) ?? []), test]);
    }
    const source = [...byQuestion.values()].map((tests) => `(${tests.join(' or ')})`).join(' and ');
    const limit = Number(row['qlimit'] ?? '0');
    if (source === '' || !Number.isInteger(limit) || limit < 0 || limit > 10_000_000) {
      book.miss(name, `a quota of ${row['qlimit']}`, 'It counts nothing');
      continue;
    }
    context.pending.push({
      from: name,
      what: `quota of ${limit}, counted if`,
      source,
      use: (condition) =>
        quotas.push({
          code: make(name, 'q'),
          name: name.slice(0, 200),
          if: condition,
          limit,
          ...(row['action'] !== '1' && row['action'] !== undefined && { whenFull: 'end' as const }),
        }),
    });
  }
  return quotas;
}

function settle(context: LimeContext): void {
  for (const { from, what, source, use } of context.pending) {
    try {
      const text = printExpression(fromLimeExpression(source, (name) => context.targets.get(name) ?? null));
      const read = parseExpression(text);
      if ('error' in read || text.length > 2000) throw new Untranslatable('This condition is too long or too deep');
      use(text);
      context.book.map(`${from}: ${what} ${source}`.slice(0, 400), text);
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      context.book.miss(from, `${what} ${source}`, error.message);
    }
  }
}

/** What is set for the survey as a whole and has no counterpart, and tables that hold more than questions. */
function listSettings({ book }: LimeContext, tables: LimeTables, survey: LimeRow, settings: readonly LimeRow[]): void {
  const usual = new Set(['', 'N', '0', 'I', 'inherit', '-1']);
  const known = new Set(['sid', 'language', 'additional_languages']);
  const set = Object.entries(survey).filter(([name, value]) => !known.has(name) && !usual.has(value));
  if (set.length > 0)
    book.miss(
      'surveys',
      `settings: ${set.map(([name]) => name).join(', ')}`,
      'A survey is run by Verbatim’s own settings',
    );
  const read = new Set([
    'surveyls_survey_id',
    'surveyls_language',
    'surveyls_title',
    'surveyls_welcometext',
    'surveyls_description',
    'surveyls_endtext',
    'surveyls_url',
    'language',
    'id',
  ]);
  const texts = [
    ...new Set(
      settings.flatMap((row) => Object.keys(row).filter((name) => !read.has(name) && (row[name] ?? '').trim() !== '')),
    ),
  ];
  if (texts.length > 0)
    book.miss(
      'surveys_languagesettings',
      `texts and formats: ${texts.join(', ')}`,
      'Letters and notices are written in Verbatim',
    );
  for (const table of tables.names) {
    if (READ_TABLES.has(table)) continue;
    const rows = tables.rows(table);
    if (rows.length === 0) continue;
    const why: Record<string, string> = {
      assessments: 'Scores are worked out by scales: write an instrument',
      conditions: 'Newer files say the same in each question’s relevance, which was read',
      defaultvalues: 'No answer is filled in beforehand: it would lead',
      quota_languagesettings: 'A full quota has its own words in Verbatim',
    };
    book.miss(
      table,
      rows.length === 1 ? 'one row' : `${rows.length} rows`,
      why[table] ?? 'Verbatim has nothing like it',
    );
  }
}

/** `{Q1.NAOK}` within texts becomes `{{Q1}}`. */
function translatePlaceholders({ book, targets }: LimeContext, definition: SurveyDefinition): void {
  for (const { wording } of wordingsOf(definition)) {
    for (const [language, text] of Object.entries(wording)) {
      if (!text.includes('{')) continue;
      wording[language] = text.replaceAll(/\{([^{}\n]{1,200})\}/g, (whole, name: string) => {
        const person = /^TOKEN:([A-Za-z_0-9]+)$/.exec(name.trim())?.[1];
        if (person !== undefined) return `{{attribute:${person.toLowerCase()}}}`;
        const target = targets.get(name.trim().replace(/\.(NAOK|shown|code|value)$/i, ''));
        if (!target || target.parts || target.option !== undefined)
          book.miss(whole, 'a placeholder in a text', 'No single answer is called like it: it stands as it is written');
        return target && !target.parts && target.option === undefined ? `{{${target.address}}}` : whole;
      });
    }
  }
}
