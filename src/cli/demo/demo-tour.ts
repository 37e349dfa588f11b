import type { TourStep } from '../../model/tour.ts';
import { readPortrait } from '../../personas/portrait.ts';
import type { Study } from '../../store/studies.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { Verbatim } from '../../verbatim.ts';

/** What two people are told apart by who are alike in everything that a table of people would show. */
const ALIKE = ['age', 'income', 'town'];

/**
 * The way that a newcomer is led through the demonstration: each of its surprises once, with the page that shows it.
 *
 * @throws Error where something that was planted is not there
 */
export async function layTour({ store, studies }: Verbatim, study: Study, survey: SurveyRow): Promise<void> {
  const personas = await store.personas.list(study.id);
  const persona = (name: string) => there(personas.find(({ versions }) => versions[0]?.name === name));
  const rooted = persona('Rooted carer');
  const said = there(
    readPortrait(rooted.versions[0]!.portrait).claims.find(
      ({ section, quotes }) => section === 'says' && quotes.length > 0,
    ),
  );
  const segmentations = await store.segmentations.list(study.id);
  const named = (name: string) => there(segmentations.find((one) => one.name === name));
  const main = named('What people want from a home');
  const uncentred = named('The same answers, not centred');
  const [tool] = await store.typingTools.list(main.id);
  const [run] = await store.segmentations.runs(main.id, 'fit');
  const [other] = await store.segmentations.runs(uncentred.id, 'fit');
  const [change] = await store.comparisons.list({ studyId: study.id, segmentId: null, kind: 'change' });
  const interviews = await store.notes.interviews(study.id);
  const talk = there(interviews.find(({ participant }) => participant === 'P08'));
  const alike = await twoAlike(store, main.id, survey);
  const at = (of: { publicId: string }, more = '') => `/segmentations/${of.publicId}${more}`;
  const steps: TourStep[] = [
    {
      title: 'Meet a persona',
      text: 'How many they are, how sure that is, what speaks against it. Who they are stands last, and only where they differ.',
      links: [
        { label: 'Rooted carer', to: `/personas/${rooted.publicId}` },
        { label: 'All four', to: '/personas' },
      ],
    },
    {
      title: 'From a sentence to an answer',
      text: 'Open what a claim rests on: its share here and among the rest, and the answers and passages themselves.',
      links: [{ label: said.text, to: `/personas/${rooted.publicId}/claims/${encodeURIComponent(said.id)}` }],
    },
    {
      title: 'Put a theme right',
      text: 'Rename it, merge it into another, or take an answer out. Pages that count it follow at once, personas when they are drawn anew.',
      links: [{ label: 'Themes', to: '/themes' }],
    },
    {
      title: 'Switch the centring off',
      text: 'The same answers, grouped without taking out how high everybody answers: one group says yes to everything.',
      links: [
        { label: 'Centred', to: at(main, `/solutions/${there(run).publicId}`) },
        { label: 'Not centred', to: at(uncentred, `/solutions/${there(other).publicId}`) },
      ],
    },
    {
      title: 'Answer a few questions',
      text: 'They place somebody new in a segment, or say that they are unsure, with how often they are right.',
      links: [{ label: 'Try the questions', to: at(main, `/typing/${there(tool).publicId}/try`) }],
    },
    {
      title: 'What changed?',
      text: 'A form loses people from a release on. The look names Android, and what people wrote there says why.',
      links: [{ label: 'The look', to: `/changes/${there(change).publicId}` }],
    },
    {
      title: 'Take words back',
      text: 'One participant withdrew, and what they said left every page: a persona asks to be looked at again. Do the same for another and watch the quotes go.',
      links: [
        { label: 'Fresh starter', to: `/personas/${persona('Fresh starter').publicId}` },
        { label: 'P08 takes it back', to: `/interviews/${talk.publicId}#withdrawal` },
      ],
    },
    {
      title: 'Take the slides along',
      text: 'A set of personas or the whole study as slides, a document, a sheet to print or a file, for whoever is to read it.',
      links: [{ label: 'Reports', to: '/reports' }],
    },
    {
      title: 'And what else was planted',
      text: 'Two people of one age, income and town in different segments. The few who spend most. What people tick of the rent, and what they say when asked. A battery that holds no segments.',
      links: [
        ...alike.map(({ publicId, segment }) => ({
          label: `One of “${segment}”`,
          to: `/responses/${publicId}`,
        })),
        { label: 'Quiet seeker', to: `/personas/${persona('Quiet seeker').publicId}` },
        { label: 'Ticked and said', to: `/personas/${rooted.publicId}#against` },
        { label: 'No segments', to: at(named('How people are')) },
      ],
    },
  ];
  await studies.lead(study, steps);
}

/** Two respondents who gave the same age, income and town, and are in different segments. */
async function twoAlike(
  store: Verbatim['store'],
  segmentationId: number,
  survey: SurveyRow,
): Promise<{ publicId: string; segment: string }[]> {
  const segments = await store.segmentations.current(segmentationId);
  const segmentOf = new Map<number, string>();
  for (const { id, name } of segments)
    for (const response of await store.segments.members(id)) segmentOf.set(response, name);
  const given = Map.groupBy(await store.responses.answersOf(survey.id, ALIKE), ({ responseId }) => responseId);
  const ids = new Map((await store.responses.list(survey.id)).map(({ id, publicId }) => [id, publicId]));
  const met = new Map<string, { publicId: string; segment: string }>();
  for (const [responseId, answers] of given) {
    const publicId = ids.get(responseId);
    const segment = segmentOf.get(responseId);
    const values = ALIKE.map((address) => answers.find(({ item }) => item === address)?.value ?? null);
    if (publicId === undefined || segment === undefined || values.includes(null)) continue;
    const earlier = met.get(JSON.stringify(values));
    if (earlier && earlier.segment !== segment) return [earlier, { publicId, segment }];
    met.set(JSON.stringify(values), { publicId, segment });
  }
  throw new Error('No two people of the demonstration are alike and in different segments');
}

function there<Thing>(found: Thing | null | undefined): Thing {
  if (found === null || found === undefined)
    throw new Error('Something that was planted in the demonstration is not there');
  return found;
}
