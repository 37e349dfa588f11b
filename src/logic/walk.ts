import type { Answer, Answers } from '../model/answers.ts';
import { itemsOf, type QuestionItem } from '../model/items.ts';
import type { Outcome, Question, QuestionOf, SurveyDefinition } from '../model/survey.ts';
import { bestWorstSets } from './best-worst-sets.ts';
import { type CompiledSurvey, compileSurvey, type Screen } from './compile-survey.ts';
import { drawOrder, drawSome, randomFor } from './draw-order.ts';
import { evaluate, type Facts, isTrue } from './evaluate.ts';
import type { Value } from './functions.ts';

/** What decides which way somebody goes through a survey. */
export type Respondent = {
  /** Draws every order anew in the same way; the response's id. */
  id: string;
  answers: Answers;
  attributes: Readonly<Record<string, string | number | boolean | readonly string[]>> | null;
  /** Segments the person was in when they began, by public id; one that is not listed is not known. */
  segments?: Readonly<Record<string, boolean>> | null;
  /** The day of answering, `2026-03-09`. */
  today: string;
};

/** A question as one respondent sees it: only its visible options and rows, in their order, those carried over among them. */
export type ShownQuestion = Question & { sets?: readonly (readonly string[])[] };
export type ShownScreen = { screen: Screen; questions: readonly ShownQuestion[] };

export type Walk = {
  /** The way through, as far as the answers so far decide it; what is not known yet is taken as not holding. */
  screens: readonly ShownScreen[];
  end: { code: string | null; outcome: Outcome; isJump: boolean };
  /** The answers that stand on this way, and what was calculated from them; an answer to what is no longer asked does not. */
  live: ReadonlyMap<string, Answer>;
  facts: Facts;
};

/** Walks through a survey with what somebody has answered so far. */
export function walkSurvey(definition: SurveyDefinition, respondent: Respondent): Walk {
  const survey = compileSurvey(definition);
  if (!survey.isStraight) return new Walker(survey, respondent).walk();
  return straightWalk(survey, respondent);
}

/** Everybody's way is the same, and most who ask for it never look at the answers on it. */
function straightWalk(survey: CompiledSurvey, respondent: Respondent): Walk {
  let live: ReadonlyMap<string, Answer> | null = null;
  let facts: Facts | null = null;
  return {
    screens: straightScreens(survey),
    get live() {
      live ??= new Map(Object.entries(respondent.answers));
      return live;
    },
    get facts() {
      facts ??= factsFrom(this.live, respondent);
      return facts;
    },
    get end() {
      return endOf(survey, () => this.facts);
    },
  };
}

const straight = new WeakMap<CompiledSurvey, readonly ShownScreen[]>();

/** Where nothing depends on answers or chance, everybody sees the same, so it is made once. */
function straightScreens(survey: CompiledSurvey): readonly ShownScreen[] {
  const known = straight.get(survey);
  if (known) return known;
  const made = survey.screens
    .map((screen) => ({ screen, questions: screen.questions.filter((question) => question.kind !== 'hidden') }))
    .filter(({ questions }) => questions.length > 0);
  straight.set(survey, made);
  return made;
}

/** Which end a survey comes to without any jump: the first whose condition holds. */
function endOf(survey: CompiledSurvey, facts: () => Facts): Walk['end'] {
  const end = survey.definition.ends?.find((one) => one.if === undefined || isTrue(survey.expression(one.if), facts()));
  return { code: end?.code ?? null, outcome: end?.outcome ?? 'complete', isJump: false };
}

class Walker {
  private readonly live = new Map<string, Answer>();
  /** The options each choice showed, for questions that carry them over. */
  private readonly shown = new Map<string, readonly { code: string }[]>();
  private readonly facts: Facts;
  private readonly survey: CompiledSurvey;
  private readonly respondent: Respondent;

  constructor(survey: CompiledSurvey, respondent: Respondent) {
    this.survey = survey;
    this.respondent = respondent;
    this.facts = factsFrom(this.live, respondent);
  }

