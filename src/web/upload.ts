import type { Request } from 'express';
import { Problem } from '../model/problem.ts';
import type { SourceFile } from '../store/source-files.ts';
import type { House } from './app.ts';
import { collectRequests } from './collect-request.ts';
import type { Doorway } from './doorway.ts';
import { queryOf } from './form.ts';

/** What a program is told of a file that it sent. */
const fileAnswer = (file: SourceFile) => ({
  id: file.publicId,
  name: file.name,
  state: file.state,
  bytes: file.bytes,
  lines: file.lines,
  new: file.kept,
  known: file.known,
  refused: file.refused,
  reason: file.reason,
  faults: file.faults,
  createdAt: file.createdAt,
  endedAt: file.endedAt,
});

/** Signed uploads of files, and what came of each. */
export function uploadDoor(door: Doorway, { verbatim }: House): void {
  const { beforeNone, sourceOf } = collectRequests(verbatim);

  door.post('/v1/upload', 'anyone', ...beforeNone, async (_visit, req, res) => {
    const source = await sourceOf(req);
    if (req.headers['content-encoding'] !== undefined && req.headers['content-encoding'] !== 'identity')
      throw new Problem('unsupported', 'An upload is taken as it is', { detail: 'Send it without Content-Encoding' });
    const about = {
      name: queryOf(req, 'name'),
      signature: oneHeader(req, 'x-signature'),
      length: Number(req.headers['content-length'] ?? 0),
    };
    const file = await verbatim.inbox.upload(source, about, req);
    res.setHeader('Location', `/v1/upload/${file.publicId}`);
    res.status(202).json(fileAnswer(file));
  });

  door.get('/v1/upload/:file', 'anyone', ...beforeNone, async (_visit, req, res) => {
    const source = await sourceOf(req);
    if (!source.isServer)
      throw new Problem('forbidden', 'This needs the server key', {
        detail: 'It stands on the page of the source in the studio',
      });
    const file = await verbatim.store.sourceFiles.find(source.id, String(req.params['file']));
    if (!file) throw new Problem('not-found', 'There is no such upload', { detail: 'Check the id that was answered' });
    res.json(fileAnswer(file));
  });
}

const oneHeader = (req: Request, name: string): string => {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
};
