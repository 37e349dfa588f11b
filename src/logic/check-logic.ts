import type { Item } from '../model/items.ts';
import type { Page, Question, SurveyDefinition, Wording } from '../model/survey.ts';
import type { SurveyFault } from '../model/survey-check.ts';
import { checkExpression, type Known, type Names } from './check-expression.ts';
import { type CompiledSurvey, compileSurvey } from './compile-survey.ts';
import { parseExpression } from './expression.ts';
import type { ValueType } from './functions.ts';
import { placeholdersIn } from './placeholders.ts';

/**
 * What is wrong with a survey's conditions, calculations, jumps and placeholders, found before anybody answers: names
 * nobody knows, answers asked for later, jumps back, pages and ends nobody can reach, options carried in a circle.
 */
export function checkLogic(definition: SurveyDefinition): SurveyFault[] {
  const survey = compileSurvey(definition);
  return [
    ...checkQuestions(survey),
    ...checkJumps(survey),
    ...checkEnds(survey),
    ...checkBlocks(definition),
    ...checkPlaceholders(survey),
  ];
}

/** Where every question stands: pages apart or within one page, pages in one order or in drawn ones. */
type Place = { page: number; position: number; block: string | null; pageIsDrawn: boolean };

const placed = new WeakMap<CompiledSurvey, Map<string, Place>>();

function places(survey: CompiledSurvey): Map<string, Place> {
  const known = placed.get(survey);
  if (known) return known;
  const { definition } = survey;
  const found = new Map<string, Place>();
  definition.pages.forEach((page, p) =>
    page.questions.forEach((question, position) =>
      found.set(question.code, {
        page: p,
        position,
        block: definition.blocks?.find((block) => block.pages.includes(page.code))?.code ?? null,
        pageIsDrawn: page.take !== undefined || (page.order ?? 'as-written') !== 'as-written',
      }),
    ),
  );
  placed.set(survey, found);
  return found;
}

/** Null when `other` is surely asked before `here`, else why it is not. */
function whyNotBefore(definition: SurveyDefinition, here: Place, other: Place, code: string): string | null {
  const blocks = definition.blocks ?? [];
  const isDrawn = (order: string | undefined) => (order ?? 'as-written') !== 'as-written';
  if (other.page === here.page) {
    if (here.pageIsDrawn) return `“${code}” stands on the same page, whose questions are put in a drawn order`;
    return other.position < here.position ? null : `“${code}” is asked later, so it is not known here`;
  }
  if (other.block !== here.block && (other.block !== null || here.block !== null)) {
    if (isDrawn(definition.blockOrder) && other.block !== null && here.block !== null)
      return `“${code}” stands in another block, and the blocks are put in a drawn order`;
  } else if (here.block !== null && isDrawn(blocks.find((block) => block.code === here.block)?.order)) {
    return `“${code}” stands in the same block, whose pages are put in a drawn order`;
  }
  return other.page < here.page ? null : `“${code}” is asked later, so it is not known here`;
}

const itemType = (item: Item): Known => {
  const codes = item.options.map((option) => option.code);
  switch (item.holds) {
    case 'number':
      return { type: 'number' };
    case 'code':
      return { type: 'text', codes };
    case 'codes':
    case 'ranking':
      return { type: 'list', codes };
    default:
      return { type: 'text' };
  }
};

/** @param here where the expression stands; null after the last page, `self` adds the question whose own checks it is */
function namesAt(survey: CompiledSurvey, here: Place | null, own: string | null): Names {
  const where = places(survey);
  return (source, name) => {
    if (source === 'attribute') return { type: 'any' };
    if (source === 'segment') return { type: 'yes-no' };
    const item = survey.itemsByAddress.get(name);
    if (!item) {
      const question = survey.questions.get(name);
      if (!question) return null;
      return question.kind === 'statement'
        ? { error: `“${name}” is a statement and has no answer` }
        : {
            error: `“${name}” has several answers: name one of them, such as {${rowExample(survey, name)}}`,
            isWhole: true,
          };
    }
    const { code } = item.question;
    const place = where.get(code);
    const why = here && place && code !== own ? whyNotBefore(survey.definition, here, place, code) : null;
    return why === null ? itemType(item) : { error: why };
  };
}

const rowExample = (survey: CompiledSurvey, code: string): string =>
  survey.items.find((item) => item.question.code === code)?.address ?? `${code}.row`;

/** Faults of one expression, each with its place in the survey. */
function faultsOf(source: string, names: Names, wanted: ValueType, pointer: string): SurveyFault[] {
  const read = parseExpression(source);
  if ('error' in read) return [{ pointer, detail: `${read.error} (character ${read.at + 1} of “${source}”)` }];
  const { known, faults } = checkExpression(read.expression, names);
  const found = faults.map((fault) => ({
    pointer,
    detail: `${fault.detail} (character ${fault.at + 1} of “${source}”)`,
  }));
  if (found.length === 0 && known.type !== 'any' && known.type !== wanted && wanted !== 'any')
    found.push({
      pointer,
      detail: `“${source}” should come to ${wanted === 'yes-no' ? 'a yes or no' : `a ${wanted}`}`,
    });
  return found;
}

