import { z } from 'zod';
import { API_SCOPES, type ApiScope } from '../../model/api-scope.ts';
import type { House } from '../app.ts';
import { Id, operation, Time } from './operation.ts';

const Key = z
  .strictObject({
    id: Id,
    name: z.string(),
    study: Id.meta({ description: 'The one study that it opens' }),
    scopes: z.array(z.enum(Object.keys(API_SCOPES) as ApiScope[])),
    expiresAt: Time,
  })
  .meta({ id: 'Key' });

const Study = z
  .strictObject({
    id: Id,
    name: z.string(),
    createdAt: Time,
    isInvented: z.boolean().meta({ description: 'Made up for demonstration' }),
    smallestCell: z.number().int().meta({ description: 'Viewers read no figure of fewer people' }),
    counts: z.strictObject({
      surveys: z.number().int(),
      interviews: z.number().int(),
      segments: z.number().int(),
      personas: z.number().int(),
    }),
  })
  .meta({ id: 'Study' });

export const studyResource = ({ verbatim }: House) => ({
  readKey: operation({
    method: 'GET',
    path: '/key',
    scope: null,
    chapter: 'Study',
    title: 'Read what this key opens',
    answer: Key,
    handle: ({ key }) => ({
      id: key.publicId,
      name: key.name,
      study: key.study.publicId,
      scopes: [...key.scopes],
      expiresAt: key.expiresAt,
    }),
  }),
  readStudy: operation({
    method: 'GET',
    path: '/studies/:study',
    scope: 'aggregate:read',
    chapter: 'Study',
    title: 'Read the study',
    answer: Study,
    handle: async ({ study }) => {
      const { surveys, interviews, segments, personas } = await verbatim.store.studies.counts(study);
      return {
        id: study.publicId,
        name: study.name,
        createdAt: study.createdAt,
        isInvented: study.inventedNotice !== null,
        smallestCell: study.leastCell,
        counts: { surveys, interviews, segments, personas },
      };
    },
  }),
});
