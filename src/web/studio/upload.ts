import type { RequestHandler } from 'express';
import type { Options } from 'multer';

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
