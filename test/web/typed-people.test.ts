import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { typePerson } from '../../src/segments/typing/type-person.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Segmentation } from '../../src/store/segmentations.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { KeptTypingTool } from '../../src/store/typing-tools.ts';
import { openFieldHouse } from '../support/field-house.ts';
import { fieldsOf } from '../support/form-fields.ts';
import { fixedClock } from '../support/house.ts';
import { recordsOf } from '../support/plant-responses.ts';
import { answerAs, plantGroups, publishTool, wishesOf } from '../support/plant-typing.ts';
import { wishSurvey } from '../support/wish-survey.ts';

const clock = fixedClock('2026-04-20T10:00:00.000Z');
const plain = ({ text }: { text: string }): string =>
  text
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', '’')
    .replaceAll(/\s+/g, ' ');
const personal = { textVersion: '1', language: 'en', givenAt: '2026-04-01T08:00:00.000Z' };

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let segmentation: Segmentation;
let source: SurveyRow;
let kept: KeptTypingTool;
let tool: string;
beforeAll(async () => {
  house = await openFieldHouse({ now: clock.now });
  ({ segmentation, survey: source } = await plantGroups(house.verbatim, house.study, { code: 'wishes' }));
  kept = await publishTool(house.verbatim, house.study, segmentation);
  tool = `/studio/${house.study.publicId}/segmentations/${segmentation.publicId}/typing/${kept.publicId}`;
});
afterAll(() => house[Symbol.asyncDispose]());

const known = async (...names: string[]) => {
  const ids = await house.verbatim.intake.people(
    house.study.workspaceId,
    names.map((externalId) => ({ externalId, attributes: [] })),
  );
  await house.verbatim.logs.settle();
  return ids;
};
const surveysNow = () => house.verbatim.store.surveys.list(house.study.id);
/** Puts the tool to use on its page, as its form stands but for what is given. */
const use = async (more: Record<string, string | string[]>) => {
  const page = await house.researcher.get(tool);
  return house.researcher.post(`${tool}/surveys`, {
    ...Object.fromEntries(fieldsOf(page.text, `${tool}/surveys`)),
    ...more,
  });
};
const publish = async (survey: SurveyRow) => {
  await house.verbatim.surveys.publish(survey, survey.draftRevision, null);
  return (await house.verbatim.store.surveys.find(house.study.id, survey.publicId))!;
};
/** The segment that somebody planted in a third of the wishes is in. */
const segmentOf = (third: 0 | 1 | 2) => typedAs(third).segment!;
const typedAs = (third: 0 | 1 | 2 | 'between') => {
  const answers = Object.fromEntries(Object.entries(wishesOf(kept, third)).map(([item, { value }]) => [item, value]));
  return typePerson(kept.tool, answers);
};

