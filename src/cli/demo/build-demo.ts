import { type ClubMembers, clubMembers } from '../../demo/club-members.ts';
import { type DemoAttribute, type DemoResponse, type MovingHouse, movingHouse } from '../../demo/moving-house.ts';
import { personalityAnswers } from '../../demo/personality.ts';
import { type QuoteForm, quoteForm, quoteFormPeriods } from '../../demo/quote-form.ts';
import { shopFeedback } from '../../demo/shop-feedback.ts';
import type { Limits } from '../../model/limits.ts';
import { Problem } from '../../model/problem.ts';
import type { KnownPerson } from '../../services/intake.ts';
import type { INTERVIEW_MODES } from '../../services/interview-form.ts';
import { ofStudy } from '../../services/privacy-notices.ts';
import { fitOf } from '../../services/segmentations.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { Run } from '../../store/analyses.ts';
import { sourceId } from '../../store/identifiers.ts';
import type { Interview } from '../../store/notes.ts';
import type { Segment } from '../../store/segments.ts';
import type { Study } from '../../store/studies.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import { openVerbatim, type Verbatim } from '../../verbatim.ts';
import { demoFaces, type Face, giveFaces } from './demo-faces.ts';
import { type DemoInterview, demoFiles } from './demo-files.ts';
import { markBuilt } from './demo-folder.ts';
import { claimLearned, learnFromTalks } from './demo-insights.ts';
import { takeDemoNotes } from './demo-notes.ts';
import { DEMO_NOTICE } from './demo-notice.ts';
import { answerAsRespondents } from './demo-respondents.ts';
import { demoRows } from './demo-rows.ts';
import { describeSegments } from './demo-tables.ts';
import { layTour } from './demo-tour.ts';
import { typeVisitors } from './demo-typing.ts';

const DAY_MS = 86_400_000;
/** The last of the interviews was written down as held so many days before the end. */
const LAST_INTERVIEW_DAYS_AGO = 42;
const DEMO_SEED = 1;
const SEGMENTS = 4;
/** The invented shop's site. */
const SHOP = 'https://fennimoor.example';

const INVENTED_NOTICE =
  'This is an invented study: Fennimoor Home & Trade, its people and their answers do not exist. Every sentence was written, and every number drawn, to show how Verbatim works.';

/**
 * Builds the study “Moving house” through the services, as researchers and programs would, in a new and empty folder.
 *
 * Its people, answers and events end with the day before, so that what looks at the last weeks has something to see. On
 * another day they are the same, so many whole days later.
 *
 * @param respondents how many answer the first survey, and are known to the shop; by default as many as the plan has
 * @param tell hears of each step as it begins
 */
