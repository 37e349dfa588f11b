import { createHash } from 'node:crypto';
import { type CodeFigures, type MacroFigures, macroFigures } from '../../coding/code-figures.ts';
import { labelsOf, ownWords } from '../../coding/coded-texts.ts';
import { type Examples, examplesOf, learnCode, whyNotLearnable } from '../../coding/learn-code.ts';
import { orderProposals } from '../../coding/proposal-order.ts';
import { isSealed } from '../../coding/seal.ts';
import { countFeatures } from '../../coding/text-features.ts';
import type { NewProposal } from '../../store/coder.ts';
import type { StudyText } from '../../store/coder-examples.ts';
import { baseLanguage } from '../../text/language-words.ts';
import { readingOf } from '../../text/readings.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

export type CoderArgs = { studyId: number; codes: readonly number[]; seed: number };
/** What a run found of one code; `why` says what is missing where it could not be learned. */
export type CoderCode = {
  code: number;
  examples: Examples;
  why: string | null;
  figures: CodeFigures | null;
  threshold: number | null;
  proposed: number;
  /** So many of the positives were proposed by the coder before: they make its figures look better than they are. */
  fromProposals: number;
};
export type CoderResult = {
  texts: number;
  /** Whose words no longer match their seal: they are left out. */
  broken: number;
  people: number;
  unread: number;
  language: string;
  codes: CoderCode[];
  macro: MacroFigures | null;
};
export type FoundByCoder = { result: CoderResult; proposals: NewProposal[]; learned: number[]; inputHash: string };

/** What there is to learn from: texts, whose each is, and what people decided of each. */
async function readExamples({ store, textKey }: Pick<TaskContext, 'store' | 'textKey'>, studyId: number) {
  const kept = await store.coder.texts(studyId);
  const whole = kept.filter(({ text, textHash }) => isSealed(textKey, text, textHash));
  const texts = inOrder(ownWords(whole));
  const codes = await store.notes.codes(studyId);
  const codings = await store.coder.codings(studyId);
  const refused = await store.coder.refused(studyId);
  return { texts, broken: kept.length - whole.length, groups: groupsOf(texts), codes, codings, refused };
}

export type Readiness = { code: number; examples: Examples; why: string | null }[];

/** What each code of a study could be learned from. */
export async function coderReadinessTask(context: TaskContext, { studyId }: { studyId: number }): Promise<Readiness> {
  const { texts, groups, codes, codings, refused } = await readExamples(context, studyId);
  const wanted = codes.map(({ id }) => id);
  const labels = labelsOf(texts, codes, { codings, refused }, wanted);
  return wanted.map((code) => {
    const examples = examplesOf(labels.get(code)!, groups);
    return { code, examples, why: whyNotLearnable(examples) };
  });
}

/** Texts but for some that nobody has looked at for a code, in an order that has nothing to do with what they say. */
export async function coderUnreadTask(
  context: TaskContext,
  { studyId, code, limit, without }: { studyId: number; code: number; limit: number; without: readonly string[] },
): Promise<{ unread: number; texts: { sourceId: string; version: number }[] }> {
  const { texts, codes, codings, refused } = await readExamples(context, studyId);
  const own = labelsOf(texts, codes, { codings, refused }, [code]).get(code)!;
  const left = new Set(without);
  const unread = texts.filter(({ sourceId }, row) => own[row] === -1 && !left.has(sourceId));
  const place = ({ sourceId }: StudyText) => createHash('sha256').update(`${code} ${sourceId}`).digest('hex');
  return {
    unread: unread.length,
    texts: unread
      .map((text) => ({ text, at: place(text) }))
      .sort((a, b) => compare(a.at, b.at))
      .slice(0, limit)
      .map(({ text: { sourceId, version } }) => ({ sourceId, version })),
  };
}

