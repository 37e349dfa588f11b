import type { Guard } from './guard.ts';

const ACCESS = 'test/web/access.test.ts';
const EVERY = 'every address of a study keeps out those it should';

/** Who may do what, and who somebody is. */
export const accessGuards: readonly Guard[] = [
  {
    serves: 'A28',
    keepsFrom: 'a lower role doing what a higher one may',
    file: 'src/web/doorway.ts',
    text: 'if (RANK[study.role] < RANK[access]) {',
    without: 'if (RANK[study.role] < 0) {',
    test: [ACCESS, EVERY],
  },
  {
    serves: 'A7',
    keepsFrom: 'members of another study entering this one',
    file: 'src/web/doorway.ts',
    text: "await verbatim.store.studies.findEntered(user.id, String(req.params['study'] ?? ''))",
    without:
      "await verbatim.store.studies.findByPublicId(String(req.params['study'] ?? '')).then((found) => found && { ...found, role: 'owner' as const, workspaceName: '' })",
    test: [ACCESS, EVERY],
  },
];
