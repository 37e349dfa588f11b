import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { head, showPage, studyAddress } from './frame.ts';

/** What the study does to the people in it, to be printed and filled in. */
export function impactAssessmentDoor(door: Doorway, house: House): void {
  door.get('/studio/:study/impact-assessment', 'owner', async (visit, _req, res) => {
    const { study } = visit;
    const sections = await house.verbatim.impactAssessments.of(study);
    await showPage(house, visit, res, 'people', 'studio/impact-assessment', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'People', href: `${studyAddress(study)}/people` },
        ],
        'Impact on data protection',
        'What Verbatim knows is filled in. Print it, and fill in the rest.',
      ),
      sections: sections.map(({ title, paragraphs, table }, index) => ({
        id: `section-${index + 1}`,
        title,
        paragraphs,
        table: table && {
          caption: title,
          isCaptionHidden: true,
          isStacked: true,
          emptyText: 'None.',
          columns: table.columns.map((label) => ({ label, isNumber: false })),
          rows: table.rows.map((row) => ({
            cells: row.map((text) => ({ text, href: null, isNumber: false })),
          })),
        },
      })),
    });
  });
}
