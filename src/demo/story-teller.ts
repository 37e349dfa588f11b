import { type Random, shuffled } from '../stats/random.ts';
import { drawCode, drawWhole, type Weights } from './draw.ts';
import type { DemoText } from './moving-house.ts';
import type { MovingHousePlan } from './plan.ts';
import { movingHouseThemes, type ThemePlan } from './themes.ts';

/** Why somebody moved, told or untold, and the age and household that go with it. */
export type Story = { text: string | null; themeCode: string; theme: ThemePlan; age: number; household: string };

/**
 * Hands out the open answers, each at most once, to people of the segment and the language it was written for. Whoever says nothing has
 * moved for a reason all the same: their theme is that of some answer of their segment.
 *
 * @throws {RangeError} for a text whose theme is not among the themes
 */
export function storyTeller(texts: readonly DemoText[], plan: MovingHousePlan, random: Random) {
  const stray = texts.find((text) => !Object.hasOwn(movingHouseThemes, text.theme));
  if (stray) throw new RangeError(`No theme is called “${stray.theme}”`);
  const piles = new Map<string, DemoText[]>();
  for (const language of Object.keys(plan.languages))
    for (const segment of ['any', ...Object.keys(plan.segments)])
      piles.set(
        `${language} ${segment}`,
        shuffled(
          texts.filter((text) => text.segment === segment && (text.language ?? 'en') === language),
          random,
        ),
      );

  return {
    /**
     * @param language that of the answer
     * @param isSilent whether this person leaves the open question empty whatever the piles hold
     */
    tell(segment: string, language: string, isSilent: boolean): Story {
      const leavesEmpty = random() < plan.skipped.trigger || isSilent;
      const isAnybodys = random() < plan.anyStory;
      const take = (from: string) => piles.get(`${language} ${from}`)?.pop();
      const told = leavesEmpty ? undefined : (take(isAnybodys ? 'any' : segment) ?? take(segment) ?? take('any'));
      const themeCode = told?.theme ?? drawCode(themesOf(texts, segment), random);
      const theme = movingHouseThemes[themeCode]!;
      const [youngest, oldest] = told?.ages ?? theme.ages;
      return {
        text: told?.text ?? null,
        themeCode,
        theme,
        age: drawWhole(youngest!, oldest!, random),
        household: drawCode(told?.households ? among(theme.household, told.households) : theme.household, random),
      };
    },
  };
}

/** How often each theme occurs in a segment's texts; `unsaid` when it has none. */
function themesOf(texts: readonly DemoText[], segment: string): Weights {
  const counts: Record<string, number> = {};
  for (const text of texts) if (text.segment === segment) counts[text.theme] = (counts[text.theme] ?? 0) + 1;
  return Object.keys(counts).length > 0 ? counts : { unsaid: 1 };
}

/** The theme's weights for the households a text allows; even ones where the theme knows none of them. */
function among(weights: Weights, allowed: readonly string[]): Weights {
  const known = Object.fromEntries(Object.entries(weights).filter(([code]) => allowed.includes(code)));
  return Object.keys(known).length > 0 ? known : Object.fromEntries(allowed.map((code) => [code, 1]));
}
