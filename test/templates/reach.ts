import { walkSurvey } from '../../src/logic/walk.ts';
import type { Answer, Answers } from '../../src/model/answers.ts';
import { itemsOf, type QuestionItem } from '../../src/model/items.ts';
import type { SurveyDefinition } from '../../src/model/survey.ts';

/** Chance with a seed, so that a failing walk can be walked again. */
function dice(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function answerTo(item: QuestionItem, random: () => number): Answer {
  const one = item.options[Math.floor(random() * item.options.length)]?.code ?? '';
  const few = item.options.filter(() => random() < 0.4).map((option) => option.code);
  switch (item.holds) {
    case 'code':
      return { state: 'answered', value: one };
    case 'codes':
    case 'ranking':
      return { state: 'answered', value: few.length > 0 ? few : [one] };
    case 'number': {
      const { min, max } = item.steps ?? { min: 0, max: 60 };
      return { state: 'answered', value: min + Math.floor(random() * (max - min + 1)) };
    }
    default:
      return { state: 'answered', value: 'words' };
  }
}

/** The questions and ends that somebody meets in so many walks with answers drawn by chance. */
export function reachedIn(definition: SurveyDefinition, walks: number): { questions: Set<string>; ends: Set<string> } {
  const questions = new Set<string>();
  const ends = new Set<string>();
  for (let seed = 1; seed <= walks; seed += 1) {
    const random = dice(seed);
    const answers: Answers = {};
    const id = `walk-${seed}`;
    for (let turn = 0; turn < 40; turn += 1) {
      const walk = walkSurvey(definition, { id, answers, attributes: null, today: '2026-03-09' });
      const open = walk.screens
        .flatMap((screen) => screen.questions)
        .flatMap((question) => itemsOf(question))
        .filter((item) => !(item.address in answers));
      for (const question of walk.screens.flatMap((screen) => screen.questions)) questions.add(question.code);
      if (open.length === 0) {
        ends.add(walk.end.code ?? '');
        break;
      }
      for (const item of open) answers[item.address] = answerTo(item, random);
    }
  }
  return { questions, ends };
}
