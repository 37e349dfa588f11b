import { withBeneath } from '../coding/code-tree.ts';
import { Problem } from '../model/problem.ts';
import type { Rule } from '../model/rule.ts';
import { referencesOf } from '../rules/references.ts';
import { allCodes, codeFor, codingsNamed, moveMemos, recodeRows, standingCodings } from '../store/codebook.ts';
import type { Code, Coding } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import { ownCode, readCode } from './codebook.ts';
import type { Codings } from './codings.ts';
import type { Actor, Context } from './context.ts';

/** What hangs on a code: it says beforehand what a change of it comes to. */
export type CodeTies = {
  passages: number;
  /** Codings of second coders that do not count yet. */
  unsettled: number;
  memos: number;
  beneath: number;
  themes: number;
  waiting: number;
  /** Segments whose rule asks for it. */
  segments: { publicId: string; name: string }[];
};
/** Where passages go: to a code that is there, or to a new one of this name, which stands beside the first. */
export type RecodeTarget = { code: string } | { name: string };

const RECODE_MAX = 10_000;

/** Changes that move passages from code to code. Each is one step, which undoing takes back exactly. */
export function codeChangeService({ store, now }: Context, codings: Codings) {
  const at = () => now().toISOString();
  async function find(study: Pick<Study, 'id'>, publicId: string): Promise<Code> {
    const code = await store.notes.findCode(study.id, publicId);
    if (!code || code.retiredAt !== null) throw new Problem('not-found', 'There is no such code in the codebook');
    return code;
  }
  const placeOf = (one: Coding) => `${one.sourceId} ${one.sourceVersion} ${one.spanStart} ${one.spanEnd} ${one.counts}`;

  return {
    /** What hangs on a code. */
    ties: async (study: Study, code: Code): Promise<CodeTies> => {
      const standing = await store.codebook.standing(code.id);
      const codes = (await store.codebook.all(study.id)).filter(({ retiredAt }) => retiredAt === null);
      const asked = new Set([code.publicId, code.name.trim().toLowerCase()]);
      return {
        passages: standing.filter(({ counts }) => counts === 1).length,
        unsettled: standing.filter(({ counts }) => counts === 0).length,
        memos: await store.codebook.memosOf(study.id, code.publicId),
        beneath: withBeneath(codes, code.id).size - 1,
        themes: (await store.themeCodes.list(study.id)).filter(({ codeId }) => codeId === code.id).length,
        waiting: await store.codebook.waitingProposals(code.id),
        segments: (await store.segments.list(study.id)).flatMap(({ publicId, name, rule }) =>
          rule !== null &&
          referencesOf(JSON.parse(rule) as Rule).interviews.some(
            (one) => asked.has(one) || asked.has(one.trim().toLowerCase()),
          )
            ? [{ publicId, name }]
            : [],
        ),
      };
    },
    /** How many passages of one code lie on the very words of another's. */
    shared: async (from: Code, into: Code): Promise<number> => {
      const there = new Set((await store.codebook.standing(into.id)).map(placeOf));
      return (await store.codebook.standing(from.id)).filter((coding) => there.has(placeOf(coding))).length;
    },

    /**
     * Makes one code of two: what was coded with the first is coded with the second, on the same words only once; its memos,
     * the codes under it and the themes that became it follow, and rules that ask for it find the second.
     *
     * @throws Problem `invalid` when they are the same, or the second only gathers codes
     */
    merge: async (
      study: Pick<Study, 'id'>,
      fromId: string,
      intoId: string,
      actor: Actor,
    ): Promise<{ moved: number; joined: number }> => {
      const [first, second] = [await find(study, fromId), await find(study, intoId)];
      if (first.id === second.id)
        throw new Problem('invalid', 'A code cannot be merged into itself', {
          errors: [{ pointer: '#/into', detail: 'Choose another code' }],
        });
      return codings.step(study, actor, 'merge', `“${first.name}” merged into “${second.name}”`, async (write) => {
        const codes = await allCodes(write.db, study.id);
        const [from, into] = [ownCode(codes, fromId), ownCode(codes, intoId)];
        needCodable(into, 'into');
        const live = codes.filter(({ retiredAt }) => retiredAt === null);
        const done = await recodeRows(write, await standingCodings(write.db, from.id), into.id, at(), { keep: false });
        // Where the second stands under the first, all that is under the first moves up with it.
        const above = withBeneath(live, from.id).has(into.id) ? from.parentId : into.id;
        for (const child of live)
          if (child.parentId === from.id) await write.update('codes', child.id, { parentId: above });
        await moveMemos(write, study.id, 'code', from.publicId, into.publicId);
        for (const earlier of codes)
          if (earlier.mergedInto === from.id) await write.update('codes', earlier.id, { mergedInto: into.id });
        await write.update('codes', from.id, { retiredAt: at(), mergedInto: into.id });
        return done;
      });
    },

    /**
     * Puts passages of a code under another one or a new one, in place of the code or besides it.
     *
     * @param passages public ids of codings; those that are gone meanwhile, or of another code, are passed over
     * @throws Problem `invalid` when none is chosen or too many are, or the code only gathers others; `conflict` when a new
     *   code's name is taken
     */
    recode: async (
      study: Pick<Study, 'id'>,
      fromId: string,
      passages: readonly string[],
      target: RecodeTarget,
      { keep }: { keep: boolean },
      actor: Actor,
    ): Promise<{ code: Code; moved: number; joined: number }> => {
      const from = await find(study, fromId);
      if (passages.length === 0)
        throw new Problem('invalid', 'Choose what is to move', {
          errors: [{ pointer: '#/passages', detail: 'Tick at least one passage' }],
        });
      if (passages.length > RECODE_MAX)
        throw new Problem('invalid', 'These are too many at once', {
          errors: [
            { pointer: '#/passages', detail: `Narrow the filter to ${RECODE_MAX.toLocaleString('en-GB')} passages` },
          ],
        });
      const chosen = 'code' in target ? await find(study, target.code) : null;
      const name = 'name' in target ? readCode({ name: target.name, definition: '' }).name : (chosen?.name ?? '');
      if (chosen?.id === from.id)
        throw new Problem('invalid', 'They are under this code already', {
          errors: [{ pointer: '#/into', detail: 'Choose another code' }],
        });
      const count = `${passages.length} ${passages.length === 1 ? 'passage' : 'passages'}`;
      const label = `${count} of “${from.name}” ${keep ? 'also' : 'now'} under “${name}”`;
      return codings.step(study, actor, chosen ? 'recode' : 'split', label, async (write) => {
        const codes = await allCodes(write.db, study.id);
        const known = codes.find((one) => one.name === name);
        if (!chosen && known)
          throw new Problem('conflict', 'There is a code of this name already', {
            errors: [
              {
                pointer: '#/name',
                detail:
                  known.retiredAt === null
                    ? 'Choose another name, or recode the passages to that code'
                    : 'It was taken out of the codebook and keeps its name. Choose another name, or bring it back',
              },
            ],
          });
        let into = chosen ? (codes.find(({ id, retiredAt }) => id === chosen.id && retiredAt === null) ?? null) : null;
        if (chosen && !into) throw new Problem('conflict', 'This code was taken out of the codebook meanwhile');
        if (!into) {
          const made = await codeFor(write, study.id, name, '', at());
          into =
            (await write.update('codes', made.id, { parentId: from.humanValue === null ? from.parentId : null })) ??
            made;
        }
        needCodable(into, 'into');
        const own = (await codingsNamed(write, study.id, passages)).filter(({ codeId }) => codeId === from.id);
        return { code: into, ...(await recodeRows(write, own, into.id, at(), { keep })) };
      });
    },
  };
}
export type CodeChanges = ReturnType<typeof codeChangeService>;

function needCodable(code: Code, field: string): void {
  if (code.isCodable === 0)
    throw new Problem('invalid', `“${code.name}” only gathers codes`, {
      errors: [
        { pointer: `#/${field}`, detail: 'Choose a code that words can bear, or let this one be used for coding' },
      ],
    });
}
