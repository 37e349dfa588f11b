import { parseExpression, referencesIn } from '../../logic/expression.ts';
import type { Question, SurveyDefinition } from '../../model/survey.ts';
import { wordingsOf } from '../../model/wordings.ts';
import { codeMaker, languageTag } from './codes.ts';
import { finishReport, type ImportReport, openBook } from './report.ts';
import {
  isSaid,
  type JsContext,
  jsContext,
  listRest,
  settleConditions,
  type Taker,
  takerOf,
} from './survey-js-context.ts';
import { readJsQuestion } from './survey-js-questions.ts';
import { type DraftPage, defined, firstConsent, fittingPages, listIn, looseIn, textIn } from './survey-parts.ts';

/** Whether a JSON value looks like a survey of SurveyJS. */
export const isSurveyJs = (raw: unknown): boolean => {
  const { pages, elements, questions } = looseIn(raw);
  return [pages, elements, questions].some(Array.isArray) && looseIn(raw)['format'] !== 1;
};

/**
 * Reads a survey of SurveyJS, as its JSON stands in a file.
 *
 * @param raw the parsed JSON, of any shape
 * @returns the survey and what became of each part; its definition is null when there is no question in it
 * @see https://surveyjs.io/form-library/documentation/design-survey/create-a-simple-survey
 */
export function readSurveyJs(raw: unknown): ImportReport {
  const book = openBook('survey-js');
  const root = takerOf(looseIn(raw));
  const languages = languagesIn(raw, textIn(root.take('locale')));
  const context = jsContext(book, languages, codeMaker());
  const title = root.take('title');
  const pages = readPages(context, root);
  const calculated = readCalculatedValues(context, root);
  const endings = readEndings(context, root);
  const jumps = readTriggers(context, root, pages);
  settleConditions(context);
  placeCalculated(pages, calculated);
  jumps(pages, endings.ends);
  const kept = fittingPages(book, pages, (wanted) => context.codes(wanted, 'p'));
  const [first = 'en'] = languages;
  const code = codeMaker()(
    textIn(typeof title === 'object' ? Object.values(looseIn(title))[0] : title)
      .toLowerCase()
      .slice(0, 40) || 'survey',
    's',
  );
  const introduction = root.take('description');
  const definition = defined({
    format: 1,
    code,
    title: context.words('title', title, 'Imported survey'),
    introduction: isSaid(introduction) ? context.words('description', introduction, '') : undefined,
    languages,
    consent: firstConsent(book, languages),
    pages: kept,
    end: endings.end,
    ends: endings.ends.length > 0 ? endings.ends.slice(0, 50) : undefined,
  });
  translatePlaceholders(context, definition as unknown as SurveyDefinition);
  if (isSaid(title)) book.map('title', `title: ${(definition.title as Record<string, string>)[first] ?? ''}`);
  if (isSaid(introduction)) book.map('description', 'introduction');
  listRest(book, 'the survey', root.rest());
  return finishReport(book, definition);
}

/** Every language its texts are written in, the default one first. */
function languagesIn(raw: unknown, locale: string): string[] {
  const found = new Set([languageTag(locale) ?? 'en']);
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one);
    else if (typeof value === 'object' && value !== null) {
      const isText =
        Object.keys(value).length > 0 &&
        Object.entries(value).every(
          ([key, text]) => typeof text === 'string' && (key === 'default' || languageTag(key) !== null),
        );
      if (
        isText &&
        ('default' in value || Object.keys(value).every((key) => /^[a-z]{2}(-[A-Za-z]{2,4})?$/.test(key)))
      ) {
        for (const key of Object.keys(value))
          if (key !== 'default' && found.size < 50) found.add(languageTag(key) ?? 'en');
      } else for (const one of Object.values(value)) visit(one);
    }
  };
  visit(raw);
  return [...found];
}

