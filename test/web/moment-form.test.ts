import { describe, expect, test } from 'vitest';
import { Moment } from '../../src/model/moment.ts';
import { fieldOfError, formFrom, inputFrom, momentInWords } from '../../src/web/studio/moment-form.ts';

const moments: Moment[] = [
  { isOn: true, trigger: { on: 'page' } },
  {
    isOn: true,
    trigger: {
      on: 'event',
      name: 'Order Completed',
      where: [
        { property: 'revenue', op: 'gte', value: 20 },
        { property: 'cart.coupon', op: 'set' },
        { property: 'plan', op: 'is', value: 'two words' },
      ],
    },
    pages: [
      { match: 'simple', value: 'shop.example/basket' },
      { match: 'contains', value: '/offers/' },
      { match: 'matches', value: '/offers/[0-9]+ ?' },
    ],
    notOn: [{ match: 'endsWith', value: '/checkout' }],
    cancelOn: ['Help Opened', 'Logged Out'],
    delaySeconds: 4,
    fromSession: 2,
    fromPage: 3,
    schedule: { days: [1, 2, 3], from: '09:00', to: '17:30' },
    percent: 12.5,
    frequency: 'every',
    everyDays: 90,
    priority: 80,
  },
  { isOn: false, trigger: { on: 'click', selector: '#help', text: 'Help' }, shape: 'inline', place: '#survey' },
  { isOn: true, trigger: { on: 'scroll', percent: 60 }, shape: 'tab' },
  { isOn: true, trigger: { on: 'dwell', seconds: 30 }, shape: 'popup', frequency: 'until-answered' },
  { isOn: true, trigger: { on: 'exit' } },
].map((moment) => Moment.parse(moment));

test('a moment is the same after a form', () => {
  for (const moment of moments) expect(Moment.parse(inputFrom(formFrom(moment)))).toEqual(moment);
});

describe('what does not fit', () => {
  const fields = (form: Record<string, string | string[]>) => {
    const whole = { ...formFrom(null), ...form };
    try {
      const read = Moment.safeParse(inputFrom(whole));
      return (read.error?.issues ?? []).map(({ path }) => fieldOfError(`#/${path.join('/')}`));
    } catch (error) {
      return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer.slice(2));
    }
  };
  test.each<[string, Record<string, string | string[]>]>([
    ['event', { on: 'event', event: ' ' }],
    ['where', { on: 'event', event: 'Bought', where: 'revenue more 20' }],
    ['selector', { on: 'click' }],
    ['scrolled', { on: 'scroll', scrolled: '0' }],
    ['seconds', { on: 'dwell', seconds: 'ten' }],
    ['days', { days: [] }],
    ['to', { from: '17:00', to: '09:00' }],
    ['everyDays', { frequency: 'every' }],
    ['place', { shape: 'inline' }],
    ['percent', { percent: '101' }],
    ['priority', { priority: '-1' }],
    ['pages', { pages: 'pattern (' }],
  ])('is told at %s', (field, form) => {
    expect(fields(form)).toContain(field);
  });
});

test('it is said in a few words', () => {
  expect(moments.map(momentInWords)).toEqual([
    'when a page opens, on any page',
    'when “Order Completed” happens, on page shop.example/basket or contains /offers/ or pattern /offers/[0-9]+ ?, 4 seconds later',
    'on a click on “Help”, on any page',
    'when 60% of a page was read, on any page',
    'after 30 seconds on a page, on any page',
    'when somebody is about to leave, on any page',
  ]);
});
