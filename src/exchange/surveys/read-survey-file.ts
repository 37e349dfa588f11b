import { checkSurvey } from '../../logic/check-survey.ts';
import { Problem } from '../../model/problem.ts';
import { SurveyDefinition } from '../../model/survey.ts';
import { decodeText, guessFormat, readDelimited } from '../delimited.ts';
import { inferSurvey } from './infer-survey.ts';
import { readLimeSurvey } from './lime-survey-in.ts';
import { isQualtrics, readQualtrics } from './qualtrics-in.ts';
import { type ImportReport, openBook, type SurveySource } from './report.ts';
import { readResponses } from './response-dialects.ts';
import { isSurveyJs, readSurveyJs } from './survey-js-in.ts';
import { looseIn } from './survey-parts.ts';

/** How deep JSON may be: what is read by functions that call themselves must never meet more. */
const JSON_DEPTH_MAX = 100;
const BYTES_MAX = 30_000_000;

export const SOURCE_NAMES: Readonly<Record<SurveySource, string>> = {
  verbatim: 'Verbatim',
  'survey-js': 'SurveyJS',
  'lime-survey': 'LimeSurvey',
  qualtrics: 'Qualtrics',
  table: 'a table of responses',
};

/**
 * Reads a survey from a file of whichever program: JSON of Verbatim or SurveyJS, .lss of LimeSurvey, .qsf of Qualtrics,
 * or a table of responses, from which a survey is proposed. What the file is, is told by what stands in it.
 *
 * @throws Problem `invalid` for a file that none of them wrote, `too-large` for one beyond all measure
 */
export function readSurveyFile(name: string, bytes: Uint8Array): ImportReport {
  if (bytes.byteLength > BYTES_MAX) throw new Problem('too-large', 'This file is too large to be a survey');
  const text = decodeText(bytes).replace(/^\uFEFF/, '');
  const [first = ''] = /\S/.exec(text) ?? [];
  if (first === '<') return readLimeSurvey(text);
  if (first === '{' || first === '[') return readJson(text);
  if (/\.(csv|tsv|txt)$/i.test(name)) return readTable(name, text);
  throw new Problem('invalid', 'This file is no survey that can be read', {
    detail: 'Choose JSON of Verbatim or SurveyJS, .lss of LimeSurvey, .qsf of Qualtrics, or a CSV of responses',
  });
}

/** Whether a file says of itself that it is a survey of Verbatim's: that comes in as it is, with nothing to translate. */
export function isOwnSurvey(text: string): boolean {
  if (depthOf(text) > JSON_DEPTH_MAX) return false;
  try {
    return looseIn(JSON.parse(text.replace(/^\uFEFF/, '')))['format'] === 1;
  } catch {
    return false;
  }
}

function readJson(text: string): ImportReport {
  if (depthOf(text) > JSON_DEPTH_MAX) throw new Problem('invalid', 'This file is nested too deeply to be a survey');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Problem('invalid', 'This file is not JSON', {
      detail: `The reader says: ${(error as Error).message}`,
      cause: error,
    });
  }
  if (isQualtrics(raw)) return readQualtrics(raw);
  if (isSurveyJs(raw)) return readSurveyJs(raw);
  if (looseIn(raw)['format'] === 1) return readOwn(raw);
  throw new Problem('invalid', 'This JSON is no survey that can be read', {
    detail: 'It has neither format 1 as Verbatim writes it, nor the pages of SurveyJS, nor the elements of Qualtrics',
  });
}

function readOwn(raw: unknown): ImportReport {
  const book = openBook('verbatim');
  const parsed = SurveyDefinition.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues.slice(0, 50))
      book.warn(`#/${issue.path.map(String).join('/')}`, issue.message);
    return book.report;
  }
  const { data } = parsed;
  for (const page of data.pages)
    for (const question of page.questions) book.map(question.code, `${question.code}: ${question.kind}`);
  for (const fault of checkSurvey(data)) book.warn(fault.pointer, fault.detail);
  return Object.assign(book.report, { definition: data });
}

function readTable(name: string, text: string): ImportReport {
  const { delimiter, isQuoted } = guessFormat(text);
  let rows: string[][];
  try {
    ({ rows } = readDelimited(text, { delimiter, isQuoted, hasHeader: false }));
  } catch (error) {
    throw new Problem('invalid', 'This file cannot be read as a table', {
      detail: `The reader says: ${(error as Error).message}`,
      cause: error,
    });
  }
  if (rows.length < 2)
    throw new Problem('invalid', 'There are no responses in this table', {
      detail: 'Its first line names the columns, each further line is a response',
    });
  return inferSurvey(readResponses(rows, null), name.replace(/\.[^.]*$/, '').slice(0, 100));
}

/** How deeply brackets are nested, found without parsing, texts left out. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let i = 0; i < json.length; i += 1) {
    const letter = json[i];
    if (isText) {
      if (letter === '\\') i += 1;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === '{' || letter === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (letter === '}' || letter === ']') depth -= 1;
  }
  return deepest;
}