function readPages(context: JsContext, root: Taker): DraftPage[] {
  const pages = listIn(root.take('pages')).map(looseIn);
  const loose = root.either('elements', 'questions');
  if (listIn(loose).length > 0) pages.push({ name: 'page1', elements: loose });
  const pageCode = codeMaker();
  return pages.map((source, index): DraftPage => {
    const taker = takerOf(source);
    const name = textIn(taker.take('name')) || `page${index + 1}`;
    const page: DraftPage = { code: pageCode(name, 'p'), questions: [] };
    const [title, description, order] = [
      taker.take('title'),
      taker.take('description'),
      taker.either('questionOrder', 'questionsOrder'),
    ];
    if (isSaid(title)) page.title = context.words(name, title, '');
    if (isSaid(description)) page.introduction = context.words(name, description, '');
    if (order === 'random') page.order = 'random';
    const condition = taker.take('visibleIf');
    if (isSaid(condition))
      context.pending.push({
        from: name,
        what: 'shown only if',
        sources: [textIn(condition)],
        use: (text) => {
          page.visibleIf = text;
        },
      });
    page.questions = readElements(context, taker.either('elements', 'questions'), []);
    context.book.map(`${name} (page)`, `page ${page.code}`);
    listRest(context.book, name, taker.rest());
    return page;
  });
}

/** Panels are opened up: their heading becomes a statement, their condition goes to everything within. */
function readElements(context: JsContext, list: unknown, conditions: readonly string[]): Question[] {
  return listIn(list).flatMap((one): Question[] => {
    const source = looseIn(one);
    if (source['type'] !== 'panel') {
      if (Object.keys(source).length > 0) return readJsQuestion(context, source, conditions);
      context.book.miss('an element', textIn(one) || 'something empty', 'It is no question');
      return [];
    }
    const taker = takerOf(source);
    taker.take('type');
    const name = textIn(taker.take('name')) || 'panel';
    const [title, description, own] = [taker.take('title'), taker.take('description'), taker.take('visibleIf')];
    const inner = [...conditions, ...(isSaid(own) ? [textIn(own)] : [])];
    const made: Question[] = [];
    if (isSaid(title) || isSaid(description)) {
      const heading: Question = {
        kind: 'statement',
        code: context.codes(name, 'q'),
        text: context.words(name, isSaid(title) ? title : description, name),
      };
      if (isSaid(title) && isSaid(description)) heading.hint = context.words(name, description, '');
      if (inner.length > 0)
        context.pending.push({
          from: name,
          what: 'shown only if',
          sources: inner,
          use: (text) => {
            heading.visibleIf = text;
          },
        });
      made.push(heading);
    }
    context.book.map(`${name} (panel)`, made.length > 0 ? 'a statement and its questions' : 'its questions');
    made.push(...readElements(context, taker.either('elements', 'questions'), inner));
    listRest(context.book, name, taker.rest());
    return made;
  });
}

/** Calculated values are named by all, so they are known before conditions are translated; their place comes later. */
function readCalculatedValues(context: JsContext, root: Taker): Question[] {
  const calculated: Question[] = [];
  const [first = 'en'] = context.languages;
  const waiting = listIn(root.take('calculatedValues')).flatMap((one) => {
    const [name, source] = [textIn(looseIn(one)['name']), textIn(looseIn(one)['expression'])];
    if (name === '' || source === '') {
      context.book.miss(name || 'a calculated value', source, 'It has no name or calculates nothing');
      return [];
    }
    const question: Question = {
      kind: 'calculated',
      code: context.codes(name, 'c'),
      text: { [first]: name },
      formula: '0',
    };
    context.targets.set(name, { address: question.code, holds: 'number', codes: null });
    context.book.map(`${name} (calculated value)`, `${question.code}: calculated`);
    const use = (formula: string) => {
      question.formula = formula;
      calculated.push(question);
    };
    return [{ from: name, what: 'calculated as', sources: [source], use }];
  });
  context.pending.unshift(...waiting);
  return calculated;
}

/** Puts each calculation where the last of what it needs has been asked, else at the beginning. */
function placeCalculated(pages: readonly DraftPage[], calculated: readonly Question[]): void {
  for (const question of calculated) {
    const read = question.kind === 'calculated' ? parseExpression(question.formula) : { error: '' };
    const needed = new Set('error' in read ? [] : referencesIn(read.expression).map(({ name }) => name.split('.')[0]));
    const page = pages.findLast((one) => one.questions.some((other) => needed.has(other.code))) ?? pages[0];
    page?.questions.splice(page.questions.findLastIndex((other) => needed.has(other.code)) + 1, 0, question);
  }
}

type End = NonNullable<SurveyDefinition['ends']>[number];

