import type { Request } from 'express';
import type { Problem } from '../../model/problem.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { maskedSpans } from '../../privacy/overlay.ts';
import { showDate } from '../../render/helpers.ts';
import type { ReaderQuestion } from '../../store/reader-questions.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, fieldsOf, formOf } from '../form.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { personaAddress } from './persona-place.ts';
import { sharesAddress } from './shares.ts';

const LIST = '/studio/:study/reader-questions';

/** What readers of shared links ask, answered here and read there. */
export function readerQuestionsDoor(door: Doorway, house: House): void {
  const { readerQuestions, store } = house.verbatim;
  const address = (study: { publicId: string }): string => `${studyAddress(study)}/reader-questions`;

  async function page(
    visit: StudyVisit,
    res: Parameters<typeof showPage>[2],
    sent: { question: string; answer: string; problem: Problem } | null,
  ): Promise<void> {
    const { study } = visit;
    const at = address(study);
    const personas = new Map((await store.personas.list(study.id)).map((persona) => [Number(persona.id), persona]));
    const links = new Map((await store.shares.list(study.id)).map(({ id, name }) => [id, name]));
    const list = await readerQuestions.list(study);
    const view = (question: ReaderQuestion) => {
      const isSent = sent?.question === question.publicId;
      const persona = personas.get(question.personaId);
      const make = fieldMaker(
        { answer: isSent ? sent.answer : (question.answer ?? '') },
        isSent ? sent.problem.errors : [],
      );
      const { words, publicId } = question;
      return {
        words: maskText(words, maskedSpans(words)),
        about: persona?.versions[0]?.name ?? 'a persona that was taken away',
        href: persona ? personaAddress(study, persona) : '',
        link: links.get(question.shareId) ?? '',
        askedAt: showDate(question.askedAt),
        answeredAt: showDate(question.answeredAt),
        field: {
          ...make.area('answer', question.answeredAt === null ? 'Your answer' : 'The answer', {
            isRequired: true,
            rows: 3,
            hint: 'All who hold the link read it',
          }),
          id: `answer-${publicId}`,
        },
        answer: `${at}/${publicId}/answer`,
        remove: `${at}/${publicId}/remove`,
      };
    };
    if (sent) answerRefused(res, sent.problem);
    const summary = sent ? summaryOf(sent.problem, ['answer']) : null;
    await showPage(house, visit, res, 'shares', 'studio/reader-questions', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Shared links', href: sharesAddress(study) },
        ],
        'Questions of readers',
        'Asked by people who read personas by a link. An answer stands under the question on that link’s page, for all who hold it; nobody is written to.',
      ),
      isError: sent !== null,
      summary: summary && {
        ...summary,
        errors: summary.errors.map((error) => ({ ...error, href: `#answer-${sent?.question ?? ''}` })),
      },
      waiting: list.filter(({ answeredAt }) => answeredAt === null).map(view),
      answered: list.filter(({ answeredAt }) => answeredAt !== null).map(view),
      empty: {
        title: 'Nobody has asked yet',
        text: 'Readers of a shared link find a place to ask below each persona.',
        action: { label: 'Shared links', href: sharesAddress(study) },
      },
    });
  }

  const questionIn = (req: Request): string => String(req.params['question']);

  door.get(LIST, 'researcher', (visit, _req, res) => page(visit, res, null));

  door.post(`${LIST}/:question/answer`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const { answer } = fieldsOf(form, ['answer']);
      await readerQuestions.answer(visit.study, questionIn(req), answer, { userId: visit.user.id });
      res.redirect(303, address(visit.study));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await page(visit, res, { question: questionIn(req), answer: field(form, 'answer'), problem: error });
    }
  });

  door.post(`${LIST}/:question/remove`, 'researcher', async (visit, req, res) => {
    await readerQuestions.remove(visit.study, questionIn(req), { userId: visit.user.id });
    res.redirect(303, address(visit.study));
  });
}
