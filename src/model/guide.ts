import { z } from 'zod';
import { cleanText } from './clean-text.ts';
import type { ProblemError } from './problem.ts';

/** A follow-up that suggests itself after some kind of answer. */
export type Probe = { id: string; when: string; text: string };
/** A question of a guide, open, to be asked in one's own words. */
export type Prompt = { id: string; text: string; probes: Probe[] };
export type GuidePart = { title: string; about: string; prompts: Prompt[] };
/** An interview guide: what to talk about, in an order that gives way to the talk. Ids are its own, and stay over versions. */
export type Guide = { title: string; about: string; parts: GuidePart[] };

/** How much a guide may hold; nobody can follow more in a talk. */
export const GUIDE_LIMITS = { parts: 40, questions: 400 } as const;

const text = (kind: 'name' | 'line' | 'note') =>
  z.string().transform((raw, context) => {
    const { text, isTooLong } = cleanText(raw, kind);
    if (isTooLong) context.addIssue({ code: 'custom', message: 'This is too long. Shorten it' });
    return text.trim();
  });
const filled = (kind: 'name' | 'line', missing: string) => text(kind).refine((words) => words !== '', missing);
const Id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{0,32}$/, 'An id is up to 32 letters, digits, - and _')
  .default('');
const ProbeFile = z.object({ id: Id, when: text('line').default(''), text: filled('line', 'Enter the question') });
const PromptFile = z.preprocess(
  (prompt) => (typeof prompt === 'string' ? { text: prompt } : prompt),
  z.object({ id: Id, text: filled('line', 'Enter the question'), probes: z.array(ProbeFile).default([]) }),
);
const GuideFile = z.object({
  title: filled('name', 'Enter a title'),
  about: text('note').default(''),
  parts: z
    .array(
      z.object({
        title: filled('name', 'Enter what this part is about'),
        about: text('note').default(''),
        prompts: z.array(PromptFile),
      }),
    )
    .max(GUIDE_LIMITS.parts, `A guide has at most ${GUIDE_LIMITS.parts} parts`),
});

/**
 * Reads a guide as a file or a form holds it: `{ title, about, parts: [{ title, about, prompts }] }`, where a prompt is
 * its text, or `{ text, probes: [{ when, text }] }`. Ids that are missing or stand twice are given anew.
 *
 * @param newId gives ids that no guide has yet
 */
export function readGuide(raw: unknown, newId: () => string): { guide: Guide } | { errors: ProblemError[] } {
  const parsed = GuideFile.safeParse(raw);
  if (!parsed.success)
    return {
      errors: parsed.error.issues.map(({ path, message }) => ({ pointer: `#/${path.join('/')}`, detail: message })),
    };
  const taken = new Set<string>();
  const own = (id: string): string => {
    const given = id === '' || taken.has(id) ? newId() : id;
    taken.add(given);
    return given;
  };
  const { title, about, parts } = parsed.data;
  const guide: Guide = {
    title,
    about,
    parts: parts.map((part) => ({
      ...part,
      prompts: part.prompts.map((prompt) => ({
        id: own(prompt.id),
        text: prompt.text,
        probes: prompt.probes.map((probe) => ({ ...probe, id: own(probe.id) })),
      })),
    })),
  };
  const questions = questionIds(guide).length;
  if (promptsOf(guide).length === 0)
    return { errors: [{ pointer: '#/parts', detail: 'Add a question: a guide without one leads nowhere' }] };
  if (questions > GUIDE_LIMITS.questions)
    return {
      errors: [
        {
          pointer: '#/parts',
          detail: `There are ${questions} questions and probes, and a guide has at most ${GUIDE_LIMITS.questions}`,
        },
      ],
    };
  return { guide };
}

export const promptsOf = ({ parts }: Guide): Prompt[] => parts.flatMap(({ prompts }) => prompts);

/** The ids of all prompts and probes. */
export const questionIds = (guide: Guide): string[] =>
  promptsOf(guide).flatMap(({ id, probes }) => [id, ...probes.map((probe) => probe.id)]);

/**
 * What to ask next: the probes of the prompt that was asked last and were not asked yet, and the prompt after it that was
 * not asked yet, or the first of all.
 *
 * @param asked the ids of prompts and probes that were asked, in the order they were
 * @returns `prompt` is null once all were asked
 */
export function nextQuestions(guide: Guide, asked: readonly string[]): { probes: Probe[]; prompt: Prompt | null } {
  const done = new Set(asked);
  const prompts = promptsOf(guide);
  const at = asked
    .map((id) => prompts.findIndex((prompt) => prompt.id === id || prompt.probes.some((probe) => probe.id === id)))
    .findLast((index) => index >= 0);
  const isOpen = ({ id }: { id: string }) => !done.has(id);
  return {
    probes: at === undefined ? [] : (prompts[at]?.probes ?? []).filter(isOpen),
    prompt: prompts.slice((at ?? -1) + 1).find(isOpen) ?? prompts.find(isOpen) ?? null,
  };
}

/** How many prompts there are, and which were not asked yet. Probes are extra: nobody has to ask them. */
export function coverage(guide: Guide, asked: readonly string[]): { all: number; open: Prompt[] } {
  const done = new Set(asked);
  const prompts = promptsOf(guide);
  return { all: prompts.length, open: prompts.filter(({ id }) => !done.has(id)) };
}