export async function buildDemo(
  {
    folder,
    limits,
    respondents,
    now = () => new Date(),
  }: { folder: string; limits: Limits; respondents?: number; now?: () => Date },
  tell: (step: string) => void,
): Promise<void> {
  const end = new Date(Math.floor(now().getTime() / DAY_MS) * DAY_MS);
  const made = movingHouse({
    random: mulberry32(DEMO_SEED),
    now: end,
    texts: demoFiles.texts(),
    ...(respondents === undefined ? {} : { respondents }),
  });
  const faults: unknown[] = [];
  const verbatim = await openVerbatim({ folder, limits, now, report: (error) => faults.push(error) });
  try {
    tell('Writing the survey');
    const study = await verbatim.studies.addTo('Moving house', null, INVENTED_NOTICE, null);
    await verbatim.privacyNotices.save(ofStudy(study), 0, DEMO_NOTICE, null);
    const survey = await publishNew(verbatim, await verbatim.surveys.importJson(study.id, demoFiles.survey()));
    tell(`Meeting ${made.people.length} people and a year of their doings (${made.events.length} events)`);
    await meet(verbatim, study, made);
    tell(`Taking in ${made.responses.length} responses`);
    await verbatim.imports.loadRows(survey, demoRows(survey.draft, made.responses), 'moving-house (invented)');
    tell('Logging and coding interviews');
    const talks = await talk(verbatim, study, end);
    tell('Scoring scales, finding themes and segments');
    const segmentRun = await analyse(verbatim, study, survey);
    await verbatim.answerReadings.read(survey);
    const faces = await nameSegments(verbatim, segmentRun);
    await placeInterviewed(verbatim, study, faces, talks);
    tell('Looking for segments where there are none, and without centring');
    await lookElsewhere(verbatim, study, survey, made, end);
    tell('Describing the segments, with variables, weights and a table');
    await describeSegments(verbatim, study, { run: segmentRun, survey });
    tell('Asking one segment more');
    await askFurther(verbatim, study, survey);
    tell('Letting invented people fill in a survey of what they hold dear');
    const third = await publishNew(verbatim, await verbatim.surveys.addFromTemplate(study.id, 'values-based'));
    await answerAsRespondents(verbatim, third, DEMO_SEED);
    const visits = quoteForm({ random: mulberry32(DEMO_SEED), now: end, texts: demoFiles.quoteFormTexts() });
    tell(`Watching ${visits.people.length} visitors open a form before and after a release`);
    await loseVisitors(verbatim, study, visits, end);
    tell('Putting some of them into segments by a few questions');
    const visitors = visits.people.map(({ externalId }) => externalId);
    await typeVisitors(verbatim, study, { run: segmentRun, survey, visitors, end }, DEMO_SEED);
    tell('Writing down what was learned, drawing personas, and letting one participant take their words back');
    const leaves = talks.at(-1)!;
    const learned = await learnFromTalks(verbatim, study, demoFiles.insights(), leaves);
    await drawPersonas(verbatim, study, faces, end);
    await claimLearned(verbatim, study, learned);
    await verbatim.consents.withdraw(study, leaves.interview, null);
    const members = clubMembers({ random: mulberry32(DEMO_SEED), now: end, texts: demoFiles.clubTexts() });
    tell(`Following ${members.people.length} members of the club, and asking some of those who cancelled`);
    await loseMembers(verbatim, study, members);
    tell('Hearing what visitors say of the pages');
    await hearVisitors(verbatim, study, made, end);
    tell('Laying the tour');
    await layTour(verbatim, study, survey);
    if (faults.length > 0) throw faults[0];
  } finally {
    await verbatim.close();
  }
  markBuilt(folder);
}

/** What visitors say with the feedback button, some of it taken and settled already. */
async function hearVisitors(verbatim: Verbatim, study: Study, made: MovingHouse, now: Date): Promise<void> {
  const { feedback, feedbackDesk, offers, sources } = verbatim;
  const source = await sources.add(study.workspaceId, 'Fennimoor’s site', null);
  await offers.saveOrigins(study, [SHOP]);
  await feedback.saveButton(study, source, { isOn: true });
  const placed = await feedback.placed(source.writeKey);
  if (!placed) throw new Error('The button that was just switched on is not there');
  const said = shopFeedback({
    random: mulberry32(DEMO_SEED),
    now,
    texts: demoFiles.feedbackTexts(),
    people: made.people.map(({ externalId }) => externalId),
    shop: SHOP,
  });
  for (const { form, place, personExternalId, agent, at, state } of said) {
    const visitor = { userId: personExternalId ?? '', userHash: '', anonymousId: '', network: at, agent };
    const kept = await feedback.give(placed, form, place, visitor, place.pageLanguage, at);
    if ('faults' in kept) throw new Error('Feedback of the demonstration does not fit');
    if (state !== 'open') await feedbackDesk.setState(study, kept.feedback, state);
  }
}

/** A form that loses people on Android from a release on, what some of them say, and the look that finds it. */
async function loseVisitors(verbatim: Verbatim, study: Study, visits: QuoteForm, now: Date): Promise<void> {
  const { comparisons, imports, surveys } = verbatim;
  await watch(verbatim, study, visits);
  const survey = await publishNew(verbatim, await surveys.importJson(study.id, demoFiles.quoteFormSurvey()));
  const responses = visits.answers.map(
    ({ personExternalId, startedAt, completedAt, text, ease, mayQuote }): DemoResponse => ({
      personExternalId,
      wave: 'after-leaving',
      source: 'widget',
      language: 'en',
      startedAt,
      completedAt,
      purposes: mayQuote ? ['analysis', 'quotes'] : ['analysis'],
      answers: { stopped: text, ease },
    }),
  );
  await imports.loadRows(survey, demoRows(survey.draft, responses), 'quote-form (invented)');
  const { before, after } = quoteFormPeriods(now);
  await comparisons.change(
    study,
    {
      outcome: {
        kind: 'step',
        from: { event: 'Quote Form Opened' },
        to: { event: 'Quote Form Sent' },
        withinDays: 1,
      },
      sides: { kind: 'periods', first: before, second: after },
    },
    null,
  );
  await comparisons.idle();
}