describe('a tool as a block of a survey', () => {
  test('a new survey asks its questions and nothing else, with the consent that placing people needs', async () => {
    const made = await use({ survey: 'new' });
    expect([made.status, made.location]).toEqual([303, expect.stringMatching(/\/build$/)]);
    const survey = (await surveysNow()).at(-1)!;
    expect(survey.draft.consent.purposes.map(({ code }) => code)).toContain('personalisation');
    const [question, ...more] = survey.draft.pages.flatMap(({ questions }) => questions);
    expect(more).toEqual([]);
    expect(question).toMatchObject({ kind: 'battery', code: 'wants', steps: { min: 1, max: 5 } });
    expect('rows' in question! && question.rows.map(({ code }) => `wants.${code}`).toSorted()).toEqual(
      kept.tool.items.map(({ id }) => id).toSorted(),
    );
    expect(plain(await house.researcher.get(tool))).toContain('not published yet: nobody is typed by it');
    await publish(survey);
    expect(plain(await house.researcher.get(tool))).toContain('types whoever answers');
    const page = await house.researcher.get(`/studio/${house.study.publicId}/surveys/${survey.publicId}`);
    expect(page.text).toContain('Whoever answers is put into a segment');
    expect(page.text).toContain(`href="${tool}"`);
  });

  test('what a survey asks already is not asked twice, by its words also under another code', async () => {
    const { verbatim, study } = house;
    const own = wishSurvey('half');
    const [page] = own.pages;
    const [battery, town] = page!.questions;
    const [first, second] = kept.tool.items.map(({ id }) => id.split('.')[1]!);
    const half = await verbatim.surveys.importJson(
      study.id,
      JSON.stringify({
        ...own,
        pages: [
          {
            ...page,
            questions: [
              // The same statement under another code, and another question under the code of the battery.
              {
                ...battery,
                code: 'hopes',
                rows: (battery as { rows: { code: string }[] }).rows.filter(({ code }) => code === first),
              },
              { ...town, code: 'wants' },
            ],
          },
        ],
      }),
    );
    expect((await use({ survey: half.publicId })).status).toBe(303);
    const { draft, id } = (await verbatim.store.surveys.find(study.id, half.publicId))!;
    expect(draft.pages).toHaveLength(2);
    const [asked] = draft.pages[1]!.questions;
    expect(asked).toMatchObject({ code: 'wants-2', kind: 'battery' });
    expect('rows' in asked! && asked.rows.map(({ code }) => code)).not.toContain(first);
    const [typed] = (await verbatim.store.typedSurveys.ofTool(kept.id)).filter((one) => one.surveyId === id);
    expect(typed!.items[`wants.${first}`]).toBe(`hopes.${first}`);
    expect(typed!.items[`wants.${second}`]).toBe(`wants-2.${second}`);

    // Once more there is nothing to add.
    const before = (await verbatim.store.surveys.find(study.id, half.publicId))!.draftRevision;
    expect((await use({ survey: half.publicId, consent: [] })).location).toBe(tool);
    expect((await verbatim.store.surveys.find(study.id, half.publicId))!.draftRevision).toBe(before);
  });

  test('pressed twice on one page, one new survey is made; the second press finds it', async () => {
    const before = (await surveysNow()).length;
    const page = await house.researcher.get(tool);
    const form = { ...Object.fromEntries(fieldsOf(page.text, `${tool}/surveys`)), survey: 'new' };
    const answers = await Promise.all([1, 2, 3].map(() => house.researcher.post(`${tool}/surveys`, form)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    expect(answers[0]!.location).toMatch(/\/build$/);
    expect(await surveysNow()).toHaveLength(before + 1);
    // Asked for on a page opened since, it is another.
    expect((await use({ survey: 'new' })).location).not.toBe(answers[0]!.location);
    expect(await surveysNow()).toHaveLength(before + 2);
  });

  test('a survey that is not there is refused, as is stopping what was never begun', async () => {
    expect((await use({ survey: 'gone' })).status).toBe(422);
    expect((await house.researcher.post(`${tool}/surveys/stop`, { use: '99999' })).status).toBe(404);
  });
});

describe('people are typed as they answer', () => {
  let survey: SurveyRow;
  beforeAll(async () => {
    await use({ survey: 'new' });
    survey = await publish((await surveysNow()).at(-1)!);
  });
  const answer = (personId: number | null, third: 0 | 1 | 2 | 'between', startedAt: string, isAgreed = true) =>
    answerAs(house.verbatim, { study: house.study, survey }, personId, {
      answers: wishesOf(kept, third),
      startedAt,
      about: {
        consent: { ...personal, purposes: isAgreed ? ['analysis', 'personalisation'] : ['analysis'] },
      },
    });
  const ask = async (rule: Rule) => {
    const { admitted } = await house.verbatim.segments.count(house.study, rule, null);
    const names = await house.verbatim.store.people.identities(admitted.map(({ id }) => id));
    const counted = admitted.map(({ id }) => names.get(id)).toSorted();
    // One person by themselves is decided as all are.
    for (const [id, name] of await house.verbatim.store.people.identities(everybody))
      expect([name, (await house.verbatim.targeting.explain(house.study.id, id, rule)).truth === true]).toEqual([
        name,
        counted.includes(name),
      ]);
    return counted;
  };
  let everybody: number[] = [];

  test('somebody like a segment is placed in it, somebody between them in none, and nobody without their consent', async () => {
    const [ada = 0, bea = 0, cai = 0, dan = 0] = await known('ada', 'bea', 'cai', 'dan');
    everybody = [ada, bea, cai, dan];
    await answer(ada, 0, '2026-04-01T08:00:00.000Z');
    await answer(bea, 'between', '2026-04-02T08:00:00.000Z');
    await answer(cai, 0, '2026-04-03T08:00:00.000Z', false);
    await answer(null, 1, '2026-04-03T08:00:00.000Z');
    await house.verbatim.typedSurveys.typeNow();
    const first = segmentOf(0);
    expect(await ask({ segment: first })).toEqual(['ada']);
    expect(await ask({ segment: first, minProbability: 0.999999 })).toEqual([]);
    expect(await ask({ segment: segmentation.publicId, none: true })).toEqual(['bea']);
    expect(await ask({ not: { segment: first } })).toEqual(['bea']);
    expect(await ask({ segment: first, within: { last: 30, unit: 'day' } })).toEqual(['ada']);
    expect(await ask({ segment: first, within: { last: 10, unit: 'day' } })).toEqual([]);
    expect(await ask({ segment: first, ifMissing: true })).toEqual(['ada', 'cai', 'dan']);

    const page = plain(await house.researcher.get(`${tool}/typed`));
    expect(page).toMatch(/Typed 4 responses/);
    expect(page).toMatch(/Unsure 25% \(\d+% to \d+%\) 1: no segment/);
    expect(page).toMatch(/People placed 2/);
    expect(page).toContain('When they were found');
    expect(page).toContain('made for finding people');
    expect(page).toContain('People who come by the open link are not known by name');
    expect(page).not.toMatch(/NaN|undefined/);
  });

  test('a response’s page says as what it was typed, how surely and by what, also of nobody who is known', async () => {
    const list = await house.verbatim.store.responses.list(survey.id);
    const pages = [];
    for (const { publicId } of list)
      pages.push(plain(await house.researcher.get(`/studio/${house.study.publicId}/responses/${publicId}`)));
    const nameOf = (third: 0 | 1) => kept.tool.segments.find(({ id }) => id === segmentOf(third))!.name;
    expect(pages).toHaveLength(4);
    expect(pages[0]).toMatch(new RegExp(`Typed as ${nameOf(0)} \\d+%, by the typing tool “${kept.name}”`));
    expect(pages[1]).toMatch(/Typed as unsure the likeliest segment has \d+%, by the typing tool/);
    expect(pages[3]).toContain(`Typed as ${nameOf(1)}`);
  });

  test('the page of a person says where they stand, since when and by what, and how it came about', async () => {
    const [ada = 0] = everybody;
    const { publicId } = (await house.verbatim.store.contacts.personById(ada))!;
    const page = plain(await house.researcher.get(`/studio/${house.study.publicId}/people/${publicId}`));
    const { name } = kept.tool.segments.find(({ id }) => id === segmentOf(0))!;
    expect(page).toContain(`Groups : ${name} (`);
    expect(page).toContain('Segments they were placed in');
    expect(page).toMatch(/Groups, version 1/);
    expect(page).toContain(kept.name);
    expect(page).toContain('1 April 2026');
  });

  test('new answers move somebody only by a clear lead; too few move nobody', async () => {
    const [ada = 0] = everybody;
    const first = segmentOf(0);
    await answer(ada, 'between', '2026-04-10T08:00:00.000Z');
    await house.verbatim.typedSurveys.typeNow();
    const [standing] = (await house.verbatim.store.placements.ofPeople([ada])).filter(
      (one) => one.segmentationId === segmentation.id,
    );
    const { probabilities } = typedAs('between');
    const lead = Math.max(...Object.values(probabilities)) - probabilities[first]!;
    expect(standing).toMatchObject({ segment: lead < 0.2 ? first : null, isKept: lead < 0.2 });
    await answer(ada, 2, '2026-04-12T08:00:00.000Z');
    await house.verbatim.typedSurveys.typeNow();
    expect(await ask({ segment: segmentOf(2) })).toEqual(['ada']);
    expect(await ask({ segment: first })).toEqual([]);
  });

  test('a withdrawal is felt by the next that asks, what it rested on is emptied, and what came before counts again', async () => {
    const [, , , dan = 0] = everybody;
    const first = segmentOf(0);
    const id = newPublicId();
    await answerAs(house.verbatim, { study: house.study, survey }, dan, {
      id,
      answers: wishesOf(kept, 0),
      startedAt: '2026-04-15T08:00:00.000Z',
      about: { consent: { ...personal, purposes: ['analysis', 'personalisation'] } },
    });
    await house.verbatim.typedSurveys.typeNow();
    expect(await ask({ segment: first })).toEqual(['dan']);
    const participations = await house.verbatim.store.people.participate(house.study.id, [dan], '');
    const append = async (
      revision: number,
      kind: 'correction' | 'withdrawal',
      receivedAt: string,
      answers: ReturnType<typeof wishesOf>,
    ) => {
      const [start] = recordsOf({ study: house.study, survey }, { id });
      await house.verbatim.logs.responses.append([
        {
          ...start!,
          revision,
          kind,
          participationId: participations.get(dan)!,
          envelope: { ...start!.envelope, timings: { receivedAt }, consent: null },
          content: { page: kind === 'correction' ? 1 : null, answers },
        },
      ]);
      await house.verbatim.logs.settle();
    };
    // Corrected, it is typed anew.
    await append(3, 'correction', '2026-04-15T09:00:00.000Z', wishesOf(kept, 1));
    await house.verbatim.typedSurveys.typeNow();
    expect(await ask({ segment: segmentOf(1) })).toEqual(['dan']);
    const [record] = (await house.verbatim.store.placements.history([dan])).slice(-1);
    expect(record).toMatchObject({ segment: segmentOf(1), way: 'tool', inputs: { survey: survey.publicId } });
    await append(4, 'withdrawal', '2026-04-16T08:00:00.000Z', {});
    expect(await ask({ segment: segmentOf(1) })).toEqual([]);
    expect(await ask({ segment: first })).toEqual([]);
    const history = await house.verbatim.store.placements.history([dan]);
    expect(history).toHaveLength(2);
    for (const one of history)
      expect(one).toMatchObject({
        segment: null,
        probability: null,
        probabilities: null,
        inputs: {},
        withdrawnAt: expect.any(String),
      });
  });

  test('the survey it was learned from types by a press, from then on, until somebody stops it', async () => {
    const { verbatim, study } = house;
    expect(plain(await house.researcher.get(tool))).toContain('wishes (asks everything already)');
    expect((await use({ survey: source.publicId, consent: [] })).location).toBe(tool);
    expect(plain(await house.researcher.get(tool))).toContain('It does not ask for consent to personalisation');
    await verbatim.typedSurveys.typeNow();
    const before = (await verbatim.store.typedSurveys.typed(kept.id)).length;
    const [eva = 0, fay = 0] = await known('eva', 'fay');
    const wishes = { answers: wishesOf(kept, 1), startedAt: '2026-04-18T08:00:00.000Z' };
    await answerAs(verbatim, { study, survey: source }, eva, wishes);
    await verbatim.typedSurveys.typeNow();
    expect((await verbatim.store.typedSurveys.typed(kept.id)).length).toBe(before + 1);
    expect(await verbatim.store.placements.ofPeople([eva])).toMatchObject([{ segment: segmentOf(1) }]);
    const [typed] = (await verbatim.store.typedSurveys.ofTool(kept.id)).filter(
      ({ surveyId }) => surveyId === source.id,
    );
    expect((await house.researcher.post(`${tool}/surveys/stop`, { use: String(typed!.id) })).status).toBe(303);
    await answerAs(verbatim, { study, survey: source }, fay, wishes);
    await verbatim.typedSurveys.typeNow();
    expect(await verbatim.store.placements.ofPeople([fay])).toEqual([]);
  });

  test('those whom a rule asked are typed and counted apart', async () => {
    const [gus = 0] = await known('gus');
    await answerAs(house.verbatim, { study: house.study, survey }, gus, {
      answers: wishesOf(kept, 1),
      startedAt: '2026-04-19T08:00:00.000Z',
      about: {
        asked: { how: 'rule', rule: 'x' },
        consent: { ...personal, purposes: ['analysis', 'personalisation'] },
      },
    });
    const before = plain(await house.researcher.get(`${tool}/typed`));
    await house.verbatim.typedSurveys.typeNow();
    const page = plain(await house.researcher.get(`${tool}/typed`));
    expect(/Typed (\d+)/.exec(page)?.[1]).toBe(/Typed (\d+)/.exec(before)?.[1]);
    expect(page).toMatch(/1 more was typed and is not counted here/);
  });
});
