import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { RETURN_LINK_NAMES, RETURN_LINKS } from '../../services/fieldwork-desk.ts';
import type { Supplier } from '../../store/fieldwork.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { fieldworkAddress, fieldworkCrumbs, SURVEY } from './fieldwork-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { surveyOf } from './surveys.ts';

/** Sample suppliers: the address to give them, where they want people back, and what to settle by. */
export function supplierDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { fieldworkDesk, fieldworkReport, store } = verbatim;

  const supplierPage = async (study: EnteredStudy, survey: SurveyRow, origin: string) => {
    const at = `${fieldworkAddress(study, survey)}/suppliers`;
    return {
      view: 'studio/fieldwork-suppliers',
      head: head(
        fieldworkCrumbs(study, survey),
        'Suppliers',
        'Panels that send people. Each comes with the id they have there, may answer once, and is led back by how it ended.',
      ),
      action: at,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'Name', { isRequired: true }),
        make.text('idParameter', 'Parameter that their id comes in', {
          isShort: true,
          isRequired: true,
          hint: 'As the supplier calls it, such as pid or rid',
        }),
        ...RETURN_LINKS.map((name) =>
          make.text(name, RETURN_LINK_NAMES[name], {
            isRequired: true,
            hint: 'https://… with {id} where their id belongs',
          }),
        ),
      ],
      buttons: buttons('Add the supplier'),
      more: {
        isLocal: publicUrl === null,
        isPublished: survey.publishedVersionId !== null,
        suppliers: (await store.fieldwork.suppliers(survey.id)).map((supplier) => ({
          id: supplier.publicId,
          name: supplier.name,
          ended: supplier.endedAt ? showDate(supplier.endedAt) : '',
          entry: `${origin}/s/${survey.slug}?supplier=${supplier.publicId}&${supplier.idParameter}=THEIR_ID`,
          links: RETURN_LINKS.map((name) => ({ label: RETURN_LINK_NAMES[name], link: supplier[name] })),
          csv: `${at}/${supplier.publicId}/people.csv`,
          end: `${at}/${supplier.publicId}/end`,
        })),
      },
    };
  };
  const originOf = (req: { protocol: string; headers: { host?: string | undefined } }): string =>
    publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;

  door.get(`${SURVEY}/fieldwork/suppliers`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const page = await supplierPage(visit.study, survey, originOf(req));
    await showForm(house, visit, res, 'surveys', page, { idParameter: 'pid' });
  });
  door.post(`${SURVEY}/fieldwork/suppliers`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    const typed = (name: string) => field(form, name).trim();
    try {
      await fieldworkDesk.addSupplier(survey, {
        name: typed('name'),
        idParameter: typed('idParameter'),
        completeLink: typed('completeLink'),
        screenedOutLink: typed('screenedOutLink'),
        quotaFullLink: typed('quotaFullLink'),
        duplicateLink: typed('duplicateLink'),
      });
      res.redirect(303, `${fieldworkAddress(visit.study, survey)}/suppliers`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const page = await supplierPage(visit.study, survey, originOf(req));
      await showForm(house, visit, res, 'surveys', page, form, error);
    }
  });
  door.post(`${SURVEY}/fieldwork/suppliers/:supplier/end`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await fieldworkDesk.endSupplier(survey, String(req.params['supplier']));
    res.redirect(303, `${fieldworkAddress(visit.study, survey)}/suppliers`);
  });

  async function supplierOf(survey: SurveyRow, publicId: string): Promise<Supplier> {
    const supplier = await store.fieldwork.findSupplier(survey.id, publicId);
    if (!supplier) throw new Problem('not-found', 'There is no such supplier of this survey');
    return supplier;
  }
  door.get(`${SURVEY}/fieldwork/suppliers/:supplier/people.csv`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const supplier = await supplierOf(survey, String(req.params['supplier']));
    const lines = await fieldworkReport.reconciliation(survey, supplier);
    res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}-${supplier.publicId.slice(0, 8)}.csv"`);
    res.type('text/csv').send(
      writeCsv(
        [supplier.idParameter, 'outcome', 'started', 'completed', 'seconds', 'response_state', 'quota'],
        lines.map((line) => [
          line.theirId,
          line.outcome,
          line.startedAt,
          line.completedAt,
          line.seconds === null ? null : Math.round(line.seconds),
          line.state,
          line.quotas.join(' '),
        ]),
      ),
    );
  });
}
