import { BaseSample, type LeftOut, leftOutWords, sampleOf } from '../../model/base-sample.ts';
import { ASKED_WAYS } from '../../model/segmentation.ts';
import type { ResponseRow } from '../../store/responses.ts';
import type { SampleDefinition, SampleKind } from '../../store/sample-definitions.ts';
import type { Store } from '../../store/store.ts';
import { Unanswerable } from './unanswerable.ts';

/** The base that is taken where nobody chose one, and the one that takes everybody. */
export const USUAL_BASE = { key: '', name: 'Everybody whom no rule asked' } as const;
export const WHOLE_BASE = { key: 'all', name: 'Everybody whose response counts' } as const;

export type NamedBase = {
  name: string;
  /** Null for those that nobody had to name. */
  version: number | null;
  /** Who counts, by their place among the responses given. */
  rows: number[];
  leftOut: LeftOut;
  /** The base in words, with its n and who does not count: to stand wherever shares of people are shown. */
  words: string;
};

/**
 * The responses that a base is made of.
 *
 * @param key `` for the usual base, `all` for everybody, else the public id of a base sample, `id@2` for one version of it
 * @throws {Unanswerable} when there is no such base of this survey
 */
export async function namedBase(
  store: Store,
  place: { surveyId: number },
  key: string,
  responses: readonly Pick<ResponseRow, 'publicId' | 'asked' | 'wave' | 'completedAt'>[],
): Promise<NamedBase> {
  const kept = key === USUAL_BASE.key || key === WHOLE_BASE.key ? null : await definitionOf(store, place, 'base', key);
  const base = kept
    ? BaseSample.parse(kept.definition)
    : BaseSample.parse(key === WHOLE_BASE.key ? { ways: ASKED_WAYS } : {});
  const name = kept?.name ?? (key === WHOLE_BASE.key ? WHOLE_BASE.name : USUAL_BASE.name);
  const version = kept?.number ?? null;
  const flagged =
    base.flagged === 'leave-out' ? await store.qualityFlags.flaggedIds(place.surveyId) : new Set<string>();
  const { rows, leftOut } = sampleOf(base, responses, flagged);
  const show = (n: number) => n.toLocaleString('en-GB');
  return {
    name,
    version,
    rows,
    leftOut,
    words: `Base: “${name}”${version === null ? '' : `, version ${version}`}, ${show(rows.length)} of ${show(responses.length)} responses. ${leftOutWords(leftOut)}.`,
  };
}

/**
 * A definition that a key names.
 *
 * @param key its public id for the version that stands, `id@2` for one version; one that was removed is still read
 * @throws {Unanswerable} when there is none of this survey
 */
export async function definitionOf(
  store: Store,
  { surveyId }: { surveyId: number },
  kind: SampleKind,
  key: string,
): Promise<SampleDefinition> {
  const [publicId = '', number] = key.split('@');
  const kept = /^[1-9]\d{0,8}$/.test(number ?? '1')
    ? await store.sampleDefinitions.find(surveyId, kind, publicId, number === undefined ? null : Number(number))
    : null;
  if (!kept)
    throw new Unanswerable(
      kind === 'weighting'
        ? 'The weighting chosen is not one of this survey. Choose another, or none'
        : 'The base sample chosen is not one of this survey. Choose another',
    );
  return kept;
}
