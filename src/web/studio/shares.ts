import type { Request } from 'express';
import { showNumber } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { SHARE_DAYS } from '../../services/shares.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { fieldList, fieldsOf, formOf, queryOf } from '../form.ts';
import { buttons, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

const STATES = { open: 'open', expired: 'has run out', revoked: 'closed' } as const;
const AUDIENCES = {
  client: {
    label: 'Those the study was made for',
    hint: 'Words of people who agreed to be quoted; names and what reaches somebody are hidden',
  },
  public: {
    label: 'Anybody',
    hint: 'Of people interviewed only words that they agreed to share outside; all that is personal is hidden',
  },
} as const;
const DAYS: Record<(typeof SHARE_DAYS)[number], string> = {
  7: 'A week',
  30: 'Thirty days',
  90: 'Ninety days',
  365: 'A year',
};

export const sharesAddress = (study: { publicId: string }): string => `${studyAddress(study)}/shares`;

/** Links for readers without an account: made, shown again, closed; and what such readers ask. */
export function sharesDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { shares, readerQuestions, store } = verbatim;
  const origin = (req: Request): string => publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;

  /** What personas are called now, in the order in which they were made. */
  async function personaNames(study: EnteredStudy): Promise<Map<string, string>> {
    const list = await store.personas.list(study.id);
    return new Map(list.flatMap(({ publicId, versions }) => (versions[0] ? [[publicId, versions[0].name]] : [])));
  }

  door.get('/studio/:study/shares', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const names = await personaNames(study);
    const at = sharesAddress(study);
    const waiting = (await readerQuestions.list(study)).filter(({ answeredAt }) => answeredAt === null).length;
    await showPage(house, visit, res, 'shares', 'studio/shares', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Shared links',
        'Whoever holds a link reads personas without an account, until it runs out or you close it. How often it is opened is counted; by whom is not kept.',
        names.size === 0 ? [] : [{ label: 'New link', href: `${at}/new`, isPrimary: true }],
      ),
      questions: {
        href: `${studyAddress(study)}/reader-questions`,
        label:
          waiting === 0
            ? 'Questions of readers'
            : `Questions of readers: ${showNumber(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for an answer`,
      },
      links: (await shares.list(study)).map(({ share, state, personas, visits }) => ({
        name: share.name,
        personas: personas.flatMap((persona) => names.get(persona) ?? []).join(', ') || 'none that is left',
        audience: AUDIENCES[share.audience].label,
        plays: share.isPlaying === 1,
        state: STATES[state],
        isOpen: state === 'open',
        until: showDate(share.revokedAt ?? share.expiresAt),
        visits,
        link: state === 'open' ? `${origin(req)}/shared/${shares.tokenOf(share)}` : '',
        revoke: state === 'open' ? `${at}/${share.publicId}/revoke` : '',
      })),
      empty: {
        title: 'No links yet',
        text:
          names.size === 0
            ? 'Draw a persona first; then it can be shown to those who decide.'
            : 'Make one for those who are to know these people and have no account here.',
        action:
          names.size === 0
            ? { label: 'Personas', href: `${studyAddress(study)}/personas` }
            : { label: 'New link', href: `${at}/new` },
      },
    });
  });

  async function form(visit: StudyVisit, res: Parameters<typeof showForm>[2], values: Form, problem: Problem | null) {
    const { study } = visit;
    const names = await personaNames(study);
    await showForm(
      house,
      visit,
      res,
      'shares',
      {
        head: head(
          [
            { label: study.name, href: studyAddress(study) },
            { label: 'Shared links', href: sharesAddress(study) },
          ],
          'New link',
          'Figures on too few people are left out, and words of whoever did not agree to this audience. What is withdrawn leaves the page at once.',
        ),
        action: sharesAddress(study),
        fields: (make) => [
          make.text('name', 'For whom it is', {
            isRequired: true,
            hint: 'Only you read this, such as “Sales, autumn review”',
          }),
          make.boxes(
            'personas',
            'Personas',
            [...names].map(([value, label]) => ({ value, label })),
            { isRequired: true },
          ),
          make.radios(
            'audience',
            'Who will read it',
            Object.entries(AUDIENCES).map(([value, about]) => ({ value, ...about })),
            { isRequired: true },
          ),
          make.select(
            'days',
            'It opens for',
            SHARE_DAYS.map((days) => ({ value: String(days), label: DAYS[days] })),
            { isRequired: true },
          ),
          make.boxes('plays', 'Recordings', [
            {
              value: 'yes',
              label: 'Readers may hear the moment behind a quote',
              hint: 'Only of people who agreed to being recorded and to sharing outside, and only a moment in which nothing personal is said. A voice cannot be masked. Recordings in WAV or MP3',
            },
          ]),
        ],
        buttons: buttons('Make the link', { label: 'Cancel', href: sharesAddress(study) }),
      },
      values,
      problem,
    );
  }

  door.get('/studio/:study/shares/new', 'researcher', (visit, req, res) =>
    form(visit, res, { days: '30', audience: 'client', personas: [queryOf(req, 'persona')] }, null),
  );

  door.post('/studio/:study/shares', 'researcher', async (visit, req, res) => {
    const sent = formOf(req);
    try {
      const { plays, ...asked } = fieldsOf(sent, ['name', 'audience', 'days', 'plays']);
      if (plays !== '' && plays !== 'yes')
        throw new Problem('invalid', 'There is something to look at', {
          detail: 'Mend it, then send it again',
          errors: [{ pointer: '#/plays', detail: 'Send yes, or nothing' }],
        });
      const form = { ...asked, personas: fieldList(sent, 'personas'), plays: plays === 'yes' };
      await shares.add(visit.study, form, { userId: visit.user.id });
      res.redirect(303, sharesAddress(visit.study));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await form(visit, res, sent, error);
    }
  });

  door.post('/studio/:study/shares/:share/revoke', 'researcher', async (visit, req, res) => {
    await shares.revoke(visit.study, String(req.params['share']), { userId: visit.user.id });
    res.redirect(303, sharesAddress(visit.study));
  });
}