/** Learns codes from what people coded and proposes texts that nobody looked at. Nothing is written here. */
export async function coderTask(context: TaskContext, args: CoderArgs): Promise<FoundByCoder> {
  const { onProgress } = context;
  onProgress('Reading answers and turns', 0.02);
  const { texts, broken, groups, codes, codings, refused } = await readExamples(context, args.studyId);
  if (texts.length === 0)
    throw new Unanswerable('There is nothing to read yet: no answer in words, and no turn of an interview');
  const labels = labelsOf(texts, codes, { codings, refused }, args.codes);
  const proposed = codings.filter(({ isProposed }) => isProposed);
  const proposedBefore = labelsOf(texts, codes, { codings: proposed, refused: [] }, args.codes);

  onProgress('Counting words', 0.06);
  const language = majority(texts.flatMap((text) => (text.language === null ? [] : [text.language])));
  const counts = countFeatures(
    texts.map(({ text }) => text),
    { reading: readingOf({ language, stopWords: [], leftOut: [], sameWords: [], folded: [] }) },
  );

  const found: CoderCode[] = [];
  const proposals: NewProposal[] = [];
  for (const [place, code] of args.codes.entries()) {
    const own = labels.get(code)!;
    const name = codes.find(({ id }) => id === code)?.name ?? '';
    onProgress(`Learning “${name}”`, 0.1 + (0.88 * place) / args.codes.length);
    const examples = examplesOf(own, groups);
    const why = whyNotLearnable(examples);
    const fromProposals = proposedBefore.get(code)!.reduce((sum, label) => sum + Number(label === 1), 0);
    if (why !== null) {
      found.push({ code, examples, why, figures: null, threshold: null, proposed: 0, fromProposals });
      continue;
    }
    const { threshold, figures, probabilities } = learnCode(counts, { labels: own, groups, seed: args.seed });
    const order = orderProposals(
      [...own.keys()]
        .filter((row) => own[row] === -1 && counts.starts[row + 1]! > counts.starts[row]!)
        .map((row) => ({ row, probability: probabilities[row]! })),
      threshold,
    );
    for (const [position, { row, probability, isYes }] of order.entries())
      proposals.push({
        codeId: code,
        sourceId: texts[row]!.sourceId,
        sourceVersion: texts[row]!.version,
        probability,
        isYes: Number(isYes),
        position,
      });
    found.push({ code, examples, why, figures, threshold, proposed: order.length, fromProposals });
  }
  return {
    result: {
      texts: texts.length,
      broken,
      people: new Set(groups).size,
      unread: unreadOf(labels, texts.length),
      language,
      codes: found,
      macro: macroFigures(found.flatMap(({ figures }) => (figures ? [figures] : []))),
    },
    proposals,
    learned: found.flatMap(({ code, figures }) => (figures ? [code] : [])),
    inputHash: createHash('sha256')
      .update(
        JSON.stringify([
          texts.map(({ sourceId, version, textHash }) => [sourceId, version, textHash]),
          [...labels].map(([code, own]) => [code, [...own].join(',')]),
        ]),
      )
      .digest('base64url'),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** By their words, so that the same texts give the same figures in whatever order and under whatever ids they came. */
const inOrder = (texts: readonly StudyText[]): StudyText[] =>
  texts.toSorted((a, b) => compare(a.text, b.text) || compare(a.sourceId, b.sourceId));

/** Whose text each is: somebody's, else the response's or the interview's. */
function groupsOf(texts: readonly StudyText[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(texts, ({ personId, subjectId }) => {
    const key = personId === null ? `s ${subjectId}` : `p ${personId}`;
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
}

function unreadOf(labels: ReadonlyMap<number, Int8Array>, texts: number): number {
  const all = [...labels.values()];
  let unread = 0;
  for (let row = 0; row < texts; row++) if (all.every((own) => own[row] === -1)) unread++;
  return unread;
}

function majority(languages: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const tag of languages) counts.set(baseLanguage(tag), (counts.get(baseLanguage(tag)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))[0]?.[0] ?? 'en';
}
