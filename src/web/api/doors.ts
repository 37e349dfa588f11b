import type { Router } from 'express';
import type { House } from '../app.ts';
import type { RouteRow } from '../doorway.ts';
import { openApiDocument } from './openapi.ts';
import { API, operationDoor } from './operations.ts';
import { referencePage } from './reference.ts';
import { apiResources } from './resources.ts';

/** The API with its document and its reference page, which need no key. */
export function apiDoors(router: Router, house: House): RouteRow[] {
  const operations = apiResources(house);
  router.get(`${API}/openapi.json`, async (_req, res) => {
    res.setHeader('Cache-Control', 'public, max-age=300');
    res.type('application/json').send(JSON.stringify(await openApiDocument(operations)));
  });
  router.get('/api/docs', async (_req, res) => {
    const page = referencePage(operations, await openApiDocument(operations));
    res.type('html').send(house.renderer.render('api/reference', page, { layout: 'api' }));
  });
  return [
    { method: 'GET', path: `${API}/openapi.json`, access: 'anyone' },
    { method: 'GET', path: '/api/docs', access: 'anyone' },
    ...operationDoor(router, house, operations),
  ];
}
