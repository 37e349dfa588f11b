import { seal } from '../coding/seal.ts';
import { sliceSpan } from '../coding/spans.ts';
import { guidOf } from '../exchange/refi-qda/guid.ts';
import type { ImportPlan, PlannedText, TurnPlace } from '../exchange/refi-qda/plan-import.ts';
import type { PlannedMemo } from '../exchange/refi-qda/plan-notes.ts';
import { cleanText } from '../model/clean-text.ts';
import { newPublicId, sourceId } from '../store/identifiers.ts';
import type { NewInterview, NewSourceText } from '../store/notes.ts';
import type { Incoming, KeptElement } from '../store/project-exchange.ts';
import type { Study } from '../store/studies.ts';
import type { ExchangedText } from './project-texts.ts';

const QUOTES_UNKNOWN = 'not known: brought in from another program';

/** Rows to be written, from what is planned. */
export function incomingOf({
  study,
  plan,
  at,
  mayQuote,
  mayRecord,
  key,
  found,
  codes,
  codings: standing,
  users,
}: {
  study: Study;
  plan: ImportPlan;
  at: string;
  mayQuote: boolean;
  /** Those whose recordings come along agreed to be recorded. */
  mayRecord: boolean;
  key: Uint8Array;
  found: ReadonlyMap<string, ExchangedText>;
  codes: readonly { id: number; guid: string | null; publicId: string }[];
  codings: readonly { guid: string | null; publicId: string }[];
  users: readonly { id: number; publicId: string; isMember: boolean }[];
}): Incoming {
  const codeIds = new Map(codes.map((code) => [code.guid ?? guidOf(code.publicId), Number(code.id)]));
  const members = new Map(users.filter(({ isMember }) => isMember).map(({ id, publicId }) => [guidOf(publicId), id]));
  const kept: KeptElement[] = [];
  const keep = (kind: string, guid: string, subjectId: string, body: unknown) =>
    kept.push({ kind, guid, subjectId, body: JSON.stringify(body) });
  /** Whoever has no account here stays known by name beside what they made. */
  const makerOf = (by: string | null, subjectId: string): number | null => {
    if (by === null) return null;
    const member = members.get(by);
    if (member === undefined) keep('maker', by, subjectId, {});
    return member ?? null;
  };

  type Laid = Pick<ExchangedText, 'kind'> & {
    id: string;
    turns: { sourceId: string; version: number; text: string }[];
  };
  const laid = new Map<string, Laid>();
  for (const { kind, guid, subjectId, sources } of found.values())
    laid.set(guid, {
      kind,
      id: subjectId,
      turns: sources.map(({ publicId, version, text }) => ({ sourceId: publicId, version, text })),
    });
  const interviews = plan.texts.map((text) => {
    const made = interviewOf(study, text, at, key);
    laid.set(text.guid, {
      kind: 'interview',
      id: made.interview.publicId,
      turns: made.sources.map(({ publicId, version, text: words }) => ({ sourceId: publicId, version, text: words })),
    });
    keep('interview', text.guid, made.interview.publicId, {});
    return {
      interview: {
        ...made.interview,
        maySpeak: mayQuote ? 1 : 0,
        createdBy: makerOf(text.by, made.interview.publicId),
      },
      sources: made.sources,
      cues: made.sources.map(({ studyId, publicId, version }, index) => ({
        studyId,
        publicId,
        version,
        cues: text.turns[index]?.cues ?? [],
      })),
      purposes: [
        'analysis',
        ...(mayQuote ? ['quotes'] : []),
        ...(mayRecord && text.recording?.file ? ['recording'] : []),
      ],
      textVersion: mayQuote ? 'noted by the researcher' : QUOTES_UNKNOWN,
    };
  });

  const turnOf = ({ text, turn }: TurnPlace) => laid.get(text)?.turns[turn] ?? null;
  const codings = new Map(standing.map((one) => [one.guid ?? guidOf(one.publicId), one.publicId]));
  const passages = new Map<string, string>();
  const codingRows = plan.codings.flatMap((one): Incoming['codings'] => {
    const turn = turnOf(one.place);
    const words = turn && sliceSpan(turn.text, one.place);
    if (!turn || words === null) return [];
    const publicId = newPublicId();
    if (!codings.has(one.guid)) codings.set(one.guid, publicId);
    if (one.passage !== null && !passages.has(one.passage)) passages.set(one.passage, newPublicId());
    return [
      {
        studyId: study.id,
        publicId,
        codeGuid: plan.codes.ids.get(one.code) ?? one.code,
        sourceId: turn.sourceId,
        sourceVersion: turn.version,
        spanStart: one.place.start,
        spanEnd: one.place.end,
        spanHash: seal(key, words),
        coderId: makerOf(one.by, publicId),
        layer: 'human',
        runId: null,
        createdAt: one.at ?? at,
        removedAt: null,
        direction: null,
        passage: one.passage === null ? null : (passages.get(one.passage) ?? null),
        guid: one.guid,
      },
    ];
  });

  const codePublicIds = new Map(codes.map((code) => [code.guid ?? guidOf(code.publicId), code.publicId]));
  const codeRows = plan.codes.fresh.map(({ parent, revives, isCodable, ...code }) => {
    const publicId = newPublicId();
    if (revives === null) codePublicIds.set(code.guid, publicId);
    return {
      studyId: study.id,
      publicId,
      name: cleanText(code.name, 'name').text,
      definition: cleanText(code.definition, 'note').text,
      inclusion: cleanText(code.inclusion, 'note').text,
      exclusion: cleanText(code.exclusion, 'note').text,
      color: code.color,
      isCodable: isCodable ? 1 : 0,
      position: code.position,
      guid: revives ?? code.guid,
      parentGuid: parent === null ? null : (plan.codes.ids.get(parent) ?? null),
      revives: revives === null ? null : (codeIds.get(revives) ?? null),
      createdAt: at,
      retiredAt: null,
    };
  });
  const memoRows = plan.memos.flatMap((memo): Incoming['memos'] => {
    const subject = subjectOf(memo);
    if (!subject) return [];
    const publicId = newPublicId();
    return [
      {
        studyId: study.id,
        publicId,
        ...subject,
        title: memo.title,
        text: cleanText(memo.text, 'transcript').text,
        guid: memo.guid,
        createdBy: makerOf(memo.by, publicId),
        createdAt: memo.at ?? at,
        changedAt: memo.at ?? at,
        removedAt: null,
      },
    ];
  });

  function subjectOf({ about }: PlannedMemo) {
    const whole = { sourceVersion: null, spanStart: null, spanEnd: null };
    if (about.is === 'study') return { subjectKind: 'study' as const, subjectId: study.publicId, ...whole };
    if (about.is === 'turn') {
      const turn = turnOf(about.place);
      return (
        turn && {
          subjectKind: 'source' as const,
          subjectId: turn.sourceId,
          sourceVersion: turn.version,
          spanStart: about.place.start,
          spanEnd: about.place.end,
        }
      );
    }
    if (about.is === 'text') {
      const text = laid.get(about.guid);
      return text ? { subjectKind: text.kind, subjectId: text.id, ...whole } : null;
    }
    if (about.is === 'coding') {
      const coding = codings.get(about.guid);
      return coding === undefined ? null : { subjectKind: 'coding' as const, subjectId: coding, ...whole };
    }
    const code = codePublicIds.get(plan.codes.ids.get(about.guid) ?? about.guid);
    return code === undefined ? null : { subjectKind: 'code' as const, subjectId: code, ...whole };
  }

  for (const { kind, guid, text, body } of plan.kept) {
    const subject = text === null ? '' : laid.get(text)?.id;
    if (subject !== undefined) keep(kind, guid, subject, withOurCodes(kind, body, plan.codes.ids));
  }
  return {
    studyId: study.id,
    at,
    interviews,
    codes: codeRows,
    codeIds,
    codings: codingRows,
    memos: memoRows,
    kept,
  };
}

