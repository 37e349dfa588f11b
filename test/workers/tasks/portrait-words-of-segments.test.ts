import { expect, test } from 'vitest';
import { type PeopleEvidence, readPortrait } from '../../../src/personas/portrait.ts';
import { personaReport } from '../../../src/reports/persona-report.ts';
import { portraitWords } from '../../../src/workers/tasks/portrait-words.ts';
import { codeWords, openCodedHouse } from '../../support/coded-house.ts';
import { codeTold, taskContext, tellInterview } from '../../support/told-interviews.ts';

const PAID = 36;
const FREE = 44;
const about = {
  name: 'Paying',
  lede: '',
  words: {},
  version: 1,
  drawnAt: '2026-03-30',
  label: null,
  provisional: [],
  segmentClass: null,
};

/** Those who pay speak of the school run, two of three; those who do not, one of eleven. One who pays was interviewed, too. */
async function openPaying() {
  const why = (at: number, isPaid: boolean) =>
    (isPaid ? at % 3 !== 0 : at % 11 === 0)
      ? `The school run decides it, ${at} times a week`
      : `Rain or shine, ${at} days a week`;
  const coded = await openCodedHouse([
    ...Array.from({ length: PAID }, (_, at) => ({ why: why(at, true), plan: 'paid' })),
    ...Array.from({ length: FREE }, (_, at) => ({ why: why(at, false), plan: 'free' })),
  ]);
  const { verbatim, study } = coded;
  const codes = {
    school: await verbatim.codebook.add(study, { name: 'School run', definition: '', storyRing: 'priority' }, null),
    rain: await verbatim.codebook.add(study, { name: 'Weather', definition: '' }, null),
  };
  for (const answer of coded.answers)
    await codeWords(coded, answer, answer.text.startsWith('The school') ? codes.school : codes.rain);
  const survey = (await verbatim.store.surveys.list(study.id))[0]!;
  const segment = await verbatim.segments.define(
    study,
    {
      name: 'Paying',
      rule: { answer: 'plan', survey: survey.slug, op: 'is', value: 'paid' },
      surveyId: survey.id,
      unit: 'person',
    },
    null,
  );
  const draw = async () => {
    const persona = await verbatim.personas.draw(study, segment, null, null);
    const [version] = await verbatim.store.personas.versionsOf(persona.id);
    return { persona, version: version!, portrait: readPortrait(version!.portrait) };
  };
  return { ...coded, codes, segment, draw };
}

test('a persona of a segment holds what its people say against what everybody else says, each once, interviews among them', async () => {
  const open = await openPaying();
  try {
    const { verbatim, study, codes, draw } = open;
    const { portrait, persona, version } = await draw();
    const claim = portrait.claims.find(({ id }) => id === `code:${codes.school.publicId}`);
    expect(claim).toMatchObject({
      section: 'ring',
      ring: 'priority',
      text: 'Most speak of “School run”, more often than others',
      status: 'validated',
      evidence: { kind: 'people', people: 24, of: PAID, rest: { people: 4, of: FREE }, passages: 24 },
    });
    expect(portrait.words.used).toContainEqual(
      expect.objectContaining({ words: 'school run decides', here: 24, nHere: PAID, rest: 4, nRest: FREE }),
    );
    // What the rule asks is told as that, and not as something found out about those it chose.
    expect(portrait.claims.map(({ id }) => id)).not.toContain('answer:plan=paid');
    expect(portrait.sources.segments).toMatchObject([{ name: 'Paying', asks: 'the answer to plan in “Why” is paid' }]);
    expect(personaReport(about, portrait, () => null).top.lines.join('; ')).toContain(
      'chosen by a rule, which asks: the answer to plan in “Why” is paid',
    );
    expect(portrait.interviews).toBeNull();
    // Nobody agreed to be quoted.
    expect(portrait.claims.flatMap(({ quotes }) => quotes)).toEqual([]);
    expect(portrait.words.used.flatMap(({ quotes }) => quotes)).toEqual([]);
    const standing = await verbatim.personaStandings.standingOf(study, persona, version);
    expect(standing.grounds).toMatchObject([{ kind: 'survey', name: 'Why', count: PAID, of: PAID + FREE }]);

    // The fourth of those who pay had spoken of the weather only; now they are interviewed.
    const source = open.answers[3]!;
    const response = (await verbatim.store.responses.find(study.id, source.subjectId))!;
    const talk = await tellInterview(verbatim, study, 'P04', ['It was the school run in the end.']);
    await verbatim.store.notes.linkInterview(talk.id, response.participationId);
    await codeTold(verbatim, study, talk, 'the school run in the end', codes.school);
    const again = (await draw()).portrait;
    expect(again.interviews).toEqual({ inside: 1, all: 1 });
    const said = again.claims.find(({ id }) => id === `code:${codes.school.publicId}`);
    expect(said?.evidence).toMatchObject({ people: 25, of: PAID, passages: 25 });
    const [quote] = await verbatim.evidence.readQuotes(study.id, said!.quotes);
    expect(quote).toMatchObject({ isVerbatim: true, marked: 'the school run in the end' });
  } finally {
    await open.close();
  }
});

test('of those who agreed to be quoted, only whoever is surely in the segment is; all of them count', async () => {
  const open = await openPaying();
  try {
    const { verbatim, study, codes, house } = open;
    verbatim.connection.prepare(`update consents set purposes = '["analysis","quotes"]'`).run();
    const paying = open.answers.slice(0, PAID).map(({ subjectId }) => subjectId);
    const draw = async (sure?: ReadonlySet<string>) => {
      const { claims } = await portraitWords(taskContext(verbatim, house.folder), {
        studyId: study.id,
        workspaceId: study.workspaceId,
        inside: { responses: new Set(paying), interviews: null },
        kind: 'quantified',
        today: '2026-03-30',
        ...(sure ? { sure } : {}),
      });
      const school = claims.find(({ id }) => id === `code:${codes.school.publicId}`)!;
      const sources = new Set(school.quotes.map(({ sourceId }) => sourceId));
      return {
        people: (school.evidence as PeopleEvidence).people,
        from: open.answers.filter((one) => sources.has(one.publicId)).map(({ subjectId }) => subjectId),
      };
    };
    const all = await draw();
    expect(all.from).toHaveLength(5);
    const sure = new Set(paying.slice(0, 3));
    const few = await draw(sure);
    expect(few.people).toBe(all.people);
    expect(new Set(few.from)).toEqual(new Set([paying[1], paying[2]]));
  } finally {
    await open.close();
  }
});
