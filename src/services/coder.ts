import { isSealed, seal } from '../coding/seal.ts';
import { codePointLength } from '../coding/spans.ts';
import { Problem } from '../model/problem.ts';
import { maskText } from '../privacy/mask-text.ts';
import type { CoderRun, Decision, Verdict } from '../store/coder.ts';
import type { Code, SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { CoderResult } from '../workers/tasks/coder.ts';
import type { Actor, Context } from './context.ts';
import { maskingService } from './masking.ts';
import type { SaidValueService } from './said-values.ts';
import type { WorkQueue } from './work-queue.ts';

/** The version of what learns: it changes whenever the same seed and codings could give other figures. */
const ENGINE_VERSION = '1';
/** So many wait for their turn at most. */
const WAITING_MAX = 20;
/** So many that wait are looked at for those whose words are still there. */
const LOOKED_AT_MAX = 200;

export type ProposalDecision = { proposal: string; verdict: Verdict; direction: 'for' | 'against' | null };

/**
 * The coder: learns codes from what people coded, in a thread of its own, and proposes. Only what somebody accepts becomes
 * a coding; what they reject is kept and taught in the next run.
 */
export function coderService(
  context: Context,
  { queue, saidValues, report }: { queue: WorkQueue; saidValues: SaidValueService; report: (error: unknown) => void },
) {
  const { store, logs, now, keys, thread } = context;
  const masking = maskingService(context);

  queue.handles('coder', async (id) => {
    const run = await store.coder.findRunById(id);
    return (
      run && {
        begin: () => store.coder.begin(id),
        again: () => store.coder.putBack(id),
        perform: async (own, onProgress) => {
          const { codes } = JSON.parse(run.settings) as { codes: number[] };
          const found = await own.ask('coder', { studyId: run.studyId, codes, seed: run.seed }, onProgress);
          const isKept = await store.coder.finish(
            run,
            { result: JSON.stringify(found.result), inputHash: found.inputHash, proposals: found.proposals },
            found.learned,
            now().toISOString(),
          );
          const study = isKept ? await store.studies.find(run.studyId) : null;
          if (study) await saidValues.withdrawDistrusted(study);
        },
        progress: (step, done) => store.coder.progress(id, step, done),
        isCancelled: async () => (await store.coder.findRunById(id))?.state === 'cancelled',
        fail: async (reason) => {
          await store.coder.fail(id, reason, now().toISOString());
        },
        report,
      }
    );
  });

  /** Texts with their words as they are shown: what of a person stands in them is masked. */
  async function withWords<Item extends { source: SourceText }>(study: Study, items: readonly Item[]) {
    const masks = await masking.spansOf(
      study.id,
      items.map(({ source }) => source),
    );
    return items.map((item) => ({
      ...item,
      words: maskText(item.source.text, masks.get(`${item.source.publicId} ${item.source.version}`) ?? []),
    }));
  }

  const isWhole = ({ erasedAt, text, textHash }: SourceText): boolean =>
    erasedAt === null && isSealed(keys.text, text, textHash);
  const wholeText = ({ text }: SourceText, direction: string | null): Decision['coding'] => ({
    spanStart: 0,
    spanEnd: codePointLength(text),
    spanHash: seal(keys.text, text),
    direction,
  });

  return {
    /** What each code of a study could be learned from, and what is missing where it cannot be yet. */
    readiness: async (study: Study) => {
      await logs.settle();
      return thread.ask('coderReadiness', { studyId: study.id });
    },
    /**
     * Begins a run.
     *
     * @throws Problem `invalid` when no code is chosen, or one cannot be learned yet
     */
    propose: async (study: Study, form: { codes: string[]; seed: number }, actor: Actor): Promise<CoderRun> => {
      if (!Number.isInteger(form.seed) || form.seed < 0 || form.seed > 2 ** 31 - 1)
        throw new Problem('invalid', 'The seed must be a whole number from 0 to 2147483647', {
          errors: [{ pointer: '#/seed', detail: 'Enter a whole number, such as 1' }],
        });
      const known = await store.notes.codes(study.id);
      const chosen = known.filter(({ publicId }) => form.codes.includes(publicId));
      if (chosen.length === 0)
        throw new Problem('invalid', 'Choose what to propose', {
          errors: [{ pointer: '#/codes', detail: 'Choose at least one code' }],
        });
      if ((await queue.waiting()) >= WAITING_MAX)
        throw new Problem('busy', 'Too many runs are waiting for their turn', {
          detail: 'Wait until some are done, then begin this one again',
        });
      const run = await store.coder.addRun(
        {
          studyId: study.id,
          settings: { codes: chosen.map(({ id }) => id) },
          engineVersion: ENGINE_VERSION,
          seed: form.seed,
          createdBy: actor?.userId ?? null,
        },
        now().toISOString(),
      );
      await queue.add('coder', run.id);
      return run;
    },
    /** What a finished run came to. @throws Problem `conflict` for one that is not finished */
    resultOf: ({ result }: Pick<CoderRun, 'result'>): CoderResult => {
      if (result === null)
        throw new Problem('conflict', 'This run has no result', { detail: 'Let the coder propose anew' });
      return JSON.parse(result) as CoderResult;
    },
    /** Texts nobody has looked at for a code, drawn without the coder, and how many there are. */
    readUnread: async (study: Study, codeId: number, limit: number, viewer: number) => {
      await logs.settle();
      const { unread, texts } = await thread.ask('coderUnread', {
        studyId: study.id,
        code: codeId,
        limit,
        without: [...(await store.codingRounds.hiddenSources(study.id, viewer))],
      });
      const sources = await store.notes.findSources(
        study.id,
        texts.map(({ sourceId }) => sourceId),
      );
      const shown = texts.flatMap(({ sourceId, version }) => {
        const source = sources.find((one) => one.publicId === sourceId && one.version === version);
        return source && isWhole(source) ? [{ source }] : [];
      });
      return { unread, shown: await withWords(study, shown) };
    },
    /** Keeps what somebody read for one code: a yes becomes a coding of the whole text, a no is taught as one. */
    read: async (
      study: Study,
      code: Code,
      readings: readonly { sourceId: string; version: number; isYes: boolean; direction: 'for' | 'against' | null }[],
      actor: Actor,
    ): Promise<number> => {
      const sources = await store.notes.findSources(
        study.id,
        readings.map(({ sourceId }) => sourceId),
      );
      const hidden = actor ? await store.codingRounds.hiddenSources(study.id, actor.userId) : new Set<string>();
      const ready = readings.flatMap(({ sourceId, version, isYes, direction }) => {
        if (hidden.has(sourceId)) return [];
        const source = sources.find((one) => one.publicId === sourceId && one.version === version);
        if (!source || !isWhole(source)) return [];
        return [{ sourceId, sourceVersion: version, coding: isYes ? wholeText(source, direction) : null }];
      });
      return store.coder.read(
        { studyId: study.id, codeId: code.id },
        ready,
        actor?.userId ?? null,
        now().toISOString(),
      );
    },
    /** What waits for a decision, with its words; `gone` counts those whose words were withdrawn or are no longer whole. */
    readQueue: async (study: Study, run: CoderRun, codeId: number, limit: number, viewer: number) => {
      const proposals = await store.coder.queue(run.id, codeId, LOOKED_AT_MAX, viewer);
      const sources = await store.notes.findSources(study.id, [...new Set(proposals.map(({ sourceId }) => sourceId))]);
      const whole = new Map(sources.filter(isWhole).map((source) => [`${source.publicId} ${source.version}`, source]));
      const there = proposals.flatMap((proposal) => {
        const source = whole.get(`${proposal.sourceId} ${proposal.sourceVersion}`);
        return source ? [{ proposal, source }] : [];
      });
      const all = (await store.coder.verdicts(run.id, viewer)).find(
        (one) => one.codeId === codeId && one.verdict === null,
      );
      const gone = proposals.length - there.length;
      return { shown: await withWords(study, there.slice(0, limit)), waiting: (all?.count ?? 0) - gone, gone };
    },
    /** What waits over all runs, of one code or of any, as far as its words are still there. */
    readWaiting: async (study: Study, codeId: number | null, limit: number, viewer: number) => {
      const proposals = await store.coder.waiting(study.id, codeId, LOOKED_AT_MAX, viewer);
      const sources = await store.notes.findSources(study.id, [...new Set(proposals.map(({ sourceId }) => sourceId))]);
      const whole = new Map(sources.filter(isWhole).map((source) => [`${source.publicId} ${source.version}`, source]));
      const there = proposals.flatMap((proposal) => {
        const source = whole.get(`${proposal.sourceId} ${proposal.sourceVersion}`);
        return source ? [{ proposal, source }] : [];
      });
      return withWords(study, there.slice(0, limit));
    },
    /**
     * Decides proposals, each once. What is accepted becomes a coding of the whole text, in the name of whoever accepted it.
     *
     * @returns how many were decided, and of how many the words are no longer there
     */
    decide: async (
      study: Study,
      decisions: readonly ProposalDecision[],
      actor: Actor,
    ): Promise<{ decided: number; gone: number }> => {
      const proposals = new Map(
        (
          await store.coder.findProposals(
            study.id,
            decisions.map(({ proposal }) => proposal),
            actor?.userId ?? null,
          )
        ).map((proposal) => [proposal.publicId, proposal]),
      );
      const sources = new Map(
        (
          await store.notes.findSources(
            study.id,
            [...proposals.values()].map(({ sourceId }) => sourceId),
          )
        ).map((source) => [`${source.publicId} ${source.version}`, source]),
      );
      const ready: Decision[] = [];
      let gone = 0;
      for (const { proposal: publicId, verdict, direction } of decisions) {
        const proposal = proposals.get(publicId);
        if (!proposal) continue;
        if (verdict !== 'accepted') {
          ready.push({ proposal, verdict, coding: null });
          continue;
        }
        const source = sources.get(`${proposal.sourceId} ${proposal.sourceVersion}`);
        if (source && isWhole(source)) ready.push({ proposal, verdict, coding: wholeText(source, direction) });
        else gone += 1;
      }
      return { decided: await store.coder.decide(ready, actor?.userId ?? null, now().toISOString()), gone };
    },
    cancel: async (run: CoderRun): Promise<void> => {
      if (await store.coder.cancel(run.id, now().toISOString())) await queue.interrupt('coder', run.id);
    },
    /** Resolves when nothing is waiting or going. */
    idle: queue.idle,
  };
}
export type Coder = ReturnType<typeof coderService>;
