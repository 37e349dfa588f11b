import type { Request, Response } from 'express';
import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { BASE, crumbs, waveOf } from './distribution-place.ts';
import { peoplePage, qrPage } from './distribution-view.ts';
import { head, showPage } from './frame.ts';
import { surveyAddress, surveyOf, surveyTitle } from './surveys.ts';

/** The people of a survey's waves, and its links as pictures and as a file. */
export function linkDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { distribution, store } = verbatim;

  door.get(`${BASE}/people`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const wave = await waveOf(house, survey, queryOf(req, 'wave'));
    const page = await peoplePage(house, study, survey, wave);
    await showPage(house, visit, res, 'surveys', 'studio/distribution-people', {
      head: head(
        crumbs(study, survey),
        'People invited',
        `Wave ${wave}. Whom you invite and who has answered is known here; what they answered stands with the responses.`,
      ),
      ...page,
    });
  });
  const personOf = async (study: EnteredStudy, req: Request) => {
    const person = await store.people.find(study.workspaceId, String(req.params['person']));
    if (!person) throw new Problem('not-found', 'There is no such person in this workspace');
    return person;
  };
  /** The people of the wave that was looked at. */
  const peopleAddress = (study: EnteredStudy, survey: SurveyRow, wave: number): string =>
    `${surveyAddress(study, survey)}/distribution/people?wave=${wave}`;
  /** For somebody who asks by telephone or in a letter of their own. */
  door.post(`${BASE}/people/:person/opt-out`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const person = await personOf(visit.study, req);
    await distribution.optOut({ personId: person.id }, 'researcher', survey.id);
    res.redirect(303, peopleAddress(visit.study, survey, await waveOf(house, survey, queryOf(req, 'wave'))));
  });

  door.post(`${BASE}/people/:person/opt-in`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    if (!(await distribution.takeBackOptOut(await personOf(visit.study, req))))
      throw new Problem('conflict', 'This was not noted by a researcher, so it cannot be taken back here', {
        detail: 'What people say themselves stays',
      });
    res.redirect(303, peopleAddress(visit.study, survey, await waveOf(house, survey, queryOf(req, 'wave'))));
  });

  const needAddress = (survey: SurveyRow): string => {
    if (!publicUrl)
      throw new Problem('conflict', 'The address for other people is not known', {
        detail: 'Whoever runs this server sets PUBLIC_URL to the address that people reach it at',
      });
    return `${publicUrl}/s/${survey.slug}`;
  };
  const sendSvg = (req: Request, res: Response, svg: string, name: string) => {
    if (queryOf(req, 'download') === '1') res.setHeader('Content-Disposition', `attachment; filename="${name}.svg"`);
    res.type('image/svg+xml').send(svg);
  };
  door.get(`${BASE}/qr`, 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const at = `${surveyAddress(visit.study, survey)}/distribution`;
    const title = head(crumbs(visit.study, survey), 'QR code of the survey');
    await showPage(house, visit, res, 'surveys', 'studio/distribution-qr', {
      ...qrPage(needAddress(survey), `${at}/qr.svg`, null),
      head: title,
    });
  });
  door.get(`${BASE}/qr.svg`, 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { qrSvg } = await import('../../exchange/qr.ts');
    sendSvg(req, res, qrSvg(needAddress(survey), surveyTitle(survey)), survey.slug);
  });
  async function personalLink(study: EnteredStudy, survey: SurveyRow, req: Request) {
    needAddress(survey);
    const person = await personOf(study, req);
    if (!(await store.people.invited(survey.id)).has(person.id))
      throw new Problem('not-found', 'This person has no personal link to this survey', {
        detail: 'Invite them, or make links for the people it is offered to',
      });
    return { person, link: distribution.linkFor(survey, person.publicId) };
  }
  door.get(`${BASE}/people/:person/qr`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { person, link } = await personalLink(visit.study, survey, req);
    const at = `${surveyAddress(visit.study, survey)}/distribution/people/${person.publicId}`;
    await showPage(house, visit, res, 'surveys', 'studio/distribution-qr', {
      ...qrPage(link, `${at}/qr.svg`, `Whoever opens this answers as person ${person.publicId.slice(0, 8)}.`),
      head: head(crumbs(visit.study, survey), 'QR code of a personal link'),
    });
  });
  door.get(`${BASE}/people/:person/qr.svg`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { person, link } = await personalLink(visit.study, survey, req);
    const { qrSvg } = await import('../../exchange/qr.ts');
    sendSvg(req, res, qrSvg(link, 'A personal link'), `${survey.slug}-${person.publicId.slice(0, 8)}`);
  });

  /** Links in a file, for text messages and letters on paper. It makes the links, so it is posted. */
  door.post(`${BASE}/links.csv`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const links = await distribution.links(visit.study, survey, field(formOf(req), 'segment') || null);
    const identities = await identitiesOf(links.map((one) => one.id));
    res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}-links.csv"`);
    res.type('text/csv').send(
      writeCsv(
        ['person', 'name', 'email', 'phone', 'link', 'opt_out'],
        links.map((one) => [
          identities.get(one.id) ?? one.publicId,
          one.name,
          one.address,
          one.phone,
          one.link,
          one.optOut,
        ]),
      ),
    );
  });
  async function identitiesOf(ids: readonly number[]): Promise<Map<number, string>> {
    const all = new Map<number, string>();
    for (let from = 0; from < ids.length; from += 1000)
      for (const [id, value] of await store.people.identities(ids.slice(from, from + 1000))) all.set(id, value);
    return all;
  }
}
