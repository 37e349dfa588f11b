import type { Guide } from './guide.ts';

/** What an editor of guides can do, with the place it is done at: a part, a prompt in it, a probe of that. */
export const GUIDE_STEPS = ['add-part', 'add-prompt', 'add-probe', 'remove', 'up', 'down'] as const;
export type GuideStep = { do: (typeof GUIDE_STEPS)[number]; at: readonly number[] };

/**
 * Reads what a button of the editor says.
 *
 * @example
 * readGuideStep('add-probe 0.2') // => { do: 'add-probe', at: [0, 2] }
 * @example
 * readGuideStep('explode') // => null
 */
export function readGuideStep(written: string): GuideStep | null {
  const [, name, place = ''] = /^([a-z-]+)(?: (\d{1,3}(?:\.\d{1,3}){0,2}))?$/.exec(written) ?? [];
  const step = GUIDE_STEPS.find((one) => one === name);
  return step ? { do: step, at: place === '' ? [] : place.split('.').map(Number) } : null;
}

/**
 * A guide after one step of the editor; what was added is empty. A prompt that moves beyond its part goes to the next.
 * A step at a place that is not there changes nothing.
 *
 * @param newId gives ids that no guide has yet
 */
export function editGuide(guide: Guide, step: GuideStep, newId: () => string): Guide {
  const edited = structuredClone(guide);
  const { parts } = edited;
  const [partAt = -1, promptAt = -1, probeAt] = step.at;
  const part = parts[partAt];
  const prompt = part?.prompts[promptAt];
  if (step.do === 'add-part') parts.push({ title: '', about: '', prompts: [{ id: newId(), text: '', probes: [] }] });
  else if (step.do === 'add-prompt') part?.prompts.push({ id: newId(), text: '', probes: [] });
  else if (step.do === 'add-probe') prompt?.probes.push({ id: newId(), when: '', text: '' });
  else if (step.do === 'remove') {
    if (probeAt !== undefined) prompt?.probes.splice(probeAt, 1);
    else if (promptAt >= 0) part?.prompts.splice(promptAt, 1);
    else if (partAt >= 0) parts.splice(partAt, 1);
  } else {
    const by = step.do === 'up' ? -1 : 1;
    if (probeAt !== undefined) swap(prompt?.probes ?? [], probeAt, by);
    else if (promptAt < 0) swap(parts, partAt, by);
    else if (part && prompt && !swap(part.prompts, promptAt, by)) {
      const neighbour = parts[partAt + by];
      if (neighbour) {
        part.prompts.splice(promptAt, 1);
        neighbour.prompts.splice(by < 0 ? neighbour.prompts.length : 0, 0, prompt);
      }
    }
  }
  return edited;
}

/** False where there is nothing to change places with. */
function swap<One>(list: One[], at: number, by: -1 | 1): boolean {
  const [one, other] = [list[at], list[at + by]];
  if (one === undefined || other === undefined) return false;
  list[at] = other;
  list[at + by] = one;
  return true;
}