  walk(): Walk {
    const { survey, facts, live } = this;
    const screens: ShownScreen[] = [];
    const pages = pageSequence(survey.definition, this.respondent.id);
    let jump: string | null = null;
    for (const pageIndex of pages) {
      const page = survey.definition.pages[pageIndex];
      if (!page || (jump !== null && page.code !== jump)) continue;
      jump = null;
      if (!this.holds(page.visibleIf)) continue;
      for (const screen of survey.screensOfPage[pageIndex] ?? []) {
        const questions = this.questionsOn(screen);
        if (questions.length > 0) screens.push({ screen, questions });
      }
      const next = page.next?.find((one) => this.holds(one.if));
      if (!next) continue;
      const end = survey.definition.ends?.find((one) => one.code === next.to);
      if (end)
        return { screens, live, facts, end: { code: end.code, outcome: end.outcome ?? 'complete', isJump: true } };
      const isAhead = pages
        .slice(pages.indexOf(pageIndex) + 1)
        .some((index) => survey.definition.pages[index]?.code === next.to);
      if (isAhead) jump = next.to;
    }
    return { screens, live, facts, end: endOf(survey, () => facts) };
  }

  private holds(condition: string | undefined): boolean {
    return condition === undefined || isTrue(this.survey.expression(condition), this.facts);
  }

  /** What of a screen is asked, its answers taken up one after the other, since each may decide about the next. */
  private questionsOn({ page, questions }: Screen): ShownQuestion[] {
    const random = () => randomFor(this.respondent.id, `page ${page.code}`);
    const asked = drawOrder(drawSome(questions, page.take, random()), page.order, random());
    const shown: ShownQuestion[] = [];
    for (const question of asked) {
      if (!this.holds(question.visibleIf)) continue;
      const resolved = this.resolve(question);
      if (resolved === null) continue;
      this.takeUp(resolved);
      if (question.kind !== 'hidden' && question.kind !== 'calculated') shown.push(resolved);
    }
    return shown;
  }

  /** Null when nothing of it is left to choose from. */
  private resolve(question: Question): ShownQuestion | null {
    const { id } = this.respondent;
    const visible = <T extends { visibleIf?: string | undefined }>(list: readonly T[]) =>
      list.filter((one) => this.holds(one.visibleIf));
    switch (question.kind) {
      case 'single':
      case 'multiple':
      case 'ranking': {
        const { optionsFrom, ...own } = question;
        const options = drawOrder(
          [...this.carried(optionsFrom), ...visible(question.options)],
          question.order,
          randomFor(id, question.code),
        );
        this.shown.set(question.code, options);
        return options.length === 0 ? null : ({ ...own, options } as ShownQuestion);
      }
      case 'battery':
      case 'matrix': {
        const { rowsFrom, ...own } = question;
        const rows = drawOrder(
          [...this.carried(rowsFrom), ...visible(question.rows)],
          question.rowOrder,
          randomFor(id, question.code),
        );
        if (question.kind === 'battery') return rows.length === 0 ? null : ({ ...own, rows } as ShownQuestion);
        const columns = visible(question.columns);
        return rows.length === 0 || columns.length === 0 ? null : ({ ...own, rows, columns } as ShownQuestion);
      }
      case 'differential': {
        const rows = drawOrder(visible(question.rows), question.rowOrder, randomFor(id, question.code));
        return rows.length === 0 ? null : { ...question, rows };
      }
      case 'best-worst':
        return { ...question, sets: bestWorstSets(question, id) };
      case 'sum': {
        const options = visible(question.options);
        return options.length === 0 ? null : { ...question, options };
      }
      default:
        return question;
    }
  }

  private carried(from: { question: string; which: 'chosen' | 'not-chosen' } | undefined) {
    if (!from) return [];
    const answer = this.live.get(from.question);
    const chosen = answer?.state === 'answered' ? [answer.value].flat().map(String) : [];
    const options = (this.shown.get(from.question) ?? []) as Extract<Question, { kind: 'single' }>['options'];
    const kept = options.filter((option) => chosen.includes(option.code) === (from.which === 'chosen'));
    // Words beside an option were asked for where it stood first; its conditions were met there.
    return kept.map(({ comment: _, visibleIf: __, ...option }) => option);
  }

