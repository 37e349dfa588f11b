import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';

/** Bytes as a string of the letters 0 to 255: Node then sends head and body in one piece, which costs less than two. */
type Bodies = { plain: string; gzip: string; br: string };

const asLetters = (bytes: Buffer): string => bytes.toString('latin1');

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
          plain: asLetters(plain),
          gzip: asLetters(gzipSync(plain, { level: 9 })),
          br: asLetters(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })),
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
      res.setHeader('Content-Length', body.length);
      res.end(body, 'latin1');
    },
  };
}
export type PageCache = ReturnType<typeof pageCache>;
