import { trimLabel } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import { wordsOfClaim } from '../../reports/evidence-words.ts';
import { wordsOf } from '../../services/personas.ts';
import type { PersonaComment } from '../../store/personas.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { fieldsOf, formOf, notAmong } from '../form.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, summaryOf } from './frame.ts';
import { claimAddress, PERSONA, personaAddress, personaCrumbs, personaOf } from './persona-place.ts';

const LABEL_LETTERS = 90;
const DEEDS = ['resolve', 'reopen', 'remove'] as const;

/** Comments as their list lays them out, those that wait first. */
export function commentViews(comments: readonly PersonaComment[], reader: number, at: string) {
  return comments
    .toSorted((a, b) => Number(a.resolvedAt !== null) - Number(b.resolvedAt !== null))
    .map((one) => ({
      words: one.words,
      by: one.author ?? 'Somebody who is gone',
      at: one.createdAt,
      resolved: one.resolvedAt === null ? '' : `Seen to${one.resolver ? ` by ${one.resolver}` : ''}`,
      isOwn: Number(one.createdBy) === reader,
      action: `${at}/${one.publicId}`,
      claim: null as { text: string; href: string | null } | null,
    }));
}

/** What colleagues remark on a persona and its claims, viewers as well. */
export function personaCommentDoor(door: Doorway, house: House): void {
  const { personas, store } = house.verbatim;

  async function page(
    visit: StudyVisit,
    req: Parameters<typeof personaOf>[2],
    values = {},
    problem: Problem | null = null,
  ) {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const at = personaAddress(study, read.persona);
    const comments = await store.personas.comments(read.persona.id);
    const words = wordsOf(read.versions[0]!);
    const claims = new Map(read.portrait.claims.map((claim) => [claim.id, wordsOfClaim(claim, words)]));
    const make = fieldMaker(values, problem?.errors ?? []);
    const byOrder = comments.toSorted((a, b) => Number(a.resolvedAt !== null) - Number(b.resolvedAt !== null));
    return {
      head: head(personaCrumbs(study, read), 'Comments', 'What colleagues remark, until somebody has seen to it.'),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['words', 'claim']) : null,
      comments: commentViews(comments, visit.user.id, `${at}/comments`).map((view, index) => {
        const id = byOrder[index]?.claim ?? null;
        const text = id === null ? undefined : claims.get(id);
        return {
          ...view,
          claim:
            id === null
              ? null
              : text === undefined
                ? { text: 'something it no longer says', href: null }
                : { text: trimLabel(text, LABEL_LETTERS), href: claimAddress(study, read.persona, id) },
        };
      }),
      action: `${at}/comments`,
      fields: [
        make.area('words', 'Your comment', { rows: 3, isRequired: true }),
        make.select('claim', 'About', [
          { value: '', label: 'the whole persona' },
          ...[...claims].map(([value, text]) => ({ value, label: trimLabel(text, LABEL_LETTERS) })),
        ]),
      ],
    };
  }

  door.get(`${PERSONA}/comments`, 'viewer', async (visit, req, res) => {
    await showPage(house, visit, res, 'personas', 'studio/persona-comments', await page(visit, req));
  });
  door.post(`${PERSONA}/comments`, 'viewer', async (visit, req, res) => {
    const { persona } = await personaOf(house, visit.study, req);
    const form = formOf(req);
    const from = { isClaim: false, claim: null as string | null };
    try {
      const sent = fieldsOf(form, ['words', 'claim', 'from']);
      from.claim = sent.claim || null;
      from.isClaim = sent.from === 'claim';
      await personas.comment(persona, { claim: from.claim, words: sent.words }, { userId: visit.user.id });
    } catch (error) {
      if (!isForForm(error)) throw error;
      answerRefused(res, error);
      return showPage(house, visit, res, 'personas', 'studio/persona-comments', await page(visit, req, form, error));
    }
    res.redirect(
      303,
      from.isClaim && from.claim !== null
        ? `${claimAddress(visit.study, persona, from.claim)}#comments`
        : `${personaAddress(visit.study, persona)}/comments`,
    );
  });
  door.post(`${PERSONA}/comments/:comment`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const { persona } = await personaOf(house, study, req);
    const publicId = String(req.params['comment']);
    const comment = (await store.personas.comments(persona.id)).find((one) => one.publicId === publicId);
    const sent = fieldsOf(formOf(req), ['do', 'from']);
    const how = DEEDS.find((one) => one === sent.do);
    if (!how) throw notAmong('do', DEEDS);
    if (comment && Number(comment.createdBy) !== visit.user.id && (how === 'remove' || study.role === 'viewer'))
      throw new Problem('forbidden', 'Only who wrote a comment may do this', {
        detail: 'Write one of your own beside it instead',
      });
    await personas.changeComment(persona, publicId, how, { userId: visit.user.id });
    const back = sent.from === 'claim' && comment?.claim;
    res.redirect(
      303,
      back ? `${claimAddress(study, persona, back)}#comments` : `${personaAddress(study, persona)}/comments`,
    );
  });
}
