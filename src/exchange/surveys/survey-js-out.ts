import { parseExpression } from '../../logic/expression.ts';
import { itemsOf } from '../../model/items.ts';
import type { Question, SurveyDefinition } from '../../model/survey.ts';
import type { Unmapped } from './report.ts';
import { toJsExpression } from './survey-js-expressions.ts';
import { asHtml, type Json, listed, type Out, writeKind } from './survey-js-kinds.ts';
import { defined } from './survey-parts.ts';
import { Untranslatable } from './targets.ts';

/**
 * Writes a survey as the JSON of SurveyJS.
 *
 * @returns the JSON, and everything of the survey that SurveyJS cannot hold
 */
export function writeSurveyJs(definition: SurveyDefinition): { json: Json; unmapped: Unmapped[] } {
  const unmapped: Unmapped[] = [];
  const out = openOut(definition, unmapped);
  const { say, tell } = out;
  const calculated = definition.pages.flatMap((page) =>
    page.questions.filter((question) => question.kind === 'calculated'),
  );
  const triggers = definition.pages.flatMap((page) => writeJumps(out, page));
  const ends = definition.ends ?? [];
  const conditional = ends.filter((end) => end.if !== undefined);
  const last = ends.find((end) => end.if === undefined);
  const json = defined({
    title: say(definition.title),
    description: definition.introduction && say(definition.introduction),
    locale: definition.languages[0] === 'en' ? undefined : definition.languages[0],
    pages: definition.pages.map((page) =>
      defined({
        name: page.code,
        title: page.title && say(page.title),
        description: page.introduction && say(page.introduction),
        visibleIf: tell(page.code, 'shown only if', page.visibleIf),
        questionOrder: page.order === 'random' ? 'random' : undefined,
        elements: page.questions.flatMap((question) => writeQuestion(out, question)),
      }),
    ),
    calculatedValues: listed(
      calculated.flatMap((question) => {
        const expression = tell(question.code, 'calculated as', question.formula);
        return expression === undefined ? [] : [{ name: question.code, expression, includeIntoResult: true }];
      }),
    ),
    triggers: listed(triggers),
    completedHtml: definition.end ? say(asHtml(definition.end)) : last?.text && say(asHtml(last.text)),
    completedHtmlOnCondition: listed(
      conditional.flatMap((end) => {
        const expression = end.text ? tell(end.code, 'end shown if', end.if) : undefined;
        return expression === undefined || !end.text ? [] : [{ expression, html: say(asHtml(end.text)) }];
      }),
    ),
    navigateToUrl: last?.link,
    navigateToUrlOnCondition: listed(
      conditional.flatMap((end) => {
        const expression = end.link ? tell(end.code, 'link shown if', end.if) : undefined;
        return expression === undefined ? [] : [{ expression, url: end.link }];
      }),
    ),
  });
  listLost(out, definition);
  return { json, unmapped };
}

function openOut(definition: SurveyDefinition, unmapped: Unmapped[]): Out {
  const [first = 'en'] = definition.languages;
  const miss: Out['miss'] = (from, what, why) => unmapped.push({ from, what, why });
  const all = new Map(
    definition.pages.flatMap((page) => page.questions.map((question) => [question.code, question] as const)),
  );
  const names = new Map<string, string>();
  for (const question of all.values()) {
    if (question.kind === 'best-worst') continue;
    for (const item of itemsOf(question, all)) {
      const isComment = (question.kind === 'single' || question.kind === 'multiple') && item.row !== null;
      if (!isComment) names.set(item.address, item.address);
      else if (item.row === 'other') names.set(item.address, `${question.code}-Comment`);
    }
  }
  const tell: Out['tell'] = (from, what, expression) => {
    if (expression === undefined) return undefined;
    const read = parseExpression(expression);
    if ('error' in read) return void miss(from, `${what} ${expression}`, read.error);
    try {
      return toJsExpression(read.expression, (address) => names.get(address) ?? null);
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      return void miss(from, `${what} ${expression}`, error.message);
    }
  };
  const pipe = (text: string) =>
    text.replaceAll(/\{\{\s*([A-Za-z][\w.:-]*)\s*(?:\|[^{}]*)?\}\}/g, (whole, name: string) =>
      names.has(name) ? `{${names.get(name)}}` : whole,
    );
  return {
    definition,
    miss,
    tell,
    say: (wording) => {
      const languages = Object.keys(wording);
      if (languages.length === 1 && languages[0] === first) return pipe(wording[first] ?? '');
      return Object.fromEntries(
        languages.map((language) => [language === first ? 'default' : language, pipe(wording[language] ?? '')]),
      );
    },
  };
}

