import type { RequestHandler } from 'express';
import type { Options } from 'multer';
import { TEXT_LIMITS } from '../../model/clean-text.ts';

/**
 * Reads a form that may bring one file, which stays in memory. The reader itself is loaded with the first such form.
 *
 * @param file the name of the file's field; null for a form that brings none
 */
export function readUpload(limits: NonNullable<Options['limits']>, file: string | null): RequestHandler {
  let reader: RequestHandler | null = null;
  return async (req, res, next) => {
    if (!reader) {
      const { default: multer } = await import('multer');
      const upload = multer({ storage: multer.memoryStorage(), limits });
      reader = file === null ? upload.none() : upload.single(file);
    }
    reader(req, res, next);
  };
}

/** Reads a form that may hold as many words as are kept of a talk; such a form is sent as `multipart/form-data`. */
export const readLongWords = (): RequestHandler =>
  readUpload({ files: 0, fields: 30, fieldSize: TEXT_LIMITS.transcript * UTF8_BYTES_MOST }, null);
/** What one letter takes in UTF-8 at most. */
const UTF8_BYTES_MOST = 4;
