import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import { readRound, roundName } from '../../model/recruiting.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { head, showPage } from './frame.ts';
import { recruitingAddress, recruitingCrumbs, roundAddress } from './recruiting-form.ts';
import { amountWords, moneyState, nameOf, timeWords } from './recruiting-view.ts';

const BASE = '/studio/:study/recruiting';

/** What participants are given: due, paid, or come back. Once paid, nothing is left of where it went. */
export function incentiveDoor(door: Doorway, house: House): void {
  const { recruiting, store } = house.verbatim;

  /** Every booking that is paid, was, or is to be, with whom it is of. */
  async function ledger(study: EnteredStudy) {
    const rounds = new Map((await store.recruiting.rounds(study.id)).map((round) => [round.id, round]));
    const people = new Map();
    for (const round of rounds.values())
      for (const person of await store.recruiting.people(round.id)) people.set(person.id, person);
    const names = await store.people.identities([...people.values()].flatMap(({ personId }) => personId ?? []));
    return (await store.recruitingBookings.ofStudy(study.id)).flatMap((booking) => {
      const round = rounds.get(booking.roundId);
      const person = people.get(booking.participantId);
      const state = moneyState(booking);
      return round && person && state !== 'none'
        ? [{ booking, round, person, state, name: nameOf(person, names) }]
        : [];
    });
  }

  door.get(`${BASE}/incentives`, 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const lines = await ledger(study);
    await showPage(house, visit, res, 'interviews', 'studio/recruiting-incentives', {
      head: head(
        recruitingCrumbs(study),
        'Incentives',
        'What participants are given. When one is paid, their address and all they typed to be paid by is emptied; the line stays.',
        lines.length === 0
          ? []
          : [{ label: 'Take as CSV', href: `${recruitingAddress(study)}/incentives.csv`, isPrimary: false }],
      ),
      isEmpty: lines.length === 0,
      empty: {
        title: 'Nothing to pay',
        text: 'A line appears here when somebody books an interview that something is given for. It is due once the interview is held.',
        action: null,
      },
      lines: lines.map(({ booking, round, person, state, name }) => {
        const at = `${roundAddress(study, round)}/bookings/${booking.publicId}`;
        return {
          name,
          round: roundName(readRound(round.settings)),
          when: timeWords(booking.startsAt, readRound(round.settings).timeZone),
          amount: amountWords(booking),
          state,
          settledAt: booking.returnedAt ?? booking.paidAt ?? '',
          day: showDate((booking.returnedAt ?? booking.paidAt ?? '').slice(0, 10)),
          reference: booking.reference,
          payout: [person.payout, person.email].filter((text) => text !== null && text !== '').join(', '),
          pay: state === 'due' ? `${at}/paid` : '',
          giveBack: state === 'paid' ? `${at}/returned` : '',
          id: booking.publicId,
        };
      }),
    });
  });

  door.get(`${BASE}/incentives.csv`, 'researcher', async (visit, _req, res) => {
    const lines = await ledger(visit.study);
    res.setHeader('Content-Disposition', 'attachment; filename="incentives.csv"');
    res.type('text/csv').send(
      writeCsv(
        [
          'round',
          'participant',
          'interview_at',
          'amount',
          'currency',
          'form',
          'state',
          'paid_at',
          'returned_at',
          'reference',
        ],
        lines.map(({ booking, round, person, state }) => [
          roundName(readRound(round.settings)),
          `P${person.number}`,
          booking.startsAt,
          (booking.amountCents / 100).toFixed(2),
          booking.currency,
          booking.form,
          state,
          booking.paidAt,
          booking.returnedAt,
          booking.reference,
        ]),
      ),
    );
  });

  for (const as of ['paid', 'returned'] as const)
    door.post(`${BASE}/:round/bookings/:booking/${as}`, 'researcher', async (visit, req, res) => {
      const round = await store.recruiting.find(visit.study.id, String(req.params['round']));
      const booking = round && (await store.recruitingBookings.find(round.id, String(req.params['booking'])));
      if (!booking) throw new Problem('not-found', 'There is no such booking in this round');
      if (as === 'paid' && moneyState(booking) !== 'due')
        throw new Problem('conflict', 'This is not due', {
          detail: 'It is due once its interview is held, and once only. Look at the list again',
        });
      await recruiting.settle(booking, as, field(formOf(req), 'reference'));
      res.redirect(303, `${recruitingAddress(visit.study)}/incentives`);
    });
}
