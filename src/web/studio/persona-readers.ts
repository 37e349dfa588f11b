import { showNumber } from '../../charts/numerals.ts';
import type { PerceptionResults, PersonaUsage } from '../../services/perception.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { PERSONA, personaAddress, personaCrumbs, personaOf, personasAddress } from './persona-place.ts';
import { sharesAddress } from './shares.ts';

/** Whether a persona does any good: what its readers make of it, and whether it is opened, shared and built upon. */
export function personaReadersDoor(door: Doorway, house: House): void {
  const { perception } = house.verbatim;

  door.get(`${PERSONA}/readers`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const { persona, versions } = read;
    const newest = Number(versions[0]?.number ?? 0);
    const asked = await perception.surveyOf(study);
    const results = await perception.resultsOf(study, persona, newest);
    const at = studyAddress(study);
    await showPage(house, visit, res, 'personas', 'studio/persona-readers', {
      head: head(
        personaCrumbs(study, read),
        'Does it work?',
        'What readers make of this persona, and whether it is opened, shared and built upon.',
      ),
      survey: asked
        ? {
            href: `${at}/surveys/${asked.survey.publicId}`,
            isOpen: asked.isOpen,
            results: `${at}/surveys/${asked.survey.publicId}/results`,
          }
        : null,
      begin: `${at}/perception`,
      persona: persona.publicId,
      results: results && results.readers > 0 ? resultsView(results) : null,
      usage: usageView(study, await perception.usageOf(study, persona)),
      links: sharesAddress(study),
      share: `${sharesAddress(study)}/new?persona=${persona.publicId}`,
    });
  });

  /** Begins to ask readers; one survey asks about every persona of the study. */
  door.post('/studio/:study/perception', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    if ((await perception.surveyOf(study)) === null) await perception.begin(study, { userId: visit.user.id });
    // Its page says now that readers are asked, and where.
    const persona = await house.verbatim.store.personas.find(study.id, field(formOf(req), 'persona'));
    res.redirect(303, persona ? `${personaAddress(study, persona)}/readers#judged` : personasAddress(study));
  });
}

function resultsView({ readers, newest, scales, steps, provisionalUntil, remarks }: PerceptionResults) {
  const cell = (text: string, isNumber = true) => ({ text, href: null, isNumber });
  const range = steps ? `${showNumber(steps.min)} to ${showNumber(steps.max)}` : '';
  return {
    line: `${showNumber(readers)} ${readers === 1 ? 'reader has' : 'readers have'} judged it, ${showNumber(newest)} of them its newest version.`,
    table: {
      caption: `What readers make of it, ${range}, higher is better`,
      isStacked: true,
      columns: [
        { label: 'Quality', isNumber: false },
        { label: 'Mean', isNumber: true },
        { label: '95% interval', isNumber: true },
        { label: 'Readers', isNumber: true },
      ],
      rows: scales.map(({ name, n, mean, interval }) => ({
        cells: [
          cell(name, false),
          cell(mean === null ? '–' : showNumber(mean, 2)),
          cell(
            interval === null
              ? 'two readers at least'
              : `${showNumber(interval.low, 2)} to ${showNumber(interval.high, 2)}`,
          ),
          cell(showNumber(n)),
        ],
      })),
    },
    notes: [
      'Each answer counts once. Nobody is named, so that somebody may have answered twice, and readers who answer are not all readers.',
      ...(provisionalUntil === null
        ? []
        : [
            `The scales are provisional: nothing has shown yet what they measure. They have to be answered ${showNumber(provisionalUntil)} times first.`,
          ]),
    ],
    remarks:
      remarks === 0
        ? ''
        : `${showNumber(remarks)} ${remarks === 1 ? 'reader wrote' : 'readers wrote'} what would make it more useful.`,
  };
}

function usageView(study: EnteredStudy, usage: PersonaUsage) {
  const at = studyAddress(study);
  const days = `in ${usage.days} days`;
  return {
    facts: [
      { label: 'Opened here', value: showNumber(usage.inside), note: days },
      { label: 'Opened by link', value: showNumber(usage.byLink), note: days },
      { label: 'Moments heard', value: showNumber(usage.played), note: days },
      { label: 'Links that open', value: showNumber(usage.links), note: `of ${showNumber(usage.linksEver)} made` },
      { label: 'Rules that ask for it', value: showNumber(usage.rules.length), note: null },
      { label: 'Surveys for its people', value: showNumber(usage.surveys.length), note: null },
    ],
    rules: usage.rules.map(({ publicId, name }) => ({ label: name, href: `${at}/segments/${publicId}` })),
    surveys: usage.surveys.map(({ publicId, slug }) => ({ label: slug, href: `${at}/surveys/${publicId}` })),
  };
}
