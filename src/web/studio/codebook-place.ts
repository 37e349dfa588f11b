import type { Request } from 'express';
import { hueOf } from '../../coding/code-hue.ts';
import { codeTree, flatTree } from '../../coding/code-tree.ts';
import { Problem } from '../../model/problem.ts';
import type { Code } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { studyAddress } from './frame.ts';

export const codebookAddress = (study: { publicId: string }): string => `${studyAddress(study)}/codebook`;
export const codeAddress = (study: { publicId: string }, code: { publicId: string }): string =>
  `${codebookAddress(study)}/${code.publicId}`;

/** The way to a page that stands under the codebook. */
export const codebookCrumbs = (study: EnteredStudy, ...more: { label: string; href: string }[]) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Codebook', href: codebookAddress(study) },
  ...more,
];

export const hueClass = (code: Pick<Code, 'color' | 'id'>): string => `seg-${hueOf(code.color, code.id)}`;

/** The code that an address names, those that were taken out among them. */
export async function codeOf({ verbatim }: House, study: EnteredStudy, req: Request): Promise<Code> {
  const code = await verbatim.store.notes.findCode(study.id, String(req.params['code']));
  if (!code) throw new Problem('not-found', 'There is no such code in this study');
  return code;
}

export const isLive = ({ retiredAt }: Code): boolean => retiredAt === null;
/** A code of the study's own that stands in its codebook. */
export const isOwn = (code: Code): boolean => isLive(code) && code.humanValue === null;

/** Codes as choices of a list, in the order of the tree, each with the names above it. */
export const codeOptions = (
  codes: readonly Code[],
  isOffered: (code: Code) => boolean = () => true,
): { value: string; label: string }[] =>
  flatTree(codeTree(codes))
    .filter(({ code }) => isOffered(code))
    .map(({ code, path }) => ({ value: code.publicId, label: path.join(' › ') }));

export const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;

/** What a researcher can take back and do again here, as two buttons. */
export async function turnBack({ verbatim }: House, { study, user }: StudyVisit) {
  const { undo, redo, stopped } = await verbatim.store.codingJournal.next(study.id, user.id);
  const at = codebookAddress(study);
  return {
    undo: undo && { action: `${at}/undo`, step: undo.id, label: undo.label },
    redo: redo && { action: `${at}/redo`, step: redo.id, label: redo.label },
    stopped: stopped?.label ?? '',
  };
}

const TURNED: Record<string, { kind: 'good' | 'warn' | 'info'; title: string; text: string | null }> = {
  undone: { kind: 'good', title: 'Taken back', text: null },
  redone: { kind: 'good', title: 'Done again', text: null },
  changed: {
    kind: 'warn',
    title: 'This was not taken back',
    text: 'Somebody changed the same code or passage since. It stays as it is now.',
  },
  nothing: { kind: 'info', title: 'There is nothing to take back', text: null },
  stopped: {
    kind: 'info',
    title: 'The last thing you did cannot be undone here',
    text: 'A decision of a round is taken back on the page of the round. Corrections and new transcripts stay; what you did before them stays, too.',
  },
  merged: { kind: 'good', title: 'The codes are merged', text: null },
  moved: { kind: 'good', title: 'The code is moved', text: null },
  recoded: { kind: 'good', title: 'The passages are recoded', text: null },
  retired: {
    kind: 'good',
    title: 'The code is out of the codebook',
    text: 'Its passages are kept. It can be brought back below.',
  },
  back: { kind: 'good', title: 'The code is back, with its passages', text: null },
  saved: { kind: 'good', title: 'Saved', text: null },
};

/** What was done just now, as the address says. */
export const doneNotice = (req: Request) => {
  const done = queryOf(req, 'done');
  return Object.hasOwn(TURNED, done) ? { ...TURNED[done], links: [] } : null;
};
