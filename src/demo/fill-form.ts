import type { ShownQuestion } from '../logic/walk.ts';
import type { Form } from '../model/answers.ts';
import { bestItem, worstItem } from '../model/items.ts';
import { normalDeviate, type Random } from '../stats/random.ts';

/**
 * Fills a page in as an invented person would, with a leaning that shows in rankings and choices of best and worst.
 * Open questions are left blank: nobody's words are made up by chance.
 *
 * @param questions as this person sees them
 * @param likes how much the person holds of an option, about a standard deviation from one to the next
 * @returns the fields of a form that fits
 */
export function fillForm(questions: readonly ShownQuestion[], random: Random, likes: (code: string) => number): Form {
  const form: Form = {};
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const byLiking = (codes: readonly string[]): string[] =>
    codes
      .map((code) => ({ code, liking: likes(code) + normalDeviate(random) }))
      .sort((a, b) => b.liking - a.liking)
      .map(({ code }) => code);
  const step = ({ min, max }: { min: number; max: number }) =>
    String(
      Math.min(max, Math.max(min, Math.round((min + max) / 2 + (normalDeviate(random) + 0.4) * ((max - min) / 4)))),
    );
  for (const question of questions) {
    const { code } = question;
    switch (question.kind) {
      case 'single': {
        const option = pick(question.options.filter((one) => one.comment !== 'required'));
        if (option) form[code] = option.code;
        break;
      }
      case 'multiple':
        form[code] = byLiking(
          question.options.filter((one) => !one.exclusive && !one.comment).map((one) => one.code),
        ).slice(0, Math.max(question.least ?? 1, Math.min(question.most ?? 3, 3)));
        break;
      case 'yes-no':
        form[code] = random() < 0.5 ? 'yes' : 'no';
        break;
      case 'rating':
        form[code] = step(question.steps);
        break;
      case 'battery':
      case 'differential':
        for (const row of question.rows) form[`${code}.${row.code}`] = step(question.steps);
        break;
      case 'number':
        form[code] = String(
          Math.round(Math.min(question.max ?? 80, Math.max(question.min ?? 18, 44 + 15 * normalDeviate(random)))),
        );
        break;
      case 'ranking':
        byLiking(question.options.map((one) => one.code))
          .slice(0, question.places ?? question.options.length)
          .forEach((one, index) => {
            form[`${code}.${one}`] = String(index + 1);
          });
        break;
      case 'best-worst':
        question.sets?.forEach((set, index) => {
          const order = byLiking(set);
          form[bestItem(code, index + 1)] = order[0] ?? '';
          form[worstItem(code, index + 1)] = order.at(-1) ?? '';
        });
        break;
    }
  }
  return form;
}
