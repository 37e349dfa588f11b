import type { Method } from '../coding/method.ts';
import type { RoundAgreement } from '../coding/round-agreement.ts';
import type { RoundUnit, TakenRound } from '../coding/round-marks.ts';
import { codePointLength } from '../coding/spans.ts';
import { cleanText } from '../model/clean-text.ts';
import { isSpoken, surveyItems } from '../model/items.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { mulberry32, shuffled } from '../stats/random.ts';
import type { CodingRound, RoundText } from '../store/coding-rounds.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

export const CODERS_MAX = 8;
export const CODES_MAX = 60;
export const TEXTS_MAX = 5000;
const SEED = 1;

/** Where the answers of a round come from. */
export type AnswersOf = { survey: string; item: string };
export type RoundForm = {
  name: string;
  unit: RoundUnit;
  codes: readonly string[];
  coders: readonly number[];
  minimum: number;
  isBlind: boolean;
  of: { interviews: readonly string[] } | { answers: AnswersOf };
  /** How many are drawn of them; null for all. */
  draw: { count: number; seed: number } | null;
};

/** `none`: nothing coded yet; `coding`; `done`: they said so. */
export type CoderState = {
  userId: number;
  name: string;
  state: 'none' | 'coding' | 'done';
  codings: number;
  read: number;
};

