import { METHODS, methodShows, NOT_SHOWN } from '../../coding/method.ts';
import { showDate } from '../../render/helpers.ts';
import type { CodingRound } from '../../store/coding-rounds.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { newRoundPage, type RoundOf, readRoundForm } from './agreement-form.ts';
import { agreementAddress, agreementCrumbs, many, roundAddress } from './agreement-place.ts';
import { roundDoor } from './agreement-round.ts';
import { buttons, type FormPage, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

/** How a study is coded, and rounds in which several code the same. */
export function agreementDoor(door: Doorway, house: House): void {
  const { store, agreement, adjudication } = house.verbatim;
  const LIST = '/studio/:study/agreement';

  async function stateOf(round: CodingRound): Promise<string> {
    const results = await agreement.results(round);
    if (!results) {
      const states = await agreement.statesOf(round);
      return `being coded, ${states.filter(({ state }) => state === 'done').length} of ${states.length} done`;
    }
    const found = adjudication.progressOf(await adjudication.decidedItems(round, results.taken), results.taken);
    if (found.isSettled) return 'settled';
    return found.disagreements === 0
      ? 'all agree'
      : `${found.decided.toLocaleString('en-GB')} of ${many(found.disagreements, 'disagreement')} decided`;
  }

  door.get(LIST, 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const at = agreementAddress(study);
    const rounds = await store.codingRounds.list(study.id);
    const shows = methodShows(study.method);
    const method = METHODS.find((one) => one.method === study.method);
    const own: { label: string; href: string }[] = [];
    for (const round of rounds) {
      if (round.openedAt !== null) continue;
      const state = (await agreement.statesOf(round)).find(({ userId }) => userId === visit.user.id);
      if (state && state.state !== 'done') own.push({ label: round.name, href: roundAddress(study, round) });
    }
    const texts = await Promise.all(rounds.map(async (round) => (await store.codingRounds.texts(round.id)).length));
    const states = await Promise.all(rounds.map(stateOf));
    await showPage(house, visit, res, 'codebook', 'studio/agreement', {
      head: head(
        agreementCrumbs(study).slice(0, 2),
        'Agreement',
        'Whether a code means the same to whoever uses it, and what to do where it does not.',
        [
          { label: 'Have interviews coded twice', href: `${at}/new?of=interviews`, isPrimary: true },
          { label: 'Have answers coded twice', href: `${at}/new?of=answers`, isPrimary: false },
        ],
      ),
      method: { name: method?.name ?? '', says: method?.says ?? '', href: `${at}/method` },
      trail: [
        { label: 'Memos', href: `${studyAddress(study)}/memos` },
        { label: 'What was done', href: `${studyAddress(study)}/coding-log` },
      ],
      notShown: shows.coefficients ? null : NOT_SHOWN,
      own: own.length === 0 ? null : { kind: 'info', title: 'Waiting for you to code', text: null, links: own },
      isEmpty: rounds.length === 0,
      empty: {
        title: 'Nothing was coded twice yet',
        text: 'Choose interviews or a sample of answers, codes and two people. They code without seeing each other’s codes; then you see where they differ.',
        action: null,
      },
      table: {
        caption: 'Rounds',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Round', isNumber: false },
          { label: 'Begun', isNumber: false },
          { label: 'Words', isNumber: false },
          { label: 'Codes', isNumber: true },
          { label: 'State', isNumber: false },
        ],
        rows: rounds.map((round, index) => ({
          cells: [
            { text: round.name, href: roundAddress(study, round), isNumber: false },
            { text: showDate(round.createdAt), href: null, isNumber: false },
            {
              text: many(texts[index] ?? 0, round.kind === 'answers' ? 'answer' : 'turn'),
              href: null,
              isNumber: false,
            },
            { text: String(round.codes.length), href: null, isNumber: true },
            { text: states[index] ?? '', href: null, isNumber: false },
          ],
        })),
      },
    });
  });

  const methodPage = async (study: EnteredStudy): Promise<FormPage> => {
    const changes = await store.studies.methodChanges(study.id);
    return {
      view: 'studio/method',
      head: head(
        agreementCrumbs(study),
        'How this study is coded',
        'It decides what is shown. Nothing that was measured is lost: a method that shows it again shows it as it was.',
      ),
      action: `${agreementAddress(study)}/method`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.radios(
          'method',
          'Method',
          METHODS.map(({ method, name, says }) => ({ value: method, label: name, hint: says })),
          { isRequired: true },
        ),
        make.area('reason', 'Why', { rows: 3, hint: 'Kept with the change, for whoever asks later' }),
      ],
      buttons: buttons('Save', { label: 'Cancel', href: agreementAddress(study) }),
      more: {
        changes: changes.map(({ method, reason, changedAt, by }) => ({
          what: `${METHODS.find((one) => one.method === method)?.name ?? method}, ${showDate(changedAt)}, by ${by ?? 'the command line'}`,
          reason,
        })),
      },
    };
  };
  door.get(`${LIST}/method`, 'researcher', async (visit, _req, res) =>
    showForm(house, visit, res, 'codebook', await methodPage(visit.study), { method: visit.study.method }),
  );
  door.post(`${LIST}/method`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const said = { method: field(form, 'method'), reason: field(form, 'reason') };
      await agreement.changeMethod(study, said, { userId: visit.user.id });
      res.redirect(303, agreementAddress(study));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await methodPage(study), form, error);
    }
  });

  const ofQuery = (text: string): RoundOf => (text === 'answers' ? 'answers' : 'interviews');
  door.get(`${LIST}/new`, 'researcher', async (visit, req, res) => {
    const { page, values, isReady } = await newRoundPage(house, visit.study, ofQuery(queryOf(req, 'of')));
    const shown = isReady ? page : { ...page, view: 'studio/form-later' };
    await showForm(house, visit, res, 'codebook', shown, {
      ...values,
      coders: withSelf(values['coders'], visit.user.id),
    });
  });
  door.post(`${LIST}/new`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const round = await agreement.begin(study, readRoundForm(form), { userId: visit.user.id });
      res.redirect(303, roundAddress(study, round));
    } catch (error) {
      if (!isForForm(error)) throw error;
      const { page } = await newRoundPage(house, study, ofQuery(field(form, 'of')));
      await showForm(house, visit, res, 'codebook', page, form, error);
    }
  });

  roundDoor(door, house);
}

const withSelf = (coders: string | string[] | undefined, userId: number): string[] =>
  Array.isArray(coders) && coders.length > 0 ? coders : [String(userId)];