/** Members of whom some cancel, what these say of it, and the look at what had come before. */
async function loseMembers(verbatim: Verbatim, study: Study, members: ClubMembers): Promise<void> {
  const { comparisons, imports, surveys } = verbatim;
  await watch(verbatim, study, members);
  const survey = await publishNew(verbatim, await surveys.addFromTemplate(study.id, 'churn'));
  const responses = members.answers.map(
    ({ personExternalId, startedAt, completedAt, text, now, reasons, recommend, mayQuote }): DemoResponse => ({
      personExternalId,
      wave: 'after-leaving',
      source: 'list',
      language: 'en',
      startedAt,
      completedAt,
      purposes: mayQuote ? ['analysis', 'quotes'] : ['analysis'],
      answers: {
        'screen-former': 'yes',
        ...(text !== null && { 'left-day': text }),
        'left-when': 'month',
        'left-reasons': reasons,
        'left-now': now,
        recommend,
      },
    }),
  );
  await imports.loadRows(survey, demoRows(survey.draft, responses), 'club (invented)');
  const cancelled = { event: 'Membership Cancelled', property: '', op: 'is', value: '', period: '180', days: '14' };
  await comparisons.before(study, { ...cancelled, controls: '4', seed: String(DEMO_SEED) }, null);
  await comparisons.idle();
}

/** People with what is known of them, and what they did. */
async function watch(
  { intake, logs }: Verbatim,
  { workspaceId }: Study,
  { people, events }: Pick<QuoteForm | ClubMembers, 'people' | 'events'>,
): Promise<void> {
  await intake.people(
    workspaceId,
    people.map(({ externalId, attributes }) => ({ externalId, attributes: toldOf(attributes) })),
  );
  await intake.events(
    workspaceId,
    events.map(({ personExternalId, ...event }) => ({ ...event, externalId: personExternalId })),
  );
  // On a slow machine people are made of a year of doings for longer than a desk waits for the database.
  await logs.settle();
}

async function publishNew({ surveys, store }: Verbatim, draft: SurveyRow): Promise<SurveyRow> {
  await surveys.publish(draft, draft.draftRevision, null);
  const survey = await store.surveys.findById(draft.studyId, draft.id);
  if (!survey) throw new Error('The survey that was just published is not there');
  return survey;
}

/** What the invented shop knows: people with their companies, and what they did. */
async function meet({ intake }: Verbatim, study: Study, made: MovingHouse): Promise<void> {
  const people = made.people.map(({ externalId, attributes, company }): KnownPerson => {
    const known = {
      ...attributes,
      ...(company && { company: { value: company.name, family: 'firmographic' as const } }),
    };
    return {
      externalId,
      attributes: toldOf(known),
    };
  });
  await intake.people(study.workspaceId, people);
  await intake.events(
    study.workspaceId,
    made.events.map(({ personExternalId, ...event }) => ({ ...event, externalId: personExternalId })),
  );
}

const toldOf = (known: Readonly<Record<string, DemoAttribute>>): KnownPerson['attributes'] =>
  Object.entries(known).map(([name, { value, family }]) => ({ name, value, family, source: 'Fennimoor' }));

/** An interview, with the planted segment of whoever was spoken with. */
type Talk = { participant: string; interview: Interview; segment: string };
type NamedSegment = { segment: Segment; face: Face };

