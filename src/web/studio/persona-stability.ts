import { showNumber, showPercent } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import { comesBack, LABEL_SENTENCES, stabilityFacts } from '../../reports/persona-sureness.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { PERSONA, personaAddress, personaCrumbs, personaOf } from './persona-place.ts';
import { madeBy } from './persona-sheet.ts';

/** How it was looked at whether a persona's segment comes back, and how well its golden questions tell: with its terms. */
export function personaStabilityDoor(door: Doorway, house: House): void {
  door.get(`${PERSONA}/stability`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const { portrait } = read;
    if (portrait.kind !== 'quantified')
      throw new Problem('not-found', 'Only personas of segments have a stability', {
        detail: 'This one rests on no segment',
      });
    const made = await madeBy(house, study, read.persona);
    const { stability, size, recognise } = portrait;
    const label = stability?.label ?? made.label;
    const segmentation = made.segment ? await house.verbatim.store.segmentations.ofSegment(made.segment) : null;
    await showPage(house, visit, res, 'personas', 'studio/persona-stability', {
      head: head(
        personaCrumbs(study, read),
        'How it was looked at',
        'Whether the same people would be found again, how sure its share is, and how well one is recognised.',
      ),
      sheet: personaAddress(study, read.persona),
      label:
        label === null
          ? 'The segment is what a rule admits, so that it comes back by definition.'
          : LABEL_SENTENCES[label],
      reasons: stability?.reasons ?? [],
      band: stability?.jaccard === null || stability === null ? '' : comesBack(stability.jaccard),
      facts: stability ? stabilityFacts(stability) : [],
      share: size
        ? {
            facts: [
              {
                label: 'Share',
                value: showPercent(size.share.share),
                note: `${showPercent(size.share.low)} to ${showPercent(size.share.high)}, 95%`,
              },
              { label: 'People', value: showNumber(size.n), note: `of ${showNumber(size.base)}` },
              ...(size.effectiveBase === null
                ? []
                : [
                    {
                      label: 'Effective base',
                      value: showNumber(size.effectiveBase, 0),
                      note: 'as many people of equal weight would say as much',
                    },
                  ]),
            ],
            how:
              size.interval === 'segmentation'
                ? 'The interval comes from drawing people anew, grouping them anew, and seeing how large the segment becomes each time.'
                : 'The interval is Wilson’s, for people drawn anew with the segment as given.',
          }
        : null,
      confusion:
        recognise && recognise.confusion.length > 0
          ? {
              caption: 'Where people were placed who did not help to choose the questions',
              isStacked: true,
              columns: [
                { label: 'Truly in', isNumber: false },
                ...recognise.segments.map((name) => ({ label: `placed in ${name}`, isNumber: true })),
              ],
              rows: recognise.confusion.map((row, index) => ({
                cells: [
                  { text: recognise.segments[index] ?? '', href: null, isNumber: false },
                  ...row.map((n) => ({ text: showNumber(n), href: null, isNumber: true })),
                ],
              })),
            }
          : null,
      segmentation: segmentation ? `${studyAddress(study)}/segmentations/${segmentation.publicId}` : '',
    });
  });
}