function readEndings(context: JsContext, root: Taker): { end: SurveyDefinition['end']; ends: End[] } {
  const ends: End[] = [];
  const code = codeMaker();
  const bySource = new Map<string, End>();
  const endFor = (source: string): End => {
    const known = bySource.get(source);
    if (known) return known;
    const end: End = { code: code(`end${ends.length + 1}`, 'e') };
    bySource.set(source, end);
    if (source === '') return end;
    context.pending.push({
      from: end.code,
      what: 'end shown if',
      sources: [source],
      use: (text) => {
        end.if = text;
        ends.push(end);
      },
    });
    return end;
  };
  for (const one of listIn(root.take('completedHtmlOnCondition')).map(looseIn)) {
    if (!isSaid(one['expression'])) continue;
    endFor(textIn(one['expression'])).text = context.words('completedHtmlOnCondition', one['html'], 'Thank you');
  }
  const linkOf = (end: End, url: unknown, from: string) => {
    const address = textIn(url).replaceAll(/\{([A-Za-z][\w.-]*)\}/g, '{{$1}}');
    if (/^https:\/\/[^\s/@\\?#]+(:\d+)?([/?#][^\s\\]*)?$/.test(address)) end.link = address;
    else if (address !== '')
      context.book.miss(from, `going on to ${address}`, 'An address to go on to begins with https://');
  };
  for (const one of listIn(root.take('navigateToUrlOnCondition')).map(looseIn))
    if (isSaid(one['expression'])) linkOf(endFor(textIn(one['expression'])), one['url'], 'navigateToUrlOnCondition');
  const html = root.take('completedHtml');
  const end = isSaid(html) ? context.words('completedHtml', html, '') : undefined;
  if (end) context.book.map('completedHtml', 'the words at the end');
  const url = root.take('navigateToUrl');
  if (isSaid(url)) {
    const last: End = { code: code('end', 'e'), ...(end && { text: end }) };
    linkOf(last, url, 'navigateToUrl');
    // It always holds, so it stands behind all others.
    if (last.link)
      context.pending.push({ from: 'navigateToUrl', what: 'end shown if', sources: [], use: () => ends.push(last) });
    if (last.link) context.book.map('navigateToUrl', `a link at the end to ${last.link}`);
  }
  return { end, ends };
}

/** Triggers that skip become jumps of the page on which the last answer they look at is given. */
function readTriggers(
  context: JsContext,
  root: Taker,
  pages: readonly DraftPage[],
): (kept: readonly DraftPage[], ends: End[]) => void {
  const jumps: { condition: string; to: string | null }[] = [];
  for (const one of listIn(root.take('triggers')).map(looseIn)) {
    const type = textIn(one['type']).replace(/trigger$/, '');
    const source = textIn(one['expression']);
    if ((type !== 'skip' && type !== 'complete') || source === '') {
      context.book.miss('triggers', `${type} ${source}`, 'Answers are never written or emptied by others');
      continue;
    }
    const target = context.targets.get(textIn(one['gotoName']))?.address.split('.')[0];
    const page = pages.find((other) => other.questions.some((question) => question.code === target));
    if (type === 'skip' && !page) {
      context.book.miss('triggers', `skip to ${textIn(one['gotoName'])} if ${source}`, 'There is no such question');
      continue;
    }
    context.pending.push({
      from: 'triggers',
      what: type === 'skip' ? `skip to ${textIn(one['gotoName'])} if` : 'complete if',
      sources: [source],
      use: (condition) => jumps.push({ condition, to: page?.code ?? null }),
    });
  }
  return (kept, ends) => {
    for (const { condition, to } of jumps) {
      const read = parseExpression(condition);
      const needed = 'error' in read ? [] : referencesIn(read.expression).map(({ name }) => name.split('.')[0]);
      const from = kept.findLast((page) => page.questions.some((question) => needed.includes(question.code)));
      if (!from) continue;
      if (to === null && !ends.some((end) => end.code === 'completed')) ends.push({ code: 'completed' });
      from.next = [...(from.next ?? []), { if: condition, to: to ?? 'completed' }];
    }
  };
}

/** `{name}` within texts becomes `{{code}}` where it names a question. */
function translatePlaceholders(context: JsContext, definition: SurveyDefinition): void {
  for (const { wording } of wordingsOf(definition)) {
    for (const [language, text] of Object.entries(wording)) {
      if (!text.includes('{')) continue;
      wording[language] = text.replaceAll(/\{([^{}]{1,100})\}/g, (whole, name: string) => {
        const target = context.targets.get(name.trim());
        if (!target || target.parts)
          context.book.miss(
            whole,
            'a placeholder in a text',
            'No single answer is called like it: it stands as it is written',
          );
        return target && !target.parts ? `{{${target.address}}}` : whole;
      });
    }
  }
}
