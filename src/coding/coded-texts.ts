/** A code as it stands in the codebook: it holds wherever a code under it does. */
export type CodeNode = { id: number; parentId: number | null };
/** A text that can be coded: an answer, or a turn of an interview, in one version. */
export type CodableText = { sourceId: string; version: number; subjectId: string; kind: string };
/** `isForOneCode` where whoever coded looked at the text for that code only, as one decides on a proposal. */
export type PlacedCoding = {
  codeId: number;
  sourceId: string;
  sourceVersion: number;
  isRemoved: boolean;
  isForOneCode: boolean;
};
/** What a person decided against. */
export type Refused = { codeId: number; sourceId: string; sourceVersion: number };

/**
 * What people decided about each text, code by code.
 *
 * 1 where the code, or one under it, stands on any words of the text; 0 where somebody read the text and left it out:
 * it bears another code, bore one that was taken away, was proposed and rejected, or is a turn of an interview in which
 * something is coded; −1 where nobody looked. Who looked for one code decided on that alone.
 *
 * @returns for each of `wanted` the labels in the order of the texts
 *
 * @example
 * const texts = [{ sourceId: 'a', version: 1, subjectId: 'x', kind: 'answer' }, { sourceId: 'b', version: 1, subjectId: 'y', kind: 'answer' }];
 * const codings = [{ codeId: 2, sourceId: 'a', sourceVersion: 1, isRemoved: false, isForOneCode: false }];
 * labelsOf(texts, [{ id: 1, parentId: null }, { id: 2, parentId: 1 }], { codings, refused: [] }, [1]).get(1) // => Int8Array [1, -1]
 */
export function labelsOf(
  texts: readonly CodableText[],
  codes: readonly CodeNode[],
  { codings, refused }: { codings: readonly PlacedCoding[]; refused: readonly Refused[] },
  wanted: readonly number[],
): Map<number, Int8Array> {
  const place = (sourceId: string, version: number) => `${sourceId} ${version}`;
  const rowOf = new Map(texts.map(({ sourceId, version }, row) => [place(sourceId, version), row]));
  const above = ancestors(codes);

  const read = new Uint8Array(texts.length);
  const readInterviews = new Set<string>();
  for (const { sourceId, sourceVersion, isForOneCode } of codings) {
    const row = rowOf.get(place(sourceId, sourceVersion));
    if (row === undefined || isForOneCode) continue;
    read[row] = 1;
    if (texts[row]!.kind === 'turn') readInterviews.add(texts[row]!.subjectId);
  }
  for (const [row, { kind, subjectId }] of texts.entries())
    if (kind === 'turn' && readInterviews.has(subjectId)) read[row] = 1;

  const labels = new Map(
    wanted.map((code) => [code, Int8Array.from(read, (isRead) => (isRead === 1 ? 0 : -1))] as const),
  );
  for (const { codeId, sourceId, sourceVersion } of refused) {
    const row = rowOf.get(place(sourceId, sourceVersion));
    if (row !== undefined) labels.get(codeId)?.fill(0, row, row + 1);
  }
  for (const { codeId, sourceId, sourceVersion, isRemoved } of codings) {
    const row = rowOf.get(place(sourceId, sourceVersion));
    if (row === undefined) continue;
    if (isRemoved) {
      const own = labels.get(codeId);
      if (own && own[row] === -1) own[row] = 0;
      continue;
    }
    for (const code of above.get(codeId) ?? [codeId]) labels.get(code)?.fill(1, row, row + 1);
  }
  return labels;
}

/** Each code with itself and those it stands under. */
export function ancestors(codes: readonly CodeNode[]): Map<number, number[]> {
  const parentOf = new Map(codes.map(({ id, parentId }) => [id, parentId]));
  return new Map(
    codes.map(({ id }) => {
      const line: number[] = [];
      for (let code: number | null | undefined = id; code && !line.includes(code); code = parentOf.get(code))
        line.push(code);
      return [id, line];
    }),
  );
}

/** What whoever asks is called in transcripts, alone or numbered. */
const INTERVIEWER =
  /^(?:i|q|int|iv|interviewer(?:in)?|intervieweu(?:r|se)|entrevistador(?:a)?|intervistat(?:ore|rice)|moderator(?:in)?|facilitator|researcher)[\s.]*\d*$/;

/**
 * Whether somebody is called by the part of whoever asks, which names nobody.
 *
 * @example
 * isInterviewer('Interviewer 2') // => true
 */
export const isInterviewer = (speaker: string | null): boolean =>
  INTERVIEWER.test((speaker ?? '').trim().toLowerCase());

/**
 * What people said themselves: answers, and of each interview the turns of somebody who is called as its participant is,
 * since what the interviewer asks says nothing of them. Where no turn is, as in a group or in notes, those are taken whose
 * speaker is not called by the part of an interviewer.
 *
 * @example
 * ownWords([{ kind: 'turn', subjectId: 'x', speaker: 'Ms A', participant: 'P07' }, { kind: 'turn', subjectId: 'x', speaker: 'p07', participant: 'P07' }]).length // => 1
 */
export function ownWords<
  Text extends { kind: string; subjectId: string; speaker: string | null; participant: string | null },
>(texts: readonly Text[]): Text[] {
  const plain = (name: string | null) => (name ?? '').trim().toLowerCase();
  const isOwn = ({ speaker, participant }: Text) => plain(speaker) !== '' && plain(speaker) === plain(participant);
  const told = new Set(texts.filter(isOwn).map(({ subjectId }) => subjectId));
  return texts.filter(
    (text) => text.kind !== 'turn' || (told.has(text.subjectId) ? isOwn(text) : !isInterviewer(text.speaker)),
  );
}
