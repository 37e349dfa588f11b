import { expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { surveyDraftService } from '../../src/services/survey-drafts.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

const titled = (title: string) => (definition: SurveyDefinition) => ({ ...definition, title: { en: title } });
const title = (definition: SurveyDefinition) => definition.title;

async function open({ verbatim }: House) {
  const { survey } = await plantStudy(verbatim);
  const now = async (): Promise<SurveyRow> => {
    const row = await verbatim.store.surveys.findById(survey.studyId, survey.id);
    if (!row) throw new Error('The survey is gone');
    return row;
  };
  const { surveyDrafts } = verbatim;
  const write = async (words: string) => {
    const row = await now();
    return surveyDrafts.edit(row, { revision: row.draftRevision, part: title, change: titled(words) }, null);
  };
  return { survey, now, write, surveyDrafts };
}

test('every change is a revision, and one that changes nothing is none', async () => {
  await using house = await openHouse();
  const { now, write } = await open(house);
  await write('One');
  await write('One');
  expect((await now()).draftRevision).toBe(2);
});

test('history is known after a restart as it was before', async () => {
  await using house = await openHouse();
  const { now, write, surveyDrafts } = await open(house);
  for (const words of ['One', 'Two', 'Three']) await write(words);
  await surveyDrafts.undo(await now(), null);
  await surveyDrafts.undo(await now(), null);
  const { store } = house.verbatim;
  const fresh = surveyDraftService({ store, now: () => new Date() } as Parameters<typeof surveyDraftService>[0]);
  expect(await fresh.history(await now())).toMatchObject({ mayUndo: true, mayRedo: true });
  await fresh.redo(await now(), null);
  expect((await now()).draft.title).toEqual({ en: 'Two' });
});

test('the last two hundred revisions are kept, and no more', async () => {
  await using house = await openHouse();
  const { survey, now, write, surveyDrafts } = await open(house);
  for (let index = 0; index < 230; index += 1) await write(`Title ${index}`);
  const { store } = house.verbatim;
  const kept = await store.surveys.draftsAfter(survey.id, 0);
  expect(kept).toHaveLength(200);
  let undone = 0;
  while ((await surveyDrafts.history(await now())).mayUndo && undone < 300) {
    if (!(await surveyDrafts.undo(await now(), null))) break;
    undone += 1;
  }
  expect(undone).toBeGreaterThan(90);
});

test('changes to different parts from the same revision are all kept', async () => {
  await using house = await openHouse();
  const { now, surveyDrafts } = await open(house);
  const row = await now();
  const names = ['introduction', 'end', 'title'] as const;
  const outcomes = await Promise.all(
    names.map((name) =>
      surveyDrafts.edit(
        row,
        { revision: 1, part: (one) => one[name], change: (one) => ({ ...one, [name]: { en: `New ${name}` } }) },
        null,
      ),
    ),
  );
  expect(outcomes.map((outcome) => outcome.saved)).toEqual([true, true, true]);
  const { draft } = await now();
  expect(names.map((name) => draft[name]?.['en'])).toEqual(names.map((name) => `New ${name}`));
});

test('changes to the same part from the same revision are both handed back', async () => {
  await using house = await openHouse();
  const { now, write, surveyDrafts } = await open(house);
  const stale = await now();
  await write('Theirs');
  const outcome = await surveyDrafts.edit(stale, { revision: 1, part: title, change: titled('Mine') }, null);
  // The row that was read before is stale as well; the store is what tells.
  expect(outcome.saved).toBe(false);
  if (outcome.saved) return;
  expect([outcome.theirs.title, outcome.mine?.title]).toEqual([{ en: 'Theirs' }, { en: 'Mine' }]);
  expect((await now()).draft.title).toEqual({ en: 'Theirs' });
});

test('a revision too old to be compared is not written over', async () => {
  await using house = await openHouse();
  const { now, write, surveyDrafts } = await open(house);
  for (let index = 0; index < 205; index += 1) await write(`Title ${index}`);
  const outcome = await surveyDrafts.edit(await now(), { revision: 2, part: title, change: titled('Mine') }, null);
  expect(outcome.saved).toBe(false);
});

test('what is no survey is refused with its place, and nothing is kept', async () => {
  await using house = await openHouse();
  const { now, surveyDrafts } = await open(house);
  const row = await now();
  await expect(
    surveyDrafts.edit(row, { revision: 1, part: title, change: (one) => ({ ...one, minutes: -1 }) }, null),
  ).rejects.toMatchObject({ kind: 'invalid', errors: [{ pointer: '#/minutes' }] });
  expect((await now()).draftRevision).toBe(1);
});
