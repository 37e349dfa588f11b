import type { Form } from '../../model/answers.ts';
import type { Guide } from '../../model/guide.ts';
import { GUIDE_LIMITS } from '../../model/guide.ts';
import type { ProblemError } from '../../model/problem.ts';
import { field } from '../form.ts';

/*
 * A guide as the fields of a form: parts are `p0`, their prompts `p0.1`, and the probes of those `p0.1.2`, each with what
 * it holds. Numbers follow each other without a gap, so that the first that is missing ends a list.
 */

/** What a form says of a guide, not judged yet. */
export function readGuideForm(form: Form): Guide {
  const has = (name: string) => form[name] !== undefined;
  const list = <One>(name: string, holds: string, most: number, make: (at: string) => One): One[] => {
    const found: One[] = [];
    while (found.length < most && has(`${name}${found.length}-${holds}`)) found.push(make(`${name}${found.length}`));
    return found;
  };
  return {
    title: field(form, 'title'),
    about: field(form, 'about'),
    parts: list('p', 'title', GUIDE_LIMITS.parts + 1, (part) => ({
      title: field(form, `${part}-title`),
      about: field(form, `${part}-about`),
      prompts: list(`${part}.`, 'text', GUIDE_LIMITS.questions, (prompt) => ({
        id: field(form, `${prompt}-id`),
        text: field(form, `${prompt}-text`),
        probes: list(`${prompt}.`, 'text', GUIDE_LIMITS.questions, (probe) => ({
          id: field(form, `${probe}-id`),
          when: field(form, `${probe}-when`),
          text: field(form, `${probe}-text`),
        })),
      })),
    })),
  };
}

/**
 * Faults of a guide, each pointing to the field of the form it is in.
 *
 * @example
 * faultsOfForm([{ pointer: '#/parts/0/prompts/2/text', detail: 'Enter the question' }])
 * // => [{ pointer: '#/p0.2-text', detail: 'Enter the question' }]
 */
export const faultsOfForm = (errors: readonly ProblemError[]): ProblemError[] =>
  errors.map(({ pointer, detail }) => ({
    detail,
    pointer: pointer.replace(
      /^#\/parts\/(\d+)(?:\/prompts\/(\d+))?(?:\/probes\/(\d+))?\/(\w+)$/,
      (_, part, prompt, probe, what) =>
        `#/p${[part, prompt, probe].filter((place) => place !== undefined).join('.')}-${what}`,
    ),
  }));

/** The same fields, filled, with what does not fit beside them. */
export function guideFields(guide: Guide, errors: readonly ProblemError[]) {
  const errorAt = (name: string) => errors.find(({ pointer }) => pointer === `#/${name}`)?.detail ?? '';
  const one = (label: string, places: readonly number[], isFirst: boolean, isLast: boolean) => {
    const place = places.join('.');
    return { at: `p${place}`, place, label, isFirst, isLast, error: errorAt(`p${place}-text`) };
  };
  const lastPart = guide.parts.length - 1;
  return {
    guideTitle: guide.title,
    titleError: errorAt('title'),
    about: guide.about,
    aboutError: errorAt('about'),
    parts: guide.parts.map((part, p) => ({
      ...one(`Part ${p + 1}`, [p], p === 0, p === lastPart),
      title: part.title,
      error: errorAt(`p${p}-title`) || errorAt(`p${p}-about`),
      about: part.about,
      prompts: part.prompts.map((prompt, q) => ({
        ...one(
          `Question ${p + 1}.${q + 1}`,
          [p, q],
          p === 0 && q === 0,
          p === lastPart && q === part.prompts.length - 1,
        ),
        id: prompt.id,
        text: prompt.text,
        probes: prompt.probes.map((probe, r) => ({
          ...one(`Probe ${p + 1}.${q + 1}.${r + 1}`, [p, q, r], r === 0, r === prompt.probes.length - 1),
          id: probe.id,
          when: probe.when,
          text: probe.text,
        })),
      })),
    })),
  };
}