function checkQuestions(survey: CompiledSurvey): SurveyFault[] {
  const where = places(survey);
  const faults: SurveyFault[] = [];
  survey.definition.pages.forEach((page, p) => {
    const first = page.questions[0] && where.get(page.questions[0].code);
    const beforePage = namesAt(survey, first ? { ...first, position: 0 } : null, null);
    if (page.visibleIf !== undefined)
      faults.push(...faultsOf(page.visibleIf, beforePage, 'yes-no', `#/pages/${p}/visibleIf`));
    page.questions.forEach((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      const place = where.get(question.code) ?? null;
      const before = namesAt(survey, place, null);
      const condition = (source: string | undefined, at: string) => {
        if (source !== undefined) faults.push(...faultsOf(source, before, 'yes-no', at));
      };
      condition(question.visibleIf, `${pointer}/visibleIf`);
      for (const part of ['options', 'rows', 'columns'] as const) {
        const list = (question as Partial<Record<typeof part, readonly { visibleIf?: string }[]>>)[part];
        list?.forEach((one, index) => condition(one.visibleIf, `${pointer}/${part}/${index}/visibleIf`));
      }
      // A check is made once what is shown together has been sent, so it may look at everything on that screen.
      const onPage = namesAt(
        survey,
        place && { ...place, pageIsDrawn: false, position: lastBeside(survey, page, question) + 1 },
        question.code,
      );
      question.checks?.forEach((check, c) =>
        faults.push(...faultsOf(check.holds, onPage, 'yes-no', `${pointer}/checks/${c}/holds`)),
      );
      if (question.kind === 'calculated') {
        const wanted = question.gives ?? 'number';
        const own = faultsOf(question.formula, before, 'any', `${pointer}/formula`);
        faults.push(...own);
        if (own.length === 0 && wanted === 'number' && typeOf(question.formula, before) === 'text')
          faults.push({
            pointer: `${pointer}/formula`,
            detail: 'This gives a text: say so under “gives”, or calculate a number',
          });
      }
      faults.push(...checkCarried(survey, question, pointer, where));
    });
  });
  return faults;
}

/** The place on its page of the last question that is shown together with one. */
function lastBeside(survey: CompiledSurvey, page: Page, question: Question): number {
  const screen = survey.screens.find(({ questions }) => questions.includes(question));
  const last = screen?.questions.at(-1);
  return last ? page.questions.indexOf(last) : page.questions.length;
}

function typeOf(source: string, names: Names): ValueType {
  const read = parseExpression(source);
  return 'error' in read ? 'any' : checkExpression(read.expression, names).known.type;
}

function checkCarried(
  survey: CompiledSurvey,
  question: Question,
  pointer: string,
  where: ReadonlyMap<string, Place>,
): SurveyFault[] {
  const faults: SurveyFault[] = [];
  for (const part of ['optionsFrom', 'rowsFrom'] as const) {
    const from = (question as Partial<Record<typeof part, { question: string }>>)[part];
    if (!from) continue;
    const source = survey.questions.get(from.question);
    const [here, there] = [where.get(question.code), where.get(from.question)];
    if (!source) faults.push({ pointer: `${pointer}/${part}`, detail: `There is no question “${from.question}”` });
    else if (!['single', 'multiple', 'ranking'].includes(source.kind))
      faults.push({ pointer: `${pointer}/${part}`, detail: `“${from.question}” has no options to carry over` });
    else if (here && there) {
      const why =
        from.question === question.code
          ? 'A question cannot carry over from itself'
          : whyNotBefore(survey.definition, here, there, from.question);
      if (why) faults.push({ pointer: `${pointer}/${part}`, detail: why });
    }
  }
  return faults;
}

function checkJumps(survey: CompiledSurvey): SurveyFault[] {
  const { definition } = survey;
  const faults: SurveyFault[] = [];
  const where = places(survey);
  const reached = new Set([0]);
  definition.pages.forEach((page, p) => {
    const last = page.questions.at(-1);
    const place = last && where.get(last.code);
    const after = namesAt(
      survey,
      place ? { ...place, pageIsDrawn: false, position: Number.MAX_SAFE_INTEGER } : null,
      null,
    );
    page.next?.forEach((next, n) => {
      const pointer = `#/pages/${p}/next/${n}`;
      if (next.if !== undefined) faults.push(...faultsOf(next.if, after, 'yes-no', `${pointer}/if`));
      const target = definition.pages.findIndex((one) => one.code === next.to);
      const isEnd = definition.ends?.some((end) => end.code === next.to) ?? false;
      if (target < 0 && !isEnd)
        faults.push({ pointer: `${pointer}/to`, detail: `There is no page and no end called “${next.to}”` });
      else if (target >= 0 && target <= p)
        faults.push({
          pointer: `${pointer}/to`,
          detail: `“${next.to}” comes before this page or is it: jumps go forward`,
        });
      if (target > p && reached.has(p)) reached.add(target);
      if (next.if === undefined && n < (page.next?.length ?? 0) - 1)
        faults.push({ pointer, detail: 'This always holds, so what stands after it is never reached' });
    });
    const isAlwaysLeft = page.visibleIf === undefined && page.next?.some((next) => next.if === undefined);
    if (reached.has(p) && !isAlwaysLeft) reached.add(p + 1);
    if (!reached.has(p))
      faults.push({
        pointer: `#/pages/${p}`,
        detail: `Nobody can reach the page “${page.code}”: every way jumps over it`,
      });
  });
  return faults;
}

