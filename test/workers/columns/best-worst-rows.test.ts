import { expect, test } from 'vitest';
import { bestWorstSets } from '../../../src/logic/best-worst-sets.ts';
import type { Answers } from '../../../src/model/answers.ts';
import { bestItem, worstItem } from '../../../src/model/items.ts';
import { questionsOf, type SurveyDefinition } from '../../../src/model/survey.ts';
import { newPublicId } from '../../../src/store/identifiers.ts';
import { bestWorstRows } from '../../../src/workers/columns/best-worst-rows.ts';
import { createColumn } from '../../../src/workers/columns/column.ts';
import { columnShapes } from '../../../src/workers/columns/column-shapes.ts';
import { buildSurveyTable } from '../../../src/workers/columns/survey-table.ts';
import { everyKind } from '../../support/every-kind.ts';
import { openHouse } from '../../support/house.ts';
import { plantResponses, said } from '../../support/plant-responses.ts';

const mattersOf = (definition: SurveyDefinition) => {
  const question = questionsOf(definition).find(({ code }) => code === 'matters');
  if (question?.kind !== 'best-worst') throw new Error('The survey has no best-worst question');
  return question;
};
const matters = mattersOf(everyKind);
const indexOf = (code: string) => matters.options.findIndex((option) => option.code === code);

/** Rows for the survey, with columns that one row's choices are put into. */
function openRows(definition = everyKind) {
  const columns = new Map(columnShapes(definition).map((shape) => [shape.item, createColumn(shape)]));
  const rows = bestWorstRows(mattersOf(definition), (item) => columns.get(item));
  for (const column of [...columns.values(), rows]) column.grow(4);
  const choose = (row: number, item: string, code: string) =>
    columns.get(item)?.set(row, 'answered', JSON.stringify(code));
  return { rows, choose };
}

test('a row gives what its respondent was shown and chose, and tasks without a choice are left out', () => {
  const { rows, choose } = openRows();
  const respondent = newPublicId();
  const [first, second] = bestWorstSets(matters, respondent) as [string[], string[]];
  rows.set(2, respondent, everyKind);
  choose(2, bestItem('matters', 1), first[1]!);
  choose(2, worstItem('matters', 1), first[0]!);
  choose(2, worstItem('matters', 2), second[2]!);
  expect(rows.tasksAt(2)).toEqual([
    { shown: first.map(indexOf), best: indexOf(first[1]!), worst: indexOf(first[0]!) },
    { shown: second.map(indexOf), best: null, worst: indexOf(second[2]!) },
  ]);
});

test('what was not shown cannot have been chosen', () => {
  const { rows, choose } = openRows();
  const respondent = newPublicId();
  const first = bestWorstSets(matters, respondent)[0] ?? [];
  const absent = matters.options.find(({ code }) => !first.includes(code))!;
  rows.set(0, respondent, everyKind);
  choose(0, bestItem('matters', 1), absent.code);
  choose(0, worstItem('matters', 1), 'nobody-offers-this');
  expect(rows.tasksAt(0)).toEqual([]);
});

test('what was shown follows from the version that was answered, without the options that are gone', () => {
  const now = structuredClone(everyKind);
  mattersOf(now).options.shift();
  const { rows, choose } = openRows(now);
  const respondent = newPublicId();
  const first = bestWorstSets(matters, respondent)[0] ?? [];
  const kept = first.filter((code) => code !== 'price');
  rows.set(1, respondent, everyKind);
  choose(1, bestItem('matters', 1), kept[0]!);
  expect(rows.tasksAt(1)).toEqual([
    { shown: kept.map((code) => indexOf(code) - 1), best: indexOf(kept[0]!) - 1, worst: null },
  ]);
});

test('a row whose version did not ask is none, also after it was another’s', () => {
  const { rows } = openRows();
  const without = structuredClone(everyKind);
  for (const page of without.pages) page.questions = page.questions.filter(({ code }) => code !== 'matters');
  expect(rows.tasksAt(3)).toBeNull();
  rows.set(3, newPublicId(), everyKind);
  expect(rows.tasksAt(3)).toEqual([]);
  rows.set(3, newPublicId(), without);
  expect(rows.tasksAt(3)).toBeNull();
});

test('a table tells the tasks of those who count, in the order of their ids, also when they come later', async () => {
  await using house = await openHouse();
  const { verbatim } = house;
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(everyKind));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = (await verbatim.store.surveys.find(study.id, draft.publicId))!;
  const answersOf = (id: string): Answers => ({
    [bestItem('matters', 1)]: said(bestWorstSets(matters, id)[0]?.[0] ?? ''),
  });
  const plant = (id: string, more = {}) =>
    plantResponses(verbatim, { study, survey }, [{ id, page: 7, answers: answersOf(id), ...more }]);
  const [one, two] = [newPublicId(), newPublicId()];
  await plant(one);
  await plant(newPublicId(), { about: { isTest: true } });
  await plant(newPublicId(), { isCompleted: false });
  const versionId = survey.publishedVersionId ?? 0;
  const table = await buildSurveyTable(verbatim.store, { id: survey.id, versionId, definition: everyKind });
  expect(table.bestWorst('matters')).toHaveLength(1);
  await plant(two);
  expect(await table.update()).toBe(true);
  const found = table.bestWorst('matters');
  expect(found.map(({ responseId }) => responseId)).toEqual(
    found.map(({ responseId }) => responseId).toSorted((a, b) => a - b),
  );
  expect(found.map(({ tasks }) => tasks)).toEqual(
    [one, two].map((id) => {
      const shown = bestWorstSets(matters, id)[0] ?? [];
      return [{ shown: shown.map(indexOf), best: indexOf(shown[0] ?? ''), worst: null }];
    }),
  );
  expect(table.bestWorst('nps')).toEqual([]);
});
