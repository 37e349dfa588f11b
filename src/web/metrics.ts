import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Figures for whatever watches over the server, behind a token of their own; without one there is no such page. */
export function metricsDoor(door: Doorway, { metrics = null }: House): void {
  door.get('/metrics', 'anyone', async (_visit, req, res) => {
    if (metrics === null)
      throw new Problem('not-found', 'There is no such page', { detail: 'VERBATIM_METRICS_TOKEN switches it on' });
    const [, told = ''] = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
    if (!timingSafeEqual(digest(told), digest(metrics.token))) {
      res.setHeader('WWW-Authenticate', 'Bearer');
      res.status(401).type('text/plain').send('Send the token as "Authorization: Bearer TOKEN"\n');
      return;
    }
    res.setHeader('Content-Type', metrics.contentType);
    res.send(await metrics.text());
  });
}
