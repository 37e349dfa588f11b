import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { byFamily } from '../../services/person-timeline.ts';
import type { House } from '../app.ts';
import { Family, Known, knownIn, Type } from './known.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';

const AttributeMeaning = z
  .strictObject({
    name: z.string(),
    type: Type,
    family: Family,
    isSet: z.boolean().meta({ description: 'Somebody chose it; else it follows from what came' }),
  })
  .meta({ id: 'AttributeMeaning' });
const Company = z
  .strictObject({
    id: Id,
    companyId: z.string().meta({ description: 'The id that your programs know it by' }),
    name: z.string(),
    people: z.number().int(),
    knownSince: Time,
  })
  .meta({ id: 'Company' });

const CHAPTER = 'Attributes and companies';

/** What attributes mean in the workspace, and the companies that people belong to. */
export const attributeResource = ({ verbatim }: House) => {
  const { store } = verbatim;
  return {
    listAttributes: operation({
      method: 'GET',
      path: '/studies/:study/attributes',
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'List the attributes of people, and what they hold',
      query: z.strictObject({ of: z.enum(['person', 'company']).default('person') }),
      answer: z.strictObject({ items: z.array(AttributeMeaning) }),
      example: { query: { of: 'person' } },
      handle: async ({ study, query }) => {
        await verbatim.logs.settle();
        const known = await store.sources.attributeTypes(study.workspaceId, query.of);
        return {
          items: [...known]
            .map(([name, { type, family, isSet }]) => ({ name, type, family, isSet }))
            .sort((a, b) => (a.name < b.name ? -1 : 1)),
        };
      },
    }),
    setAttribute: operation({
      method: 'PUT',
      path: '/studies/:study/attributes',
      scope: 'people:write',
      chapter: CHAPTER,
      title: 'Say what an attribute of people holds',
      text: 'Values that came before are read anew; one that cannot be read so stays as it came.',
      body: z.strictObject({ name: z.string().min(1).max(200), type: Type, family: Family }),
      example: { body: { name: 'plan', type: 'text', family: 'value' } },
      handle: async ({ study, body }) => {
        await verbatim.logs.settle();
        await verbatim.sources.setAttribute(study.workspaceId, body.name, { type: body.type, family: body.family });
        return null;
      },
    }),
    listCompanies: operation({
      method: 'GET',
      path: '/studies/:study/companies',
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'List companies',
      query: PageQuery,
      answer: listOf(Company),
      handle: async ({ study, query, position, next }) => {
        await verbatim.logs.settle();
        const found = await store.companies.list(study.workspaceId, Number(position() ?? 0), query.limit + 1);
        const rows = found.slice(0, query.limit);
        const last = rows.at(-1);
        return {
          items: rows.map(({ publicId, externalId, name, people, createdAt }) => ({
            id: publicId,
            companyId: externalId,
            name,
            people: Number(people),
            knownSince: createdAt,
          })),
          next: found.length > query.limit && last ? next(last.id) : null,
        };
      },
    }),
    readCompany: operation({
      method: 'GET',
      path: '/studies/:study/companies/:company',
      scope: 'people:read',
      chapter: CHAPTER,
      title: 'Read a company',
      answer: z.strictObject({ ...Company.shape, attributes: z.array(Known) }).meta({ id: 'CompanyInFull' }),
      handle: async ({ study, params }) => {
        await verbatim.logs.settle();
        const company = await store.companies.find(study.workspaceId, params.company);
        if (!company) throw new Problem('not-found', 'There is no such company in this workspace');
        return {
          id: company.publicId,
          companyId: company.externalId,
          name: company.name,
          people: await store.companies.countPeople(company.id),
          knownSince: company.createdAt,
          attributes: knownIn(byFamily(await store.companies.attributes([company.id]))),
        };
      },
    }),
  };
};