/** How a study is coded, and rounds in which several code the same without seeing each other's codes. */
export function agreementService({ store, now, thread }: Context) {
  async function textsOf(study: Study, of: RoundForm['of'], draw: RoundForm['draw'], errors: ProblemError[]) {
    if ('answers' in of) {
      const survey = await store.surveys.find(study.id, of.answers.survey);
      const version = survey?.publishedVersionId ? await store.surveys.version(survey.publishedVersionId) : null;
      const isOpen =
        version && surveyItems(version.definition).some((item) => isSpoken(item) && item.address === of.answers.item);
      if (!survey || !isOpen) {
        errors.push({ pointer: '#/question', detail: 'Choose one of the open questions listed' });
        return { texts: [], of: 0 };
      }
      const all = await store.codingRounds.answersTo(survey.id, of.answers.item);
      if (all.length === 0) errors.push({ pointer: '#/question', detail: 'Nobody has answered this question yet' });
      return { texts: drawOf(all, draw), of: all.length };
    }
    const chosen = new Set(of.interviews);
    const turns = (await store.interviewTurns.list(study.id)).filter(
      ({ kind, subjectId }) => kind === 'turn' && chosen.has(subjectId),
    );
    const byInterview = [...Map.groupBy(turns, ({ subjectId }) => subjectId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    if (byInterview.length === 0)
      errors.push({
        pointer: '#/interviews',
        detail: 'Choose an interview with words in it, of somebody who agreed that it is analysed',
      });
    const drawn = drawOf(byInterview, draw);
    const texts = drawn.flatMap(([, own]) =>
      own.map(({ sourceId, subjectId }): RoundText => ({ sourceId, subjectId })),
    );
    return { texts, of: byInterview.length };
  }

  /** Who had coded what: the words as they stand, and what each coder put on them. */
  async function take(round: CodingRound): Promise<TakenRound> {
    const [texts, coders, codes] = [
      await store.codingRounds.texts(round.id),
      await store.codingRounds.coders(round.id),
      await codesOf(round),
    ];
    const ids = texts.map(({ sourceId }) => sourceId);
    const rows = await store.codingRounds.codings(round.studyId, ids, {
      coderIds: coders.map(({ userId }) => userId),
      codeIds: codes.map(({ id }) => id),
    });
    const standing = new Map((await store.codingRounds.standing(round.studyId, ids)).map((one) => [one.publicId, one]));
    const reads = new Set(
      (await store.codingRounds.reads(round.id)).map(({ userId, sourceId }) => `${userId} ${sourceId}`),
    );
    const subjectOf = new Map(texts.map(({ sourceId, subjectId }) => [sourceId, subjectId]));
    // Whoever coded something in an interview has gone through it; of answers it is known one by one.
    const begun = new Set(rows.map(({ coderId, sourceId }) => `${coderId} ${subjectOf.get(sourceId)}`));
    const bySource = Map.groupBy(rows, ({ sourceId }) => sourceId);
    const coderPlace = new Map(coders.map(({ userId }, place) => [userId, place]));
    const codePlace = new Map(codes.map(({ id }, place) => [id, place]));
    return {
      unit: round.unit,
      coders: coders.map(({ userId, name }) => ({ userId, name })),
      codes,
      texts: texts.flatMap(({ sourceId, subjectId }) => {
        const source = standing.get(sourceId);
        if (!source) return [];
        const length = codePointLength(source.text);
        const isRead = ({ userId, doneAt }: (typeof coders)[number]) =>
          doneAt !== null ||
          (round.kind === 'answers' ? reads.has(`${userId} ${sourceId}`) : begun.has(`${userId} ${subjectId}`));
        return [
          {
            sourceId,
            subjectId,
            version: source.version,
            length,
            readBy: coders.flatMap((coder, place) => (isRead(coder) ? [place] : [])),
            marks: (bySource.get(sourceId) ?? [])
              .filter((row) => row.sourceVersion === source.version && row.spanEnd <= length)
              .map((row) => ({
                coder: coderPlace.get(row.coderId) ?? 0,
                code: codePlace.get(row.codeId) ?? 0,
                start: row.spanStart,
                end: row.spanEnd,
              })),
          },
        ];
      }),
    };
  }

  async function codesOf(round: CodingRound): Promise<TakenRound['codes']> {
    const found = await Promise.all(round.codes.map((publicId) => store.notes.findCode(round.studyId, publicId)));
    return found.flatMap((code) => (code ? [{ id: Number(code.id), publicId: code.publicId, name: code.name }] : []));
  }

  const open = async (round: CodingRound): Promise<void> => {
    await store.codingRounds.open(round.id, JSON.stringify(await take(round)), now().toISOString());
  };

  async function statesOf(round: CodingRound): Promise<CoderState[]> {
    const coders = await store.codingRounds.coders(round.id);
    const ids = (await store.codingRounds.texts(round.id)).map(({ sourceId }) => sourceId);
    const counts = await store.codingRounds.countByCoder(round.studyId, ids);
    const reads = Map.groupBy(await store.codingRounds.reads(round.id), ({ userId }) => userId);
    return coders.map(({ userId, name, doneAt }) => {
      const [made, read] = [counts.get(userId) ?? 0, reads.get(userId)?.length ?? 0];
      const hasBegun = round.kind === 'answers' ? read > 0 : made > 0;
      return { userId, name, state: doneAt !== null ? 'done' : hasBegun ? 'coding' : 'none', codings: made, read };
    });
  }

  const isCoder = async (round: CodingRound, userId: number): Promise<boolean> =>
    (await store.codingRounds.coders(round.id)).some((coder) => coder.userId === userId);

  /** @throws Problem `conflict` when the round is over, `forbidden` for somebody who does not code it */
  async function requireOpenFor(round: CodingRound, userId: number): Promise<void> {
    if (round.openedAt !== null)
      throw new Problem('conflict', 'This round is over', { detail: 'What came of it is on its page' });
    if (!(await isCoder(round, userId)))
      throw new Problem('forbidden', 'You are not one of the coders of this round', {
        detail: 'Whoever made the round chose who codes it',
      });
  }

  return {
    /**
     * Whether somebody codes a subject blind just now: then they see their own codings alone, and those do not count yet.
     *
     * @param subjectId an interview's public id, or a response's
     */
    roundFor: async (
      study: Pick<Study, 'id'>,
      subjectId: string,
      userId: number,
    ): Promise<{ isBlind: true; round: string } | null> => {
      const round = await store.codingRounds.blindRoundOf(study.id, subjectId, userId);
      return round && { isBlind: true, round: round.publicId };
    },
    /** Whose steps alone somebody may see listed: their own while they code anything blind; null for everybody's. */
    stepsOf: async (study: Pick<Study, 'id'>, userId: number): Promise<number | null> =>
      (await store.codingRounds.hiddenSources(study.id, userId)).size > 0 ? userId : null,

    /** Says how a study is coded. Nothing that was measured is lost by it. */
    changeMethod: async (study: Study, form: { method: string; reason: string }, actor: Actor): Promise<void> => {
      const reason = cleanText(form.reason, 'note');
      const errors: ProblemError[] = [];
      if (!isMethod(form.method)) errors.push({ pointer: '#/method', detail: 'Choose one of the three' });
      if (reason.isTooLong) errors.push({ pointer: '#/reason', detail: 'Shorten it to 20,000 characters' });
      if (errors.length > 0 || !isMethod(form.method)) throw new Problem('invalid', 'Choose a method', { errors });
      await store.studies.changeMethod({
        studyId: study.id,
        method: form.method,
        reason: reason.text.trim(),
        changedBy: actor?.userId ?? null,
        changedAt: now().toISOString(),
      });
    },

    /**
     * Begins a round: from now on its coders code what is in it, each for themselves.
     *
     * @throws Problem `invalid` naming everything that does not fit
     */
    begin: async (study: Study, form: RoundForm, actor: Actor): Promise<CodingRound> => {
      const errors: ProblemError[] = [];
      const name = cleanText(form.name, 'name');
      if (name.isTooLong) errors.push({ pointer: '#/name', detail: 'Shorten it to 200 characters' });
      const known = new Map((await store.notes.codes(study.id)).map((code) => [code.publicId, code]));
      const codes = [...new Set(form.codes)].filter((id) => known.get(id)?.isCodable === 1);
      if (codes.length === 0) errors.push({ pointer: '#/codes', detail: 'Choose the codes that are compared' });
      else if (codes.length > CODES_MAX)
        errors.push({
          pointer: '#/codes',
          detail: `Choose at most ${CODES_MAX} codes: fewer codes on more words tell more`,
        });
      const allowed = new Set((await store.studies.coders(study)).map(({ id }) => id));
      const coders = [...new Set(form.coders)].filter((id) => allowed.has(id));
      if (coders.length < 2 || coders.length > CODERS_MAX)
        errors.push({ pointer: '#/coders', detail: `Choose two coders or more, at most ${CODERS_MAX}` });
      if (!(form.minimum > 0 && form.minimum < 1))
        errors.push({ pointer: '#/minimum', detail: 'Enter a number between 0 and 1, such as 0.667 or 0.8' });
      if (form.draw && !(Number.isInteger(form.draw.count) && form.draw.count >= 1))
        errors.push({ pointer: '#/count', detail: 'Enter a whole number, or leave it empty to take all' });
      if (form.draw && !(Number.isInteger(form.draw.seed) && form.draw.seed >= 0 && form.draw.seed < 2 ** 31))
        errors.push({ pointer: '#/seed', detail: 'Enter a whole number from 0 to 2147483647, such as 1' });
      const found = errors.some(({ pointer }) => pointer === '#/count' || pointer === '#/seed')
        ? { texts: [], of: 0 }
        : await textsOf(study, form.of, form.draw, errors);
      if (found.texts.length > TEXTS_MAX)
        errors.push({
          pointer: '#/count',
          detail: `Draw fewer: a round holds at most ${TEXTS_MAX.toLocaleString('en-GB')} texts`,
        });
      await refuseTwice(study, found.texts, coders, errors);
      if (errors.length > 0) throw new Problem('invalid', 'The round cannot begin yet', { errors });
      const number = (await store.codingRounds.list(study.id)).length + 1;
      return store.codingRounds.add(
        {
          studyId: study.id,
          name: name.text.trim() || `Round ${number}`,
          kind: 'answers' in form.of ? 'answers' : 'interviews',
          unit: 'answers' in form.of ? 'answer' : form.unit === 'characters' ? 'characters' : 'turn',
          codes,
          drawn: form.draw
            ? {
                seed: form.draw.seed,
                of: found.of,
                from: 'answers' in form.of ? `${form.of.answers.survey} ${form.of.answers.item}` : 'interviews',
              }
            : null,
          minimum: form.minimum,
          isBlind: form.isBlind,
          createdBy: actor?.userId ?? null,
          createdAt: now().toISOString(),
        },
        found.texts,
        coders,
      );
    },

    statesOf,
    codesOf,
    requireOpenFor,

    /** A coder says that they are done; the last one opens what came of it. */
    done: async (round: CodingRound, userId: number): Promise<void> => {
      await requireOpenFor(round, userId);
      await store.codingRounds.setDone(round.id, userId, now().toISOString());
      if ((await store.codingRounds.coders(round.id)).every(({ doneAt }) => doneAt !== null)) await open(round);
    },
    notDone: async (round: CodingRound, userId: number): Promise<void> => {
      await requireOpenFor(round, userId);
      await store.codingRounds.setDone(round.id, userId, null);
    },
    /** Opens what came of a round although not all are done. @throws Problem `conflict` when fewer than two have begun */
    close: async (round: CodingRound): Promise<void> => {
      if ((await statesOf(round)).filter(({ state }) => state !== 'none').length < 2)
        throw new Problem('conflict', 'Fewer than two have coded anything', {
          detail: 'There is nothing to compare yet. Wait until two have begun',
        });
      await open(round);
    },

    /** What was taken when a round was opened, and what it came to. Null before. */
    results: async (round: CodingRound): Promise<{ taken: TakenRound; measured: RoundAgreement } | null> => {
      if (round.taken === null) return null;
      const taken = JSON.parse(round.taken) as TakenRound;
      if (round.measured !== null) return { taken, measured: JSON.parse(round.measured) as RoundAgreement };
      const measured = await thread.ask('roundAgreement', { round: taken, minimum: round.minimum, seed: SEED });
      await store.codingRounds.measure(round.id, JSON.stringify(measured));
      return { taken, measured };
    },
  };

  /** A text is coded in one round at a time by the same coder, or neither would know which codings are whose. */
  async function refuseTwice(
    study: Study,
    texts: readonly RoundText[],
    coders: readonly number[],
    errors: ProblemError[],
  ) {
    const subjects = new Set(texts.map(({ subjectId }) => subjectId));
    for (const other of await store.codingRounds.list(study.id)) {
      if (other.openedAt !== null) continue;
      const own = await store.codingRounds.coders(other.id);
      if (!own.some(({ userId }) => coders.includes(userId))) continue;
      if ((await store.codingRounds.texts(other.id)).some(({ subjectId }) => subjects.has(subjectId))) {
        errors.push({
          pointer: '#/coders',
          detail: `Some of this is being coded in “${other.name}” by the same people. Finish or close that round first`,
        });
        return;
      }
    }
  }
}
export type AgreementService = ReturnType<typeof agreementService>;

const isMethod = (method: string): method is Method =>
  method === 'reliability' || method === 'codebook' || method === 'reflexive';

/** The same seed draws the same of the same; in the order in which they stood. */
function drawOf<Item>(all: readonly Item[], draw: RoundForm['draw']): Item[] {
  if (!draw || draw.count >= all.length) return [...all];
  const places = shuffled(
    all.map((_, place) => place),
    mulberry32(draw.seed),
  ).slice(0, draw.count);
  return places.sort((a, b) => a - b).map((place) => all[place]!);
}