/** Logs each interview and puts codes on the passages that carry them. */
async function talk(verbatim: Verbatim, study: Study, now: Date): Promise<Talk[]> {
  const { codebook, codings, guides, interviews, ladderRungs } = verbatim;
  const { guide, interviews: talks } = demoFiles.interviews();
  const lastMs = Math.max(...talks.map(({ heldOn }) => Date.parse(heldOn)));
  const heldOn = (day: string) =>
    new Date(now.getTime() - LAST_INTERVIEW_DAYS_AGO * DAY_MS - (lastMs - Date.parse(day))).toISOString().slice(0, 10);
  const codes = new Map<string, string>();
  for (const { code, under, include = '', exclude = '', ...form } of demoFiles.codebook()) {
    const fields = { ...form, inclusion: include, exclusion: exclude, under: codes.get(under ?? '') ?? null };
    codes.set(code, (await codebook.add(study, fields, null)).publicId);
  }
  const parts = [{ title: 'The story, in the order it happened', prompts: guide.questions }];
  const made = await guides.make(study, { title: guide.title, parts }, null);
  if ('errors' in made) throw new Problem('invalid', 'The guide does not read', { errors: made.errors });
  const held: Talk[] = [];
  for (const one of [...talks, demoFiles.withdrawn()]) {
    const logged = await interviews.log(
      study,
      {
        title: '',
        participant: one.participant,
        heldOn: heldOn(one.heldOn),
        mode: modeOf(one),
        guide: made.kept.publicId,
        moment: one.triggerMoment,
        transcript: demoFiles.transcript(one.transcript),
        mayQuote: true,
      },
      null,
    );
    if ('errors' in logged)
      throw new Problem('invalid', `The interview with ${one.participant} does not read well`, {
        errors: logged.errors,
      });
    for (const passage of one.passages) {
      await codings.code(
        study,
        {
          sourceId: sourceId('turn', logged.interview.publicId, String(passage.turn)),
          version: 1,
          start: null,
          end: null,
          words: passage.text,
        },
        { publicId: codes.get(passage.code) ?? null, name: '', definition: '' },
        null,
      );
    }
    await takeDemoNotes(verbatim, study, logged.interview, one, made.kept);
    for (const [ladder, rungs] of one.ladders.entries())
      for (const { kind, code = '', text = '' } of rungs) {
        const rung = { ladder: ladder + 1, kind, text, source: '', mode: 'soft' };
        await ladderRungs.add(study, logged.interview, { ...rung, code: codes.get(code) ?? '' }, null);
      }
    held.push({ participant: one.participant, interview: logged.interview, segment: one.segment });
  }
  return held;
}

function modeOf({ mode }: DemoInterview): (typeof INTERVIEW_MODES)[number] {
  const modes: Readonly<Record<string, (typeof INTERVIEW_MODES)[number]>> = {
    video: 'by video',
    telephone: 'by phone',
    'in-person': 'in person',
  };
  return modes[mode] ?? 'in writing';
}

/** The three runs, one after the other; gives back the one that found segments. */
async function analyse({ analysis, segmentations, store }: Verbatim, study: Study, survey: SurveyRow): Promise<Run> {
  const inputs = (survey.draft.instruments ?? []).flatMap((instrument) =>
    instrument.scales.map((scale) => `scale:${instrument.code}.${scale.code}`),
  );
  const added = await segmentations.add(study, survey, 'What people want from a home', null);
  await segmentations.change(study, added, { name: added.name, settings: { inputs }, changedAt: added.changedAt });
  const segmentation = (await store.segmentations.findById(added.id)) ?? added;
  await segmentations.test(study, segmentation, DEMO_SEED, null);
  await analysis.idle();
  const runs = [
    await analysis.score(study, survey, null),
    await analysis.findThemes(study, survey, { item: 'trigger', themes: 'auto', seed: DEMO_SEED }, null),
    await segmentations.fit(study, segmentation, { k: SEGMENTS, seed: DEMO_SEED }, null),
  ];
  await analysis.idle();
  const ended = await Promise.all(runs.map((run) => store.analyses.findRunById(run.id)));
  const failed = ended.find((run) => run?.state !== 'done');
  const last = ended.at(-1);
  if (failed || !last)
    throw new Error(`The ${failed?.kind} run of the demonstration ended ${failed?.state}: ${failed?.error ?? ''}`);
  await segmentations.accept(segmentation, last, { note: '' }, null);
  return last;
}

/** What a researcher does next: looks where each segment stands, and names it. */
async function nameSegments({ store, segments }: Verbatim, run: Run): Promise<NamedSegment[]> {
  const found = await store.segmentations.segmentsOf(run.id);
  const kept = fitOf(run);
  const centres = found.map((_, position) =>
    Object.fromEntries(
      (kept?.inputs ?? []).map(({ id }, column) => [
        id.replace(/^scale:/, ''),
        kept?.centres[position]?.[column]?.z ?? 0,
      ]),
    ),
  );
  const faces = giveFaces(centres, demoFaces);
  for (const [index, segment] of found.entries())
    if (faces[index]) await segments.rename(segment, faces[index].segment);
  const named = await store.segmentations.segmentsOf(run.id);
  return named.flatMap((segment, index) => (faces[index] ? [{ segment, face: faces[index] }] : []));
}

