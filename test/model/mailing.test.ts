import { expect, test } from 'vitest';
import { checkMessage, composeLetter, draftMessage } from '../../src/model/mailing.ts';

const VALUES = { name: 'Ada', link: 'https://r.example/a', optOut: 'https://r.example/o' };

test('the places are filled in, with or without spaces inside the braces', () => {
  const message = { en: { subject: '{{name}}: a survey', text: 'Dear {{ name }},\n{{link}}\n{{ optOut }}' } };
  expect(composeLetter(message, 'en', VALUES)).toEqual({
    subject: 'Ada: a survey',
    text: 'Dear Ada,\nhttps://r.example/a\nhttps://r.example/o\n',
  });
});

test('without a name the space before it goes too', () => {
  const message = { en: { subject: 'Hello {{name}}', text: 'Dear {{name}},' } };
  expect(composeLetter(message, 'en', { ...VALUES, name: null })).toEqual({ subject: 'Hello', text: 'Dear,\n' });
});

test('what is filled in is not filled in again, and dollar signs are only signs', () => {
  const message = { en: { subject: 'x', text: '{{name}} {{link}}' } };
  const { text } = composeLetter(message, 'en', { ...VALUES, name: '{{optOut}} $& $1' });
  expect(text).toBe('{{optOut}} $& $1 https://r.example/a\n');
});

test('a name cannot bring a line of its own into the subject', () => {
  const message = { en: { subject: 'Hello {{name}}', text: '' } };
  const { subject } = composeLetter(message, 'en', { ...VALUES, name: 'Ada\r\nBcc: all@r.example' });
  expect(subject).toBe('Hello Ada Bcc: all@r.example');
});

test('a text in a language that is not there is a mistake of the caller', () => {
  expect(() => composeLetter({}, 'fr', VALUES)).toThrow(RangeError);
});

test('each fault is named where it stands', () => {
  const faults = checkMessage({
    en: { subject: '', text: 'Dear {{nmae}}, {{link}} {{optOut}}' },
    de: { subject: 'Los: {{link}}', text: '' },
  });
  expect(faults.map(({ pointer }) => pointer)).toEqual(['#/subject-en', '#/text-en', '#/subject-de', '#/text-de']);
  expect(faults[1]?.detail).toContain('{{nmae}}');
  expect(checkMessage({})).toHaveLength(1);
});

test('the letters to begin from can be sent as they are, whatever the survey is called', () => {
  for (const language of ['en', 'de', 'de-AT', 'fr']) {
    for (const kind of ['invitation', 'reminder'] as const) {
      const draft = draftMessage(kind, language, 'Moving {{house}}\n$& at last');
      expect(checkMessage({ [language]: draft })).toEqual([]);
      expect(draft.subject).toContain('Moving');
    }
  }
  expect(draftMessage('invitation', 'de-AT', 'x').text).toContain('Guten Tag');
});
