import { describe, expect, test } from 'vitest';
import { wordingFaults } from '../../src/personas/check-wording.ts';

const CLAIM = 'They speak more often than others of “school, kids, teachers”';
const EVIDENCE = '34% here (30% to 38%), 11% of the rest (9% to 13%), n 372 and 832';
const faults = (wording: string, claim = CLAIM) => wordingFaults(wording, claim, EVIDENCE);

describe('a wording is held against the claim and its evidence', () => {
  test('one that says the same in other words may stand', () => {
    expect(faults('School, kids and teachers come up more often than among others.')).toEqual([]);
    expect(faults('They speak of school more often than others do: 34% against 11%.')).toEqual([]);
  });

  test.each([
    ['a number of its own', '45% speak of school and teachers more often than others', '45'],
    ['a stronger word', 'Most speak more often of school and teachers', '“most”'],
    ['a share without its share', 'All of them speak of school, kids and teachers', '“all”'],
    ['a reason', 'They speak of school more often because teachers leave', 'because'],
    ['a quotation', 'They speak of school: “I hate it”, more often than others', 'quotation'],
    ['a denial', 'They do not speak of school and teachers more often than others', 'denies'],
    ['a turn of the difference', 'They speak less of school, kids and teachers than others', 'turns the difference'],
    ['a name', 'They speak of school in Manchester more often than others', 'Manchester'],
    ['another subject', 'They adore sailing boats, lagoons and lighthouses', 'something else'],
    ['nothing', '…', 'nothing'],
  ])('%s is told', (_, wording, part) => {
    expect(faults(wording).join(' ')).toContain(part);
  });

  test('a difference that the claim has not is none that a wording may make', () => {
    expect(faults('Openness is higher among them', 'Openness describes them')).not.toEqual([]);
  });
});
