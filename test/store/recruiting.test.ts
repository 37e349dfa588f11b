import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Claim } from '../../src/store/recruiting-bookings.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { engines, type OpenEngine } from '../support/engines.ts';

const AT = '2026-03-02T09:00:00.000Z';
const slotAt = (hour: number) => ({
  startsAt: `2026-03-10T${String(hour).padStart(2, '0')}:00:00.000Z`,
  endsAt: `2026-03-10T${String(hour).padStart(2, '0')}:45:00.000Z`,
});

describe.each(engines)('bookings on %s', (_name, open) => {
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;
  let serial = 0;
  beforeAll(async () => {
    engine = await open();
    store = openStore(engine.database);
    const workspaceId = (await store.studies.workspaceFor(null, AT))?.id ?? 0;
    const study = await store.studies.add(
      { workspaceId, name: 'A', isClosed: false, inventedNotice: null, userId: null },
      AT,
    );
    studyId = study.id;
  });
  afterAll(() => engine.close());

  async function roundWith(people: number, hours: readonly number[], cell: string | null = null) {
    const round = await store.recruiting.add(studyId, '{}', null, AT);
    const added = await store.recruiting.addPeople(
      round.id,
      Array.from({ length: people }, () => {
        serial += 1;
        const id = String(serial).padStart(22, 'x');
        return {
          publicId: id,
          tokenHash: id,
          personId: null,
          responseId: `r${serial}`,
          how: 'link' as const,
          cell,
          language: null,
        };
      }),
      AT,
    );
    await store.recruiting.addSlots(round.id, hours.map(slotAt), AT);
    const slots = await store.recruiting.slots(round.id);
    const claim = (participantId: number, slot: string, more: Partial<Claim> = {}) =>
      store.recruitingBookings.claim(
        {
          roundId: round.id,
          slot,
          participantId,
          earliest: AT,
          latestChange: AT,
          wanted: 100,
          cell: null,
          consentText: 'yes',
          zone: 'UTC',
          promised: { amountCents: 2500, currency: 'EUR', form: 'voucher' },
          ...more,
        },
        AT,
      );
    return { round, people: added.map(({ id }) => id), slots: slots.map(({ publicId }) => publicId), claim };
  }

  test('of many who want one time at once exactly one gets it', async () => {
    const { round, people, slots, claim } = await roundWith(8, [9, 10]);
    const outcomes = await Promise.all(people.map((id) => claim(id, slots[0] ?? '')));
    expect(outcomes.filter((one) => typeof one === 'object')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'taken')).toHaveLength(7);
    expect(await store.recruitingBookings.ofRound(round.id)).toHaveLength(1);
  });

  test('somebody has one time at most: another takes the place of theirs, and frees it', async () => {
    const { round, people, slots, claim } = await roundWith(2, [9, 10]);
    const [one = 0, two = 0] = people;
    expect(await claim(one, slots[0] ?? '')).toMatchObject({ was: null });
    expect(await claim(one, slots[1] ?? '')).toMatchObject({ was: slotAt(9).startsAt });
    expect(await claim(two, slots[0] ?? '')).toMatchObject({ was: null });
    const both = await Promise.all([claim(two, slots[1] ?? ''), claim(one, slots[0] ?? '')]);
    expect(both).toEqual(['taken', 'taken']);
    expect(await store.recruitingBookings.ofRound(round.id)).toHaveLength(2);
    expect(await claim(two, slots[0] ?? '', { latestChange: '2026-03-11T00:00:00.000Z' })).toMatchObject({
      was: slotAt(9).startsAt,
    });
    await store.recruiting.addSlots(round.id, [slotAt(11)], AT);
    const later = (await store.recruiting.slots(round.id))[2]?.publicId ?? '';
    expect(await claim(two, later, { latestChange: '2026-03-11T00:00:00.000Z' })).toBe('too-late');
  });

  test('no more than are wanted, in all and of a cell, whoever comes at once', async () => {
    const { people, slots, claim } = await roundWith(4, [9, 10, 11, 12], 'A');
    const all = await Promise.all(people.map((id, at) => claim(id, slots[at] ?? '', { wanted: 2 })));
    expect(all.filter((one) => one === 'full')).toHaveLength(2);
    const cells = await roundWith(3, [9, 10, 11], 'A');
    const cell = { name: 'A', wanted: 1 };
    const some = await Promise.all(cells.people.map((id, at) => cells.claim(id, cells.slots[at] ?? '', { cell })));
    expect(some.filter((one) => one === 'full')).toHaveLength(2);
  });

  test('times that are over, taken away or of another round are not to be had', async () => {
    const { round, people, slots, claim } = await roundWith(1, [9]);
    const other = await roundWith(1, [9]);
    const [one = 0] = people;
    expect(await claim(one, slots[0] ?? '', { earliest: '2026-03-10T09:00:01.000Z' })).toBe('gone');
    expect(await claim(one, other.slots[0] ?? '')).toBe('gone');
    expect(await claim(one, '')).toBe('gone');
    expect(await store.recruiting.removeSlot(round.id, slots[0] ?? '', AT)).toBe(true);
    expect(await claim(one, slots[0] ?? '')).toBe('gone');
    expect(await store.recruiting.addSlots(round.id, [slotAt(9), slotAt(9)], AT)).toBe(1);
    const [again] = await store.recruiting.slots(round.id);
    await claim(one, again?.publicId ?? '');
    expect(await store.recruiting.removeSlot(round.id, again?.publicId ?? '', AT)).toBe(false);
  });

  test('the number of a calendar entry rises with what it says, and with nothing else', async () => {
    const { people, slots, claim } = await roundWith(1, [9]);
    const claimed = await claim(people[0] ?? 0, slots[0] ?? '');
    const id = typeof claimed === 'object' ? claimed.booking.id : 0;
    const told = ['a', 'a', 'b', 'b', 'a'];
    const numbers = [];
    for (const one of told) numbers.push(await store.recruitingBookings.sequence(id, one));
    expect(numbers).toEqual([0, 0, 1, 1, 2]);
  });

  test('a letter about one thing is written once', async () => {
    const { round, people } = await roundWith(1, []);
    const letter = {
      participantId: people[0] ?? 0,
      bookingId: null,
      kind: 'invitation' as const,
      mark: 'm',
      dueAt: AT,
    };
    await store.recruitingLetters.add([letter]);
    await store.recruitingLetters.add([letter]);
    expect(await store.recruitingLetters.ofRound(round.id)).toHaveLength(1);
    const taken = await store.recruitingLetters.claim(AT);
    expect(taken?.mark).toBe('m');
    expect(await store.recruitingLetters.claim(AT)).toBeNull();
    expect(await store.recruitingLetters.setAside(AT)).toBe(1);
  });

  test('what speaks for and against inviting people can be asked of a workspace without anybody', async () => {
    expect(await store.recruitingFacts.spokenWith(1)).toEqual(new Map());
    expect(await store.recruitingFacts.contacts(1, AT)).toEqual(new Map());
    expect(await store.recruitingFacts.recontact(1, '2026-03-02')).toEqual(new Map());
    expect(await store.recruitingBookings.upcoming(AT)).toEqual([]);
    expect(await store.recruitingBookings.calledOff()).toEqual([]);
    expect(await store.recruitingBookings.purgeOlderThan(AT, AT)).toBe(0);
    expect(await store.offers.past([1])).toEqual([]);
  });
});
