import { expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { openHouse, plantStudy } from '../support/house.ts';

test('a rule may ask for scores, themes and personas, and a page decides as a count does', async () => {
  await using house = await openHouse();
  const { analysis, fieldwork, intake, logs, segments, store, targeting } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const names = ['ada', 'bea', 'cai', 'dan', 'eva'];
  const ids = await intake.people(
    study.workspaceId,
    names.map((externalId) => ({ externalId, attributes: [] })),
  );
  for (const [index, id] of ids.entries()) {
    // The last one was never asked.
    if (index === 4) continue;
    const person = await store.contacts.personById(id);
    if (!person) throw new Error('Somebody is not there');
    const published = await store.surveys.findPublished(survey.slug);
    if (!published) throw new Error('The survey is not published');
    await targeting.invite(published, [person]);
    const invitation = targeting.invitationToken(survey.publicId, person.publicId);
    const begun = await fieldwork.start('small', { consents: ['analysis'], language: null, invitation, isTest: false });
    if (!begun.started) throw new Error('It did not start');
    const { token } = begun.next;
    const step = String(index + 1);
    const saved = [
      await fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'village' }),
      await fieldwork.answer(
        { token, page: 2, revision: 2 },
        { 'holds.outdoors': step, 'holds.company': step, 'holds.quiet': String(5 - index) },
      ),
    ];
    expect(saved.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
    const story = ['', 'The fees were hidden', 'All went well', ''][index] ?? '';
    await fieldwork.answer({ token, page: 3, revision: 3 }, { story });
    await fieldwork.complete(token, 4);
  }
  await logs.settle();
  const ask = async (rule: Rule) => {
    const { admitted, people } = await segments.count(study, rule, null);
    const names_ = await store.people.identities(admitted.map(({ id }) => id));
    const counted = admitted.map(({ id }) => names_.get(id)).sort();
    const decided: string[] = [];
    for (const [index, id] of ids.entries())
      if ((await targeting.explain(study.id, id, rule)).truth === true) decided.push(names[index] ?? '');
    expect(decided.sort()).toEqual(counted);
    return { counted, unknown: people.unknown };
  };
  const open = (as: 'raw' | 'z' | 'percentile', value: number): Rule => ({ score: 'tiny.open', as, op: 'gte', value });
  expect(await ask(open('raw', 3))).toEqual({ counted: [], unknown: 5 });
  await analysis.score(study, survey, null);
  await analysis.idle();
  expect(await ask(open('raw', 3))).toEqual({ counted: ['cai', 'dan'], unknown: 1 });
  // 1, 2, 3, 4: mean 2.5, sample deviation 1.29; percentile ranks 12.5, 37.5, 62.5, 87.5.
  expect(await ask(open('z', 1))).toEqual({ counted: ['dan'], unknown: 1 });
  expect(await ask(open('percentile', 37.5))).toEqual({ counted: ['bea', 'cai', 'dan'], unknown: 1 });

  // A theme is spoken of by those whose answers are in it; of somebody whose answers were not looked at nobody knows.
  const { connection } = house.verbatim;
  const themes = await analysis.findThemes(study, survey, { item: 'story', themes: 2, seed: 1 }, null);
  await analysis.cancel(themes);
  await analysis.idle();
  const theme = connection
    .prepare(
      `insert into themes (study_id, run_id, public_id, position, version, label, words, size, share, repeatability, band)
       values (?, ?, 'hidden-fees', 0, 1, 'Hidden fees', '[]', 1, 0.5, 1, 'firm')`,
    )
    .run(study.id, themes.id).lastInsertRowid;
  const document = connection.prepare(
    `insert into theme_documents (run_id, source_id, source_version, theme_id, confidence)
     select ?, public_id, version, ?, 0.6 from source_texts where text = ?`,
  );
  expect(document.run(themes.id, theme, 'The fees were hidden').changes).toBe(1);
  expect(document.run(themes.id, null, 'All went well').changes).toBe(1);
  expect(await ask({ theme: 'hidden-fees' })).toEqual({ counted: ['bea'], unknown: 3 });
  expect(await ask({ not: { theme: 'hidden-fees' } })).toEqual({ counted: ['cai'], unknown: 3 });
  expect(await ask({ theme: 'hidden-fees', minConfidence: 0.6 })).toEqual({ counted: ['bea'], unknown: 3 });
  expect(await ask({ theme: 'hidden-fees', minConfidence: 0.7 })).toEqual({ counted: [], unknown: 3 });

  // A persona is the face of a segment, found or by a rule.
  const regulars = await segments.define(study, { name: 'Open', rule: open('raw', 3), surveyId: null }, null);
  const persona = await store.personas.addVersion(
    { studyId: study.id, segmentIds: [regulars.id], personaId: null },
    { name: 'Olga', lede: '', portrait: '{}', createdBy: null },
    new Date().toISOString(),
  );
  expect(await ask({ persona: persona.publicId })).toEqual({ counted: ['cai', 'dan'], unknown: 1 });
  expect(await ask({ not: { persona: persona.publicId } })).toEqual({ counted: ['ada', 'bea'], unknown: 1 });
  expect(await ask({ persona: 'nobody' })).toEqual({ counted: [], unknown: 5 });

  // Of several segments it is the face of those in any of them, or in all.
  const calm = await segments.define(study, { name: 'Calm', rule: { not: open('raw', 4) }, surveyId: null }, null);
  const faceOf = (combine: 'any' | 'all') =>
    store.personas.addVersion(
      { studyId: study.id, segmentIds: [regulars.id, calm.id], personaId: null, combine },
      { name: combine, lede: '', portrait: '{}', createdBy: null },
      new Date().toISOString(),
    );
  const [any, all] = [await faceOf('any'), await faceOf('all')];
  expect(await ask({ persona: any.publicId })).toEqual({ counted: ['ada', 'bea', 'cai', 'dan'], unknown: 1 });
  expect(await ask({ persona: all.publicId })).toEqual({ counted: ['cai'], unknown: 1 });
  expect(await ask({ not: { persona: all.publicId } })).toEqual({ counted: ['ada', 'bea', 'dan'], unknown: 1 });
  // Also where a segment that a rule refers to asks for the persona.
  const both = await segments.define(study, { name: 'Both', rule: { persona: all.publicId }, surveyId: null }, null);
  expect(await ask({ segment: both.publicId })).toEqual({ counted: ['cai'], unknown: 1 });
  // A guess has no segments, so nobody can be told to be of it.
  const guess = await store.personas.addVersion(
    { studyId: study.id, segmentIds: [], personaId: null, kind: 'assumption' },
    { name: 'A guess', lede: '', portrait: '{}', createdBy: null },
    new Date().toISOString(),
  );
  expect(await ask({ persona: guess.publicId })).toEqual({ counted: [], unknown: 5 });
});
