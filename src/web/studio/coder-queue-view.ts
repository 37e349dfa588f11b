import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { ProposalDecision } from '../../services/coder.ts';
import type { Verdict } from '../../store/coder.ts';
import type { Code, SourceText } from '../../store/notes.ts';
import type { EnteredStudy } from '../doorway.ts';
import { field } from '../form.ts';
import { DIRECTIONS } from './codebook.ts';
import { showCount } from './comparison-place.ts';
import { head, studyAddress, summaryOf } from './frame.ts';

export const VERDICTS: readonly Verdict[] = ['accepted', 'rejected', 'skipped'];
const LABELS: Readonly<Record<Verdict, string>> = { accepted: 'Yes', rejected: 'No', skipped: 'Not now' };

/** What a posted page of texts says of each of them; those that were left open are not there. */
export function decisionsOf(form: Form): ProposalDecision[] {
  return Object.keys(form).flatMap((name) => {
    const verdict = VERDICTS.find((one) => one === field(form, name));
    const proposal = /^verdict-(.{1,60})$/.exec(name)?.[1];
    if (!verdict || proposal === undefined) return [];
    const direction = field(form, `direction-${proposal}`);
    return [{ proposal, verdict, direction: direction === 'for' || direction === 'against' ? direction : null }];
  });
}

export const nothingDecided = (): Problem =>
  new Problem('invalid', 'Nothing was decided', {
    errors: [{ pointer: '#/first', detail: 'Choose an answer for at least one of these' }],
  });

/** Texts of one code to be decided on, with what was chosen already. */
export function queueView(
  study: EnteredStudy,
  code: Code,
  page: {
    title: string;
    back: { label: string; href: string };
    action: string;
    decided: number;
    typed: Form;
    problem: Problem | null;
    verdicts: readonly Verdict[];
    items: readonly { id: string; source: SourceText; words: string; judgement: string | null }[];
  },
) {
  const at = studyAddress(study);
  const { decided, items, problem, typed } = page;
  return {
    head: head(
      [{ label: study.name, href: at }, { label: 'Codebook', href: `${at}/codebook` }, page.back],
      page.title,
      code.definition || null,
    ),
    isError: problem !== null,
    summary: problem ? summaryOf(problem, ['first']) : null,
    notice:
      decided > 0 && !problem
        ? {
            kind: 'good',
            title: decided === 1 ? 'One is decided' : `${showCount(decided)} are decided`,
            text: null,
            links: [],
          }
        : null,
    action: page.action,
    isEmpty: items.length === 0,
    asksDirection: code.humanValue !== null,
    proposals: items.map(({ id, source, words, judgement }, index) => {
      const name = `verdict-${id}`;
      const isAnswer = source.kind === 'answer';
      return {
        place: index + 1,
        id: index === 0 ? 'first' : name,
        name,
        judgement,
        words,
        from: isAnswer ? 'An answer' : `Turn ${source.position} of an interview`,
        href: isAnswer
          ? `${at}/responses/${source.subjectId}`
          : `${at}/interviews/${source.subjectId}#turn-${source.position}`,
        choices: page.verdicts.map((value) => ({
          value,
          label: LABELS[value],
          isChosen: field(typed, name) === value,
        })),
        direction: `direction-${id}`,
        directions: DIRECTIONS.map((one) => ({ ...one, isChosen: field(typed, `direction-${id}`) === one.value })),
      };
    }),
  };
}
