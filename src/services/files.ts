import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AnswerProblem } from '../model/answers.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { FILE_KINDS, QuestionOf } from '../model/survey.ts';
import type { KeptFile } from '../store/fieldwork.ts';
import { isPublicId, newPublicId } from '../store/identifiers.ts';
import type { Context } from './context.ts';

export type FileKind = (typeof FILE_KINDS)[number];

const MEGABYTE = 1024 * 1024;
const MEGABYTES_MAX = 10;

const DOCUMENTS =
  /^application\/(vnd\.(openxmlformats-officedocument|oasis\.opendocument)\..+|msword|vnd\.ms-.+|x-cfb|rtf)$/;

/** What a file is, told by its first bytes and never by its name; null for what no question accepts. */
async function kindOf(bytes: Uint8Array): Promise<{ kind: FileKind; mediaType: string } | null> {
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(bytes);
  if (!found) return isPlainText(bytes) ? { kind: 'text', mediaType: 'text/plain' } : null;
  const mediaType: string = found.mime;
  if (/^image\/(jpeg|png|gif|webp|avif|heic)$/.test(mediaType)) return { kind: 'image', mediaType };
  if (mediaType === 'application/pdf') return { kind: 'pdf', mediaType };
  if (mediaType.startsWith('audio/')) return { kind: 'audio', mediaType };
  if (mediaType.startsWith('video/')) return { kind: 'video', mediaType };
  return DOCUMENTS.test(mediaType) ? { kind: 'document', mediaType } : null;
}

function isPlainText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export const sizeLimit = (question: QuestionOf<'file'>): number => (question.megabytesMax ?? MEGABYTES_MAX) * MEGABYTE;

/** Files that respondents send and researchers lay in: kept beside the database, under ids nobody can guess. */
export function fileService({ folder, store, now }: Context) {
  const placeOf = (publicId: string) => path.join(folder, 'files', publicId);

  async function write(publicId: string, bytes: Uint8Array): Promise<void> {
    await mkdir(path.join(folder, 'files'), { recursive: true, mode: 0o700 });
    const file = await open(placeOf(publicId), 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async function keep(
    about: Pick<KeptFile, 'studyId' | 'surveyId' | 'responseId' | 'item'>,
    name: string,
    mediaType: string,
    bytes: Uint8Array,
  ): Promise<KeptFile> {
    const publicId = newPublicId();
    await write(publicId, bytes);
    return store.fieldwork.addFile({
      ...about,
      publicId,
      name: cleanText(path.basename(name.replaceAll('\\', '/')), 'name').text.slice(0, 200),
      mediaType,
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      createdAt: now().toISOString(),
    });
  }

  async function erase(file: KeptFile): Promise<void> {
    await rm(placeOf(file.publicId), { force: true });
    await store.fieldwork.markFileErased(file.id, now().toISOString());
  }

  return {
    /** Keeps a file that answers a question, or says why it does not fit. */
    keepAnswer: async (
      about: { studyId: number; surveyId: number; responseId: string },
      question: QuestionOf<'file'>,
      { name, bytes }: { name: string; bytes: Uint8Array },
    ): Promise<{ file: KeptFile } | { problem: AnswerProblem }> => {
      if (bytes.byteLength === 0) return { problem: { key: 'fileEmpty', values: {} } };
      if (bytes.byteLength > sizeLimit(question)) return { problem: { key: 'fileTooLarge', values: {} } };
      const found = await kindOf(bytes);
      if (!found || !question.accepts.includes(found.kind)) return { problem: { key: 'fileKind', values: {} } };
      return { file: await keep({ ...about, item: question.code }, name, found.mediaType, bytes) };
    },

    /** Lays an image in for a survey to show. @throws Problem `unsupported` for anything but an image */
    keepImage: async (
      about: { studyId: number; surveyId: number },
      { name, bytes }: { name: string; bytes: Uint8Array },
    ): Promise<KeptFile> => {
      const found = await kindOf(bytes);
      if (found?.kind !== 'image')
        throw new Problem('unsupported', 'This is not an image', {
          detail: 'Choose a JPEG, PNG, GIF, WebP or AVIF file',
        });
      return keep({ ...about, responseId: null, item: null }, name, found.mediaType, bytes);
    },

    /** Null when there is none, or it was erased. */
    read: async (publicId: string): Promise<{ file: KeptFile; bytes: Buffer } | null> => {
      const file = isPublicId(publicId) ? await store.fieldwork.findFile(publicId) : null;
      if (!file || file.erasedAt !== null) return null;
      return { file, bytes: await readFile(placeOf(publicId)) };
    },

    /** Takes the files of a response away; their rows stay as tombstones. */
    eraseOf: async (responseId: string): Promise<void> => {
      for (const file of await store.fieldwork.filesOf(responseId)) await erase(file);
    },
    erase,
  };
}
export type Files = ReturnType<typeof fileService>;