/** Says of everybody interviewed in which segment they are, as a screener would. */
async function placeInterviewed(
  { interviewees }: Verbatim,
  study: Study,
  named: readonly NamedSegment[],
  talks: readonly Talk[],
): Promise<void> {
  for (const { interview, segment: planted } of talks) {
    const one = named.find(({ face }) => face.segment.toLowerCase().replaceAll(' ', '-') === planted);
    if (one)
      await interviewees.screen(
        study,
        interview,
        { segment: `segment ${one.segment.publicId}`, note: 'Told by the screener of the interviews (invented)' },
        null,
      );
  }
}

/** For whom the personas are to be used, and for whom not. */
const VALID_FOR = 'Deciding what the shop offers to people who move, and how it speaks of it';
const NOT_VALID_FOR = 'People who have not moved, and companies: few of them answered';
const REVIEW_AFTER_DAYS = 120;

async function drawPersonas(
  { personas, store }: Verbatim,
  study: Study,
  named: readonly NamedSegment[],
  end: Date,
): Promise<void> {
  const reviewOn = new Date(end.getTime() + REVIEW_AFTER_DAYS * DAY_MS).toISOString().slice(0, 10);
  for (const { segment, face } of named) {
    const persona = await personas.draw(study, segment, face.persona, null);
    await personas.describe(study, persona.publicId, { name: face.persona, lede: face.lede }, null);
    const drawn = (await store.personas.find(study.id, persona.publicId))!;
    await personas.govern(study, drawn, {
      ownerId: null,
      reviewOn,
      validFor: VALID_FOR,
      notValidFor: NOT_VALID_FOR,
      retireWhen: '',
    });
  }
}

/** So many answer the battery about how they are. */
const PERSONALITIES = 400;

/**
 * Two looks that a newcomer should see: the same answers without centring, where a group says yes to everything, and a
 * battery in which there are no segments at all.
 */
async function lookElsewhere(
  verbatim: Verbatim,
  study: Study,
  survey: SurveyRow,
  made: MovingHouse,
  end: Date,
): Promise<void> {
  const { analysis, imports, segmentations, store, surveys } = verbatim;
  const scalesOf = ({ draft }: SurveyRow) =>
    (draft.instruments ?? []).flatMap(({ code, scales }) => scales.map((scale) => `scale:${code}.${scale.code}`));
  const itemsOf = ({ draft }: SurveyRow) =>
    (draft.instruments ?? []).flatMap(({ scales }) =>
      scales.flatMap(({ items }) => items.map((key) => `answer:${key.replace(/^-/, '')}`)),
    );
  const begin = async (of: SurveyRow, name: string, inputs: string[], centring: Record<string, 'none'>) => {
    const { id, changedAt } = await segmentations.add(study, of, name, null);
    const settings = { inputs, centring };
    await segmentations.change(study, (await store.segmentations.findById(id))!, { name, settings, changedAt });
    return (await store.segmentations.findById(id))!;
  };
  const uncentred = await begin(survey, 'The same answers, not centred', scalesOf(survey), { 'scales:vb20': 'none' });
  await segmentations.fit(study, uncentred, { k: SEGMENTS, seed: DEMO_SEED }, null);
  const battery = await publishNew(verbatim, await surveys.addFromTemplate(study.id, 'mini-ipip-20'));
  const people = made.people.slice(0, PERSONALITIES).map(({ externalId }) => externalId);
  const answers = personalityAnswers(people, end, mulberry32(DEMO_SEED));
  await imports.loadRows(battery, demoRows(battery.draft, answers), 'personality (invented)');
  await segmentations.test(study, await begin(battery, 'How people are', itemsOf(battery), {}), DEMO_SEED, null);
  await analysis.idle();
}

/** A rule over attributes and answers, and a short survey that only those it admits are asked. */
async function askFurther(verbatim: Verbatim, study: Study, survey: SurveyRow): Promise<void> {
  const rule = {
    all: [
      { attribute: 'household', op: 'in', value: ['children', 'lone-parent', 'generations'] },
      { answer: 'tenure', op: 'in', value: ['rent-private', 'rent-social'] },
    ],
  };
  const renters = await verbatim.segments.define(study, { name: 'Families who rent', rule, surveyId: survey.id }, null);
  const second = await publishNew(verbatim, await verbatim.surveys.addFromTemplate(study.id, 'satisfaction'));
  await verbatim.surveys.setAudience(second, renters.publicId);
}
