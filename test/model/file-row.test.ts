import { describe, expect, test } from 'vitest';
import { fileColumns, messageOfRow, readColumnNames } from '../../src/model/file-row.ts';

const message = (header: string[], cells: string[], names = {}) => {
  const { columns, fault } = fileColumns(header, names);
  if (columns === undefined) throw new Error(fault);
  return messageOfRow(columns, cells);
};

describe('a row as a message', () => {
  test('columns are known by their names however these are written, and all others are told of the person', () => {
    expect(message(['User ID', 'plan', 'Age', 'zip'], ['007', 'Pro', '34', '01067']).message).toEqual({
      type: 'identify',
      userId: '007',
      traits: { plan: 'Pro', Age: 34, zip: '01067' },
    });
  });

  test('a row with an event is one, with the others as properties, at its own time', () => {
    const header = ['event', 'user_id', 'timestamp', 'message-id', 'revenue', 'context.page.url', 'properties.a.b'];
    const cells = ['Order', 'u', '2026-03-09 14:30', 'm-1', '12.5', 'https://shop.example', 'true'];
    expect(message(header, cells).message).toEqual({
      type: 'track',
      event: 'Order',
      userId: 'u',
      timestamp: '2026-03-09 14:30',
      messageId: 'm-1',
      properties: { revenue: 12.5, 'a.b': true },
      context: { page: { url: 'https://shop.example' } },
    });
    expect(message(['event', 'userId', 'timestamp'], ['x', 'u', '1767225600']).message?.['timestamp']).toBe(
      1767225600000,
    );
  });

  test('a type says what a row is, and a company is one by its groupId', () => {
    expect(message(['groupId', 'name', 'userId'], ['acme', 'Acme', 'u']).message).toEqual({
      type: 'group',
      groupId: 'acme',
      userId: 'u',
      traits: { name: 'Acme' },
    });
    expect(message(['type', 'userId', 'name'], ['Page', 'u', 'Home']).message).toMatchObject({
      type: 'page',
      name: 'Home',
    });
  });

  test('names can be mapped, and columns left out', () => {
    const { names, faults } = readColumnNames(
      'Visitor = userId\n\nWhat = happened = event\nNotes = -\nType = traits.type\n',
    );
    expect(faults).toEqual([]);
    expect(
      message(['Visitor', 'What = happened', 'Notes', 'Type'], ['u', '', 'secret', 'Lead'], names).message,
    ).toEqual({
      type: 'identify',
      userId: 'u',
      traits: { type: 'Lead' },
    });
    expect(readColumnNames('no sign\n= userId\nx =').faults).toEqual(['no sign', '= userId', 'x =']);
  });

  test('a row with a cell too few or a time that is none is refused in words', () => {
    expect(message(['userId', 'a', 'b'], ['u', '1']).fault).toBe('it has 2 cells, and not 3');
    expect(message(['userId', 'timestamp'], ['u', '09/03/26']).fault).toContain('“09/03/26” is no time');
    expect(fileColumns(['userId', 'User ID'], {}).fault).toBe('two columns are “userId”');
    expect(fileColumns(['a'], {}).fault).toContain('no column says who it is about');
  });

  test('names that objects have of their own are names like any other', () => {
    const made = message(['userId', '__proto__', 'context.__proto__.polluted', 'constructor'], ['u', 'x', 'y', 'z']);
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
    expect(Object.keys(made.message?.['traits'] as object)).toEqual(['__proto__', 'constructor']);
  });
});
