import { codeTree, flatTree, type TreeRow } from '../../coding/code-tree.ts';
import type { CodeReachCounts } from '../../services/codebook.ts';
import type { Code } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { roundNotice } from './agreement-place.ts';
import { codeFields, codeFormOf } from './code-form.ts';
import {
  codeAddress,
  codebookAddress,
  codebookCrumbs,
  codeOptions,
  doneNotice,
  hueClass,
  isLive,
  isOwn,
  plural,
  turnBack,
} from './codebook-place.ts';
import { buttons, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

/** Which way words speak of what a code names. */
export const DIRECTIONS = [
  { value: '', label: 'it is not said' },
  { value: 'for', label: 'for it' },
  { value: 'against', label: 'against it' },
];

/** With more codes than this only the top of the tree is open. */
const OPEN_MAX = 60;

type Reach = Map<number, CodeReachCounts>;

/** The study's one codebook: a tree of codes, how far each reaches, and what was done to it last. */
export function codebookDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, codebook, codings } = verbatim;
  const LIST = '/studio/:study/codebook';

  door.get(LIST, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = codebookAddress(study);
    const all = await store.codebook.all(study.id);
    const live = all.filter(isLive);
    const own = live.filter(isOwn);
    const reach = await codebook.reach(study, all, visit.user.id);
    const find = queryOf(req, 'find').trim().slice(0, 200);
    const isArranging = queryOf(req, 'arrange') === '1';
    const isOpen = own.length <= OPEN_MAX || queryOf(req, 'open') === 'all' || isArranging;
    const tree = codeTree(own);
    const view = (row: TreeRow<Code>): TreeView => rowView(study, row, reach, { isOpen, isArranging });
    const found = find === '' ? null : flatTree(tree).filter(({ code }) => isFound(code, find));
    await showPage(house, visit, res, 'codebook', 'studio/codebook', {
      head: head([{ label: study.name, href: studyAddress(study) }], 'Codebook', null, [
        { label: 'New code', href: `${at}/new`, isPrimary: true },
        { label: 'Code answers', href: `${at}/answers`, isPrimary: false },
        { label: 'Suggestions', href: `${at}/suggestions`, isPrimary: false },
      ]),
      asked: await roundNotice(house, visit),
      ways: [
        { label: 'Quotes and what they say together', href: `${studyAddress(study)}/quotes` },
        { label: 'Let the coder propose', href: `${at}/coder` },
        { label: 'Values (Schwartz)', href: `${at}/values` },
        { label: 'Files in and out', href: `${at}/files` },
        { label: 'Agreement', href: `${studyAddress(study)}/agreement` },
        { label: 'Memos', href: `${studyAddress(study)}/memos` },
        { label: 'What was done', href: `${studyAddress(study)}/coding-log` },
      ],
      at,
      notice: doneNotice(req),
      turn: await turnBack(house, visit),
      count: plural(own.length, 'code', 'codes'),
      coded: plural(
        own.reduce((sum, { id }) => sum + (reach.get(id)?.passages ?? 0), 0),
        'passage',
        'passages',
      ),
      find,
      isFinding: found !== null,
      found: found?.map((row) => ({ ...view(row), children: [], above: row.path.slice(0, -1).join(' › ') })) ?? [],
      isLong: own.length > 12,
      isArranging,
      isOpen,
      mayOpen: own.length > OPEN_MAX && tree.some(({ children }) => children.length > 0),
      rows: found ? [] : tree.map(view),
      isEmpty: live.length === 0 && all.length === 0,
      hasOwn: own.length > 0,
      empty: {
        title: 'No codes yet',
        text: 'Codes are made while reading: open an interview, mark words, and name what they are about. Or make one first, and read answers for it. A codebook from another program can be brought in.',
        action: { label: 'Bring a codebook in', href: `${at}/files` },
      },
      values: flatTree(codeTree(live.filter(({ humanValue }) => humanValue !== null))).map((row) => ({
        ...view(row),
        children: [],
        above: row.path.slice(0, -1).join(' › '),
      })),
      gone: all
        .filter((code) => !isLive(code))
        .map((code) => {
          const into = all.find(({ id }) => id === code.mergedInto);
          return {
            name: code.name,
            href: codeAddress(study, into ?? code),
            note: into
              ? `merged into “${into.name}”`
              : `taken out, ${plural(reach.get(code.id)?.passages ?? 0, 'passage', 'passages')} kept`,
            back: into ? null : `${codeAddress(study, code)}/back`,
          };
        }),
    });
  });

  for (const way of ['undo', 'redo'] as const) {
    door.post(`${LIST}/${way}`, 'researcher', async (visit, req, res) => {
      const step = Number(field(formOf(req), 'step')) || null;
      const { outcome } = await codings[way](visit.study, { userId: visit.user.id }, step);
      const done = outcome === 'done' ? (way === 'undo' ? 'undone' : 'redone') : outcome;
      res.redirect(303, `${codebookAddress(visit.study)}?done=${done}`);
    });
  }

  const newPage = async (study: EnteredStudy) => {
    const codes = (await store.codebook.all(study.id)).filter(isOwn);
    return {
      head: head(codebookCrumbs(study), 'New code'),
      action: `${codebookAddress(study)}/new`,
      fields: codeFields(null, codeOptions(codes)),
      buttons: buttons('Save', { label: 'Cancel', href: codebookAddress(study) }),
    };
  };
  door.get(`${LIST}/new`, 'researcher', async (visit, req, res) => {
    const under = queryOf(req, 'under');
    await showForm(house, visit, res, 'codebook', await newPage(visit.study), { under });
  });
  door.post(`${LIST}/new`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const under = field(form, 'under');
      const code = await codebook.add(
        visit.study,
        { ...codeFormOf(form), under: under === '' ? null : under },
        { userId: visit.user.id },
      );
      res.redirect(303, codeAddress(visit.study, code));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await newPage(visit.study), form, error);
    }
  });
}

type TreeView = {
  name: string;
  href: string;
  segmentClass: string;
  definition: string;
  isCategory: boolean;
  passages: string;
  people: string;
  beneath: string | null;
  withBeneath: string | null;
  isOpen: boolean;
  nudge: { up: string; label: string } | null;
  children: TreeView[];
};

/** A code in the tree, as its partial shows it. */
function rowView(
  study: EnteredStudy,
  row: TreeRow<Code>,
  reach: Reach,
  how: { isOpen: boolean; isArranging: boolean },
): TreeView {
  const { code, children } = row;
  const own = reach.get(code.id) ?? { passages: 0, people: 0, passagesWith: 0, peopleWith: 0 };
  const beneath = flatTree(children).length;
  return {
    name: code.name,
    href: codeAddress(study, code),
    segmentClass: hueClass(code),
    definition: code.definition,
    isCategory: code.isCodable === 0,
    passages: plural(own.passages, 'passage', 'passages'),
    people: plural(own.people, 'person', 'people'),
    beneath: beneath === 0 ? null : plural(beneath, 'code beneath', 'codes beneath'),
    withBeneath:
      beneath === 0
        ? null
        : `${plural(own.passagesWith, 'passage', 'passages')} of ${plural(own.peopleWith, 'person', 'people')} in all`,
    isOpen: how.isOpen,
    nudge: how.isArranging ? { up: `${codeAddress(study, code)}/nudge`, label: code.name } : null,
    children: children.map((child) => rowView(study, child, reach, how)),
  };
}

/** Case and accents aside. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const isFound = ({ name, definition, inclusion, exclusion }: Code, wanted: string): boolean =>
  plain(`${name}\n${definition}\n${inclusion}\n${exclusion}`).includes(plain(wanted));
