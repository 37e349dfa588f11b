import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { type AnswerError, type Answers, type Form, removalField } from '../model/answers.ts';
import type { QuestionOf } from '../model/survey.ts';
import type { Fieldwork, OpenPage } from '../services/fieldwork.ts';
import { sizeLimit } from '../services/files.ts';
import type { Verbatim } from '../verbatim.ts';

/** The parts of a form around a file: fields, their names, the lines between. */
const FORM_KB = 256;

const isUpload = (req: Request): boolean => String(req.headers['content-type'] ?? '').startsWith('multipart/form-data');

const fileQuestions = (open: OpenPage, fieldwork: Fieldwork, page: number): QuestionOf<'file'>[] =>
  (fieldwork.shownOn(open, page)?.questions ?? []).filter(
    (question): question is QuestionOf<'file'> => question.kind === 'file',
  );

/** Files that come with a page: read only where one is asked for, kept before the page is, and let go when no answer names them. */
export function pageFiles({ fieldwork, files, store }: Verbatim) {
  /** @throws Problem for a response that takes no more, before a byte of the file is read */
  const read: RequestHandler = async (req: Request, res: Response, next: NextFunction) => {
    if (!isUpload(req)) return next();
    const open = await fieldwork.openForAnswers(String(req.params['token']));
    const questions = fileQuestions(open, fieldwork, Number(req.params['page']));
    const { default: multer } = await import('multer');
    const upload = multer({
      storage: multer.memoryStorage(),
      limits: {
        // One byte more than allowed comes through, so that the question itself can say that it is too large.
        fileSize: Math.max(1, ...questions.map(sizeLimit)) + 1,
        files: questions.length,
        fields: 500,
        fieldSize: FORM_KB * 1024,
      },
    });
    upload.any()(req, res, next);
  };

  /** The form then names what was kept; a removed file is named no longer. */
  async function take(req: Request, token: string, page: number, form: Form): Promise<AnswerError[]> {
    if (!isUpload(req)) return [];
    const open = await fieldwork.openForAnswers(token);
    const sent = ((req.files ?? []) as Express.Multer.File[]).filter(
      (file) => file.size > 0 || file.originalname !== '',
    );
    const faults: AnswerError[] = [];
    for (const question of fileQuestions(open, fieldwork, page)) {
      const file = sent.find((one) => one.fieldname === question.code);
      if (form[removalField(question.code)] !== undefined) delete form[question.code];
      if (!file) continue;
      const { studyId, surveyId, responseId } = open.response;
      const kept = await files.keepAnswer({ studyId, surveyId, responseId }, question, {
        name: Buffer.from(file.originalname, 'latin1').toString('utf8'),
        bytes: file.buffer,
      });
      if ('file' in kept) form[question.code] = kept.file.publicId;
      else faults.push({ question: question.code, field: question.code, problem: kept.problem });
    }
    return faults;
  }

  /** After a page was saved: files of the response that none of its answers names are taken away. */
  async function tidy(responseId: string, answers: Answers): Promise<void> {
    const named = new Set(
      Object.values(answers).flatMap((answer) => (answer.state === 'answered' ? [answer.value].flat() : [])),
    );
    for (const file of await store.fieldwork.filesOf(responseId))
      if (!named.has(file.publicId)) await files.erase(file);
  }

  return { read, take, tidy, isUpload };
}
