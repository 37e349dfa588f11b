import { codePointLength, sliceSpan } from '../../coding/spans.ts';
import { diffPieces } from '../../coding/word-diff.ts';
import { Problem } from '../../model/problem.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { showDate } from '../../render/helpers.ts';
import type { SourceText } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { showPage, studyAddress } from './frame.ts';
import { placeName, sourceCrumbs, wayBack } from './text-place.ts';

/** One text and everything that rests on it: its codes, the insights, what personas claim, and how it was corrected. */
export function sourceTextDoor(door: Doorway, house: House): void {
  const { store, corrections, insights, masking } = house.verbatim;

  /** Answers are masked as they are everywhere; what was said in a talk stands as it does on the talk's page. */
  async function shownWords(source: SourceText): Promise<(span?: { start: number; end: number }) => string> {
    if (source.kind !== 'answer') return (span) => (span ? (sliceSpan(source.text, span) ?? '') : source.text);
    const masks = (await masking.spansOf(source.studyId, [source])).get(`${source.publicId} ${source.version}`) ?? [];
    return (span) => maskText(source.text, masks, span ?? { start: 0, end: codePointLength(source.text) });
  }

  door.get('/studio/:study/texts/:source', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { versions, patches } = await corrections.history(study, String(req.params['source']));
    const source = versions.findLast(({ supersededAt }) => supersededAt === null);
    if (!source) throw new Problem('not-found', 'There are no such words in this study');
    const at = studyAddress(study);
    const isGone = source.erasedAt !== null;
    const words = await shownWords(source);
    const uses = await insights.usesOf(study, source.publicId, visit.user.id);
    const head = await sourceCrumbs(store, study, source, title(source));
    await showPage(house, visit, res, 'interviews', 'studio/source-text', {
      head: {
        ...head,
        actions:
          isGone || source.kind === 'answer'
            ? []
            : [{ label: 'Correct the words', href: `${at}/texts/${source.publicId}/correct`, isPrimary: false }],
      },
      isGone,
      words: isGone ? '' : words(),
      back: wayBack(study, source),
      codings: uses.codings
        .filter(({ sourceVersion }) => sourceVersion === source.version)
        .map((coding) => ({
          name: coding.codeName,
          href: `${at}/codebook/${coding.codePublicId}`,
          words: isGone ? '' : words({ start: coding.spanStart, end: coding.spanEnd }),
        })),
      insights: uses.insights.map((insight) => ({
        statement: insight.statement,
        href: `${at}/insights/${insight.publicId}`,
        passages: uses.evidence
          .filter(({ insightId }) => insightId === Number(insight.id))
          .map(({ stance, spanStart, spanEnd, sourceVersion }) => ({
            words:
              isGone || sourceVersion !== source.version
                ? 'Words that were corrected since, or deleted'
                : words({ start: spanStart, end: spanEnd }),
            isAgainst: stance === 'against',
          })),
        claims: uses.claims
          .filter(({ insightId }) => Number(insightId) === Number(insight.id))
          .map(({ words: claimed, persona }) => ({ words: claimed, href: `${at}/personas/${persona}` })),
      })),
      isCorrected: patches.length > 0,
      patches: patches.map((patch) => ({
        title: `Version ${patch.toVersion}, ${showDate(patch.correctedAt, true)} (UTC)`,
        by: `${patch.by ?? 'The command line'}${patch.reason ? `: ${patch.reason}` : ', without a reason'}`,
        pieces: isGone ? [] : diffPieces(patch.before, patch.edits),
        moved: Number(patch.moved),
        lost: patch.lost.map(({ name, codePublicId }) => ({ name, href: `${at}/codebook/${codePublicId}` })),
      })),
    });
  });
}

const title = (source: SourceText): string => {
  const name = placeName(source);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} and where it is used`;
};
