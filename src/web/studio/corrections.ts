import type { Request, Response } from 'express';
import { diffPieces } from '../../coding/word-diff.ts';
import { Problem } from '../../model/problem.ts';
import type { CorrectionPreview } from '../../services/corrections.ts';
import type { SourceText } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, type fieldMaker, isForForm, showForm, studyAddress } from './frame.ts';
import { placeName, sourceCrumbs, wayBack } from './text-place.ts';
import { readLongWords } from './upload.ts';

/** So many passages are laid out one by one; more of them would hide what matters. */
const PASSAGES_SHOWN = 100;

/** Correcting what was written down of a talk: a turn, a note or the moment it began. */
export function correctionDoor(door: Doorway, house: House): void {
  const { store, corrections } = house.verbatim;

  /** The text that stands, whichever address named it. */
  async function standingOf(study: EnteredStudy, req: Request): Promise<SourceText> {
    const { interview, position, source } = req.params;
    const found =
      source === undefined
        ? (await store.notes.sourcesOf(study.id, String(interview))).find(
            ({ kind, position: at }) => kind === 'turn' && String(at) === String(position),
          )
        : (await store.notes.versionsOf(study.id, String(source))).findLast(
            ({ supersededAt }) => supersededAt === null,
          );
    if (!found || found.erasedAt !== null)
      throw new Problem('not-found', 'There are no such words in this study', {
        detail: 'They may have been withdrawn',
      });
    return corrections.standing(study, found.publicId, found.version);
  }

  type Shown = { typed?: Record<string, string>; preview?: CorrectionPreview | null; problem?: Problem | null };
  async function show(visit: StudyVisit, res: Response, req: Request, source: SourceText, shown: Shown = {}) {
    const { study } = visit;
    const { typed = {}, preview = null, problem = null } = shown;
    const isMeanwhile = typed['version'] !== undefined && typed['version'] !== String(source.version);
    const values = {
      version: String(source.version),
      text: typed['text'] ?? source.text,
      reason: typed['reason'] ?? '',
      lost: preview ? preview.lost.map(({ publicId }) => publicId).join(' ') : '',
    };
    const asks = preview !== null && preview.lost.length > 0;
    await showForm(
      house,
      visit,
      res,
      'interviews',
      {
        view: 'studio/correction',
        head: await sourceCrumbs(store, study, source, `Correct ${placeName(source)}`),
        action: req.path,
        fields: (make: ReturnType<typeof fieldMaker>) => [
          make.area('text', 'The words as they were said', {
            isRequired: true,
            rows: Math.min(24, Math.max(5, Math.ceil([...values.text].length / 70) + 1)),
          }),
          make.text('reason', 'Why', { hint: 'Such as “heard again in the recording”. It stands in the history' }),
          ...(asks
            ? [
                make.boxes(
                  'agreed',
                  'Codes that are lost',
                  [{ value: '1', label: lossSentence(preview.lost.length) }],
                  { isRequired: true },
                ),
              ]
            : []),
          make.hidden('version'),
          make.hidden('lost'),
        ],
        buttons: buttons('Save the correction', { label: 'Cancel', href: wayBack(study, source) }),
        more: {
          uses: `${studyAddress(study)}/texts/${source.publicId}`,
          // Shown once somebody else's words took the place of those that the form began with.
          standing: isMeanwhile ? source.text : '',
          preview: preview && previewView(source, preview),
        },
      },
      values,
      problem,
    );
  }

  const TURN = '/studio/:study/interviews/:interview/turns/:position/correct';
  const SOURCE = '/studio/:study/texts/:source/correct';
  for (const address of [TURN, SOURCE]) {
    door.get(address, 'researcher', async (visit, req, res) =>
      show(visit, res, req, await standingOf(visit.study, req)),
    );
    door.post(address, 'researcher', readLongWords(), async (visit, req, res) => {
      const { study } = visit;
      const form = formOf(req);
      const typed = Object.fromEntries(['version', 'text', 'reason'].map((name) => [name, field(form, name)]));
      const source = await standingOf(study, req);
      let preview: CorrectionPreview | null = null;
      try {
        preview = await corrections.preview(
          study,
          source.publicId,
          Number(field(form, 'version')),
          field(form, 'text'),
        );
        if (field(form, 'do') === 'preview') return await show(visit, res, req, source, { typed, preview });
        const lost = preview.lost.map(({ publicId }) => publicId);
        const isKnown = field(form, 'agreed') === '1' && field(form, 'lost') === lost.join(' ');
        if (lost.length > 0 && !isKnown)
          throw new Problem('invalid', 'Codes would be lost', {
            errors: [
              {
                pointer: '#/agreed',
                detail: 'Look at the codes that lose their words, and tick that they may be lost',
              },
            ],
          });
        await corrections.correct(
          study,
          source.publicId,
          source.version,
          preview.edits,
          field(form, 'reason'),
          { userId: visit.user.id },
          lost,
        );
        res.redirect(303, `${studyAddress(study)}/texts/${source.publicId}`);
      } catch (error) {
        if (!isForForm(error)) throw error;
        await show(visit, res, req, await standingOf(study, req), { typed, preview, problem: error });
      }
    });
  }
}

const lossSentence = (lost: number): string =>
  lost === 1 ? 'One code may be lost with its words' : `${lost} codes may be lost with their words`;

/** The same code on the same words is one line, however many coders put it there. */
const lines = (list: CorrectionPreview['moved']): CorrectionPreview['moved'] => [
  ...new Map(list.map((one) => [JSON.stringify([one.code, one.before, one.after]), one])).values(),
];

function previewView(source: SourceText, { edits, untouched, ...preview }: CorrectionPreview) {
  const [moved, lost] = [lines(preview.moved), lines(preview.lost)];
  const rows = (list: CorrectionPreview['moved']) =>
    list.slice(0, PASSAGES_SHOWN).map(({ code, before, after }) => ({ code, before, after: after ?? '' }));
  return {
    pieces: diffPieces(source.text, edits),
    moved: rows(moved),
    lost: rows(lost),
    more: Math.max(0, moved.length - PASSAGES_SHOWN) + Math.max(0, lost.length - PASSAGES_SHOWN),
    untouched,
  };
}
