import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';

type Bodies = { plain: Buffer; gzip: Buffer; br: Buffer };

/** More pages than any installation asks at once. */
const KEPT_MAX = 2_000;

/**
 * Bodies with nothing of the visitor in them: laid out once and compressed once, then sent as they are. The key says
 * everything that a page depends on, so nothing ever needs to be thrown away for being out of date.
 */
export function pageCache() {
  const kept = new Map<string, Bodies>();
  return {
    /** @param render lays the page out; called the first time only */
    send: (
      req: Request,
      res: Response,
      key: string,
      render: () => string | Buffer,
      contentType = 'text/html; charset=utf-8',
    ): void => {
      let bodies = kept.get(key);
      if (!bodies) {
        const plain = Buffer.from(render());
        bodies = {
          plain,
          gzip: gzipSync(plain, { level: 9 }),
          br: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        };
        if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
        kept.set(key, bodies);
      }
      const accepted = String(req.headers['accept-encoding'] ?? '');
      const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : 'plain';
      const body = bodies[encoding];
      res.setHeader('Content-Type', contentType);
      res.setHeader('Vary', 'Accept-Encoding');
      if (encoding !== 'plain') res.setHeader('Content-Encoding', encoding);
      res.setHeader('Content-Length', body.byteLength);
      res.end(body);
    },
  };
}
export type PageCache = ReturnType<typeof pageCache>;
