import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';

type Encoding = 'plain' | 'gzip' | 'br';

/** Bytes as a string of the letters 0 to 255: Node then sends head and body in one piece, which costs less than two. */
type Laid = { headers: string[]; body: string };

function laidOut(encoding: Encoding, bytes: Buffer, contentType: string): Laid {
  const headers = ['Content-Type', contentType, 'Vary', 'Accept-Encoding', 'Content-Length', String(bytes.length)];
  return {
    headers: encoding === 'plain' ? headers : [...headers, 'Content-Encoding', encoding],
    body: bytes.toString('latin1'),
  };
}

/** What is named with no weight at all is refused. */
const TAKEN = { br: /\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i, gzip: /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i };

/** The smallest encoding that a request takes. */
export function encodingFor({ headers }: IncomingMessage): Encoding {
  const accepted = String(headers['accept-encoding'] ?? '');
  return TAKEN.br.test(accepted) ? 'br' : TAKEN.gzip.test(accepted) ? 'gzip' : 'plain';
}

/**
 * A survey's first page, as whoever comes by its open address sees it.
 *
 * @param country for which its privacy notice was chosen; empty where nothing was
 */
export const welcomeKey = (
  { versionId, noticeSet }: { versionId: number; noticeSet: string | null },
  language: string,
  country = '',
): string => `welcome ${versionId} ${language} ${noticeSet ?? ''} ${country}`;

/** More pages than any installation asks at once. */
const KEPT_MAX = 2_000;

/**
 * Bodies with nothing of the visitor in them: laid out once and compressed once, then sent as they are. The key says
 * everything that a page depends on, so nothing ever needs to be thrown away for being out of date.
 */
export function pageCache() {
  const kept = new Map<string, Record<Encoding, Laid>>();
  return {
    /** A page that was sent before, with its own headers; null when there is none. */
    find: (key: string, encoding: Encoding): Laid | null => kept.get(key)?.[encoding] ?? null,
    /** @param render lays the page out; called the first time only */
    send: (
      req: Request,
      res: Response,
      key: string,
      render: () => string | Buffer,
      contentType = 'text/html; charset=utf-8',
    ): void => {
      let page = kept.get(key);
      if (!page) {
        const bytes = Buffer.from(render());
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
        page = {
          plain: laidOut('plain', bytes, contentType),
          gzip: laidOut('gzip', gzipSync(bytes, { level: 9 }), contentType),
          br: laidOut('br', brotliCompressSync(bytes, brotli), contentType),
        };
        if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
        kept.set(key, page);
      }
      const { headers, body } = page[encodingFor(req)];
      for (let at = 0; at < headers.length; at += 2) res.setHeader(headers[at] as string, headers[at + 1] as string);
      res.end(body, 'latin1');
    },
  };
}
export type PageCache = ReturnType<typeof pageCache>;