/** Their element for one of our questions; none where SurveyJS has nothing like it. */
function writeQuestion(out: Out, question: Question): Json[] {
  const { say, miss, tell } = out;
  if (question.kind === 'calculated') return [];
  const own = writeKind(out, question);
  if (own === null) {
    miss(question.code, `a question of the kind ${question.kind}`, 'SurveyJS has no question like it');
    return [];
  }
  if (question.refusable && !('showRefuseItem' in own))
    miss(question.code, '“I’d rather not say”', 'SurveyJS offers it for choices only');
  const { validators = [], ...rest } = own as Json & { validators?: Json[] };
  const checks = (question.checks ?? []).flatMap((check) => {
    const expression = tell(question.code, 'check', check.holds);
    return expression === undefined ? [] : [{ type: 'expression', expression, text: say(check.message) }];
  });
  const { type, ...others } = rest;
  return [
    defined({
      type,
      name: question.code,
      title: type === 'html' ? undefined : say(question.text),
      description: question.hint && say(question.hint),
      isRequired: question.required,
      visibleIf: tell(question.code, 'shown only if', question.visibleIf),
      ...others,
      validators: listed([...validators, ...checks]),
    }),
  ];
}

function writeJumps(out: Out, page: SurveyDefinition['pages'][number]): Json[] {
  return (page.next ?? []).flatMap((next): Json[] => {
    const target = out.definition.pages.find((other) => other.code === next.to);
    const question = target?.questions.find((one) => !['calculated', 'best-worst', 'differential'].includes(one.kind));
    const expression = out.tell(page.code, `jump to ${next.to} if`, next.if);
    if (expression !== undefined && target && question) return [{ type: 'skip', expression, gotoName: question.code }];
    if (expression !== undefined && !target) return [{ type: 'complete', expression }];
    if (next.if === undefined)
      out.miss(page.code, `jump to ${next.to} from here always`, 'SurveyJS skips only on a condition');
    return [];
  });
}

/** What stands in the survey as a whole and nowhere in SurveyJS. */
function listLost({ miss }: Out, definition: SurveyDefinition): void {
  miss('consent', 'the consent and its purposes', 'SurveyJS keeps no consent: it is asked for by Verbatim');
  if (definition.minutes !== undefined)
    miss('minutes', `about ${definition.minutes} minutes`, 'SurveyJS has no setting like it');
  for (const block of definition.blocks ?? [])
    miss(
      block.code,
      block.pages.length === 1 ? 'a block of one page' : `a block of ${block.pages.length} pages`,
      'SurveyJS has no blocks',
    );
  for (const quota of definition.quotas ?? []) miss(quota.code, `a quota of ${quota.limit}`, 'SurveyJS has no quotas');
  for (const instrument of definition.instruments ?? [])
    miss(instrument.code, 'an instrument and its scales', 'SurveyJS scores nothing');
  if (definition.result) miss('result', 'one’s own scores at the end', 'SurveyJS scores nothing');
  for (const page of definition.pages)
    if (page.take !== undefined) miss(page.code, `${page.take} of its questions drawn`, 'SurveyJS shows all of them');
  for (const end of definition.ends ?? []) {
    if (end.title) miss(end.code, 'the title of an end', 'An end in SurveyJS has one text');
    if (end.outcome && end.outcome !== 'complete')
      miss(end.code, `the outcome ${end.outcome}`, 'SurveyJS counts every response as completed');
  }
}