  /** Shares that no longer come to their total, because a part is no longer asked, are no answer together. */
  private dropWrongSum(question: QuestionOf<'sum'>): void {
    const parts = question.options.map(({ code }) => `${question.code}.${code}`);
    const given = parts.flatMap((part) => {
      const answer = this.live.get(part);
      return answer?.state === 'answered' ? [Number(answer.value)] : [];
    });
    const sum = Number(given.reduce((total, one) => total + one, 0).toFixed(9));
    if (given.length > 0 && sum !== question.total) for (const part of parts) this.live.delete(part);
  }

  private takeUp(question: ShownQuestion): void {
    if (question.kind === 'calculated') {
      const value = evaluate(this.survey.expression(question.formula), this.facts);
      const answer = calculated(value, question.gives ?? 'number');
      if (answer !== null) this.live.set(question.code, { state: 'answered', value: answer });
      return;
    }
    for (const item of itemsOf(question)) {
      const answer = this.respondent.answers[item.address];
      const standing = answer && stillOffered(item, answer);
      if (standing) this.live.set(item.address, standing);
    }
    if (question.kind === 'sum') this.dropWrongSum(question);
  }
}

/** An answer without the options that are no longer offered; null when nothing of it is left. */
function stillOffered(item: QuestionItem, answer: Answer): Answer | null {
  if (answer.state !== 'answered' || item.options.length === 0) return answer;
  const isOffered = (value: string | number) => item.options.some((option) => option.code === value);
  if (!Array.isArray(answer.value)) return isOffered(answer.value) ? answer : null;
  const left = answer.value.filter(isOffered);
  if (left.length === answer.value.length) return answer;
  return left.length === 0 ? null : { state: 'answered', value: left };
}

function calculated(value: Value, gives: 'number' | 'text'): string | number | null {
  if (value === null) return null;
  if (gives === 'text') return Array.isArray(value) ? value.join(', ') : String(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : null;
}

function factsFrom(live: ReadonlyMap<string, Answer>, respondent: Respondent): Facts {
  return {
    value: ({ source, name }) => {
      if (source !== 'item') {
        const known = source === 'segment' ? respondent.segments : respondent.attributes;
        return known && Object.hasOwn(known, name) ? (known[name] ?? null) : null;
      }
      const answer = live.get(name);
      return answer?.state === 'answered' ? answer.value : null;
    },
    isRefused: (item) =>
      live.get(item)?.state === 'refused' ||
      // A battery is refused as a whole.
      [...live].some(([address, answer]) => address.startsWith(`${item}.`) && answer.state === 'refused'),
    today: respondent.today,
  };
}

/** The pages as one respondent meets them: blocks put in order, their pages drawn and put in order. */
export function pageSequence({ pages, blocks, blockOrder }: SurveyDefinition, respondent: string): number[] {
  if (!blocks || blocks.length === 0) return pages.map((_, index) => index);
  const blockOf = new Map(blocks.flatMap((block) => block.pages.map((code) => [code, block] as const)));
  const units: { pages: number[]; block: (typeof blocks)[number] | null; pinned: boolean }[] = [];
  pages.forEach((page, index) => {
    const block = blockOf.get(page.code) ?? null;
    const begun = block && units.find((unit) => unit.block === block);
    if (begun) begun.pages.push(index);
    else units.push({ pages: [index], block, pinned: block === null });
  });
  return drawOrder(units, blockOrder, randomFor(respondent, 'blocks')).flatMap(({ pages: own, block }) =>
    block === null
      ? own
      : drawOrder(
          drawSome(own, block.take, randomFor(respondent, `some of ${block.code}`)),
          block.order,
          randomFor(respondent, `block ${block.code}`),
        ),
  );
}

/** The codes in the order shown, where chance or answers decided it: `plan:basic,pro`; null where nothing did. */
export function orderShown(definition: SurveyDefinition, { questions }: ShownScreen): string[] | null {
  if (compileSurvey(definition).isStraight) return null;
  return questions.map((question) => {
    const parts =
      question.sets?.map((set) => set.join('+')) ??
      ('options' in question ? question.options : 'rows' in question ? question.rows : []).map((part) => part.code);
    return parts.length === 0 ? question.code : `${question.code}:${parts.join(',')}`;
  });
}
