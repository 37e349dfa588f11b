import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { byFamily } from '../../services/person-timeline.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { fieldMaker, head, showPage, studyAddress } from './frame.ts';
import { familyViews } from './person-view.ts';

const PAGE_ROWS = 100;
/** No role is called so, since none begins with a space. */
const NO_ROLE = ' none';
const EVENT_NAMES_MAX = 50;
const DAYS_MS = 30 * 86_400_000;

const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
const number = (count: number) => ({ text: count.toLocaleString('en-GB'), href: null, isNumber: true });

/** The companies of the workspace, what is known of each, its people and what they did. */
export function companyDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store } = verbatim;
  const afterOf = (query: string) => Math.max(0, Math.trunc(Number(query) || 0));

  door.get('/studio/:study/companies', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    const companies = await store.companies.list(study.workspaceId, afterOf(queryOf(req, 'after')), PAGE_ROWS + 1);
    const shown = companies.slice(0, PAGE_ROWS);
    const last = shown.at(-1);
    const count = await store.companies.count(study.workspaceId);
    await showPage(house, visit, res, 'people', 'studio/list', {
      head: head(
        [
          { label: study.name, href: at },
          { label: 'People', href: `${at}/people` },
        ],
        'Companies',
        count === 0 ? null : `${count.toLocaleString('en-GB')} ${count === 1 ? 'company' : 'companies'}.`,
      ),
      table: {
        caption: 'Companies of this workspace',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Company', isNumber: false },
          { label: 'People', isNumber: true },
          { label: 'Known since', isNumber: false },
        ],
        rows: shown.map(({ name, publicId, people, createdAt }) => ({
          cells: [cell(name, `${at}/companies/${publicId}`), number(people), cell(showDate(createdAt))],
        })),
      },
      isEmpty: shown.length === 0,
      empty: {
        title: 'No company is known yet',
        text: 'Companies come from programs that tell to which group somebody belongs, and with people that are imported.',
        action: { label: 'Import people', href: `${at}/people/import` },
      },
      more:
        companies.length > PAGE_ROWS && last
          ? [{ label: 'More companies', href: `${at}/companies?after=${last.id}` }]
          : [],
    });
  });

  door.get('/studio/:study/companies/:company', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    const company = await store.companies.find(study.workspaceId, String(req.params['company']));
    if (!company) throw new Problem('not-found', 'There is no such company in this workspace');
    const roles = await store.companies.rolesIn(company.id);
    const asked = queryOf(req, 'role');
    const chosen =
      asked === NO_ROLE ? roles.find(({ role }) => role === null) : roles.find(({ role }) => role === asked);
    const after = afterOf(queryOf(req, 'after'));
    const people = await store.companies.people(company.id, after, PAGE_ROWS + 1, chosen?.role);
    const here = `${at}/companies/${company.publicId}`;
    const shown = people.slice(0, PAGE_ROWS);
    const last = shown.at(-1);
    const everybody = await store.companies.countPeople(company.id);
    const since = new Date(verbatim.now().getTime() - DAYS_MS).toISOString();
    const events = await store.companies.events(company.id, since, EVENT_NAMES_MAX);
    await showPage(house, visit, res, 'people', 'studio/company', {
      head: head(
        [
          { label: study.name, href: at },
          { label: 'People', href: `${at}/people` },
          { label: 'Companies', href: `${at}/companies` },
        ],
        company.name,
      ),
      facts: [
        { label: 'Id', value: company.externalId, note: null },
        { label: 'Known since', value: showDate(company.createdAt), note: null },
        { label: 'People', value: everybody.toLocaleString('en-GB'), note: null },
      ],
      families: familyViews(byFamily(await store.companies.attributes([company.id]))),
      roles: roles.some(({ role }) => role !== null)
        ? {
            action: here,
            isChosen: chosen !== undefined,
            field: fieldMaker({ role: chosen === undefined ? '' : (chosen.role ?? NO_ROLE) }, []).select(
              'role',
              'Role',
              [
                { value: '', label: `Any, ${everybody.toLocaleString('en-GB')}` },
                ...roles.map(({ role, people: having }) => ({
                  value: role ?? NO_ROLE,
                  label: `${role ?? 'Without a role'}, ${having.toLocaleString('en-GB')}`,
                })),
              ],
            ),
          }
        : null,
      people: {
        caption: 'People of this company',
        isCaptionHidden: true,
        isStacked: true,
        columns: ['Person', 'Role', 'Known since'].map((label) => ({ label, isNumber: false })),
        emptyText: 'Nobody is known to belong to it.',
        rows: shown.map(({ publicId, identity, role, createdAt }) => ({
          cells: [cell(identity ?? publicId, `${at}/people/${publicId}`), cell(role ?? ''), cell(showDate(createdAt))],
        })),
      },
      more:
        people.length > PAGE_ROWS && last
          ? [
              {
                label: 'More people',
                href: `${here}?${new URLSearchParams({ after: String(last.id), ...(chosen && { role: asked }) })}`,
              },
            ]
          : [],
      events: {
        caption: 'Events by name',
        isCaptionHidden: true,
        columns: [
          { label: 'Event', isNumber: false },
          { label: 'Times', isNumber: true },
          { label: 'People', isNumber: true },
        ],
        emptyText: 'Nothing in the last 30 days.',
        rows: events.map(({ name, count, people: by }) => ({ cells: [cell(name), number(count), number(by)] })),
      },
    });
  });
}