function checkEnds(survey: CompiledSurvey): SurveyFault[] {
  const { definition } = survey;
  const faults: SurveyFault[] = [];
  const all = namesAt(survey, null, null);
  const targets = new Set(definition.pages.flatMap((page) => page.next?.map((next) => next.to) ?? []));
  const seen = new Set(definition.pages.map((page) => page.code));
  let isClosed = false;
  definition.ends?.forEach((end, e) => {
    const pointer = `#/ends/${e}`;
    if (seen.has(end.code))
      faults.push({ pointer: `${pointer}/code`, detail: `The code “${end.code}” is used twice among pages and ends` });
    seen.add(end.code);
    if (end.if !== undefined) faults.push(...faultsOf(end.if, all, 'yes-no', `${pointer}/if`));
    if (isClosed && !targets.has(end.code))
      faults.push({ pointer, detail: `Nobody can reach the end “${end.code}”: the one before it always holds` });
    if (end.if === undefined) isClosed = true;
  });
  const quotas = new Set<string>();
  definition.quotas?.forEach((quota, q) => {
    if (quotas.has(quota.code))
      faults.push({ pointer: `#/quotas/${q}/code`, detail: `Two quotas have the code “${quota.code}”` });
    quotas.add(quota.code);
    faults.push(...faultsOf(quota.if, all, 'yes-no', `#/quotas/${q}/if`));
  });
  return faults;
}

function checkBlocks(definition: SurveyDefinition): SurveyFault[] {
  const faults: SurveyFault[] = [];
  const pages = new Set(definition.pages.map((page) => page.code));
  const taken = new Set<string>();
  definition.blocks?.forEach((block, b) => {
    const places = block.pages
      .map((code) => definition.pages.findIndex((page) => page.code === code))
      .sort((x, y) => x - y);
    if (places.some((place, index) => index > 0 && place !== (places[index - 1] ?? 0) + 1))
      faults.push({
        pointer: `#/blocks/${b}/pages`,
        detail: 'The pages of a block stand one after another: move the page between them',
      });
    block.pages.forEach((code, p) => {
      const pointer = `#/blocks/${b}/pages/${p}`;
      if (!pages.has(code)) faults.push({ pointer, detail: `There is no page “${code}”` });
      if (taken.has(code)) faults.push({ pointer, detail: `The page “${code}” stands in two blocks` });
      taken.add(code);
    });
  });
  return faults;
}

function checkPlaceholders(survey: CompiledSurvey): SurveyFault[] {
  const { definition } = survey;
  const where = places(survey);
  const faults: SurveyFault[] = [];
  const look = (part: unknown, names: Names, pointer: string): void => {
    for (const text of wordingsIn(part)) {
      for (const name of placeholdersIn(text)) {
        if (name.startsWith('attribute:')) continue;
        const found = names('item', name);
        if (found === null) faults.push({ pointer, detail: `{{${name}}} names no question of this survey` });
        else if ('error' in found) faults.push({ pointer, detail: `{{${name}}}: ${found.error}` });
      }
    }
  };
  const nobodyYet: Names = () => ({ error: 'nothing has been answered yet where this stands' });
  look([definition.title, definition.introduction, definition.consent], nobodyYet, '#/introduction');
  definition.pages.forEach((page, p) => {
    const first = page.questions[0] && where.get(page.questions[0].code);
    look([page.title, page.introduction], namesAt(survey, first ?? null, null), `#/pages/${p}`);
    page.questions.forEach((question, q) =>
      look(question, namesAt(survey, where.get(question.code) ?? null, null), `#/pages/${p}/questions/${q}`),
    );
  });
  definition.ends?.forEach((end, e) => look(end, namesAt(survey, null, null), `#/ends/${e}`));
  return faults;
}

/** Every text in a part of a survey, wherever it stands. */
function wordingsIn(part: unknown): string[] {
  if (typeof part === 'string') return part.includes('{{') ? [part] : [];
  if (typeof part !== 'object' || part === null) return [];
  return Object.values(part as Wording | unknown[]).flatMap(wordingsIn);
}