/** What points to codes of the file points to those that took their place. */
function withOurCodes(
  kind: string,
  body: Record<string, unknown>,
  ids: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const own = (guid: unknown) => ids.get(String(guid)) ?? guid;
  if (kind === 'set') return { ...body, codes: (body['codes'] as string[]).map(own) };
  if (kind === 'link') return { ...body, origin: own(body['origin']), target: own(body['target']) };
  if (kind === 'source-coding') return { ...body, code: own(body['code']) };
  return body;
}

const NAMELESS = 'Not named';
/** How it was talked where nobody says. */
const MODE_UNKNOWN = 'not known';

function interviewOf(
  study: Study,
  text: PlannedText,
  at: string,
  key: Uint8Array,
): { interview: NewInterview; sources: NewSourceText[] } {
  const publicId = newPublicId();
  const short = (name: string) => [...cleanText(name, 'name').text.trim()].slice(0, 200).join('');
  const participant = short(text.participant) || NAMELESS;
  const sources = text.turns.flatMap((turn, index): NewSourceText[] => {
    const { text: words, replaced } = cleanText(turn.text, 'transcript');
    const kind = turn.kind === 'moment' ? 'moment' : 'turn';
    const item = kind === 'moment' ? `moment${index === 0 ? '' : index}` : String(index + 1);
    return [
      {
        studyId: study.id,
        publicId: sourceId(kind, publicId, item),
        version: 1,
        kind,
        subjectId: publicId,
        item,
        position: index + (text.turns[0]?.kind === 'moment' ? 0 : 1),
        speaker: kind === 'moment' ? participant : turn.speaker === null ? null : short(turn.speaker),
        text: words,
        textHash: seal(key, words),
        replaced,
        createdAt: at,
        startMs: turn.startMs,
        endMs: turn.endMs,
        isDraft: turn.isDraft ? 1 : 0,
      },
    ];
  });
  return {
    interview: {
      studyId: study.id,
      publicId,
      title: short(text.title) || `Interview with ${participant}`,
      participant,
      participationId: null,
      heldOn: text.heldOn ?? at.slice(0, 10),
      mode: text.mode || MODE_UNKNOWN,
      guide: text.guide,
      maySpeak: 0,
      createdBy: null,
      createdAt: text.at ?? at,
      guid: text.guid,
    },
    sources,
  };
}
