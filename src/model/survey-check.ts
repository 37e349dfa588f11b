import { possibleOptions, surveyItems } from './items.ts';
import { isReadablePattern } from './pattern.ts';
import { type Question, questionsOf, type SurveyDefinition } from './survey.ts';
import { wordingsOf } from './wordings.ts';

export type SurveyFault = { pointer: string; detail: string };

/**
 * What the shape alone cannot say: codes used twice, too few options, scale items that do not exist or are no scale,
 * patterns that cannot be read, wordings missing in the first language. Conditions are looked at by `checkLogic`.
 */
export function checkShape(definition: SurveyDefinition): SurveyFault[] {
  return [
    ...doubledCodes(definition),
    ...unanswerable(definition),
    ...strayScaleItems(definition),
    ...missingWordings(definition),
  ];
}

function doubledCodes(definition: SurveyDefinition): SurveyFault[] {
  const faults: SurveyFault[] = [];
  const seen = new Set<string>();
  const claim = (codes: Set<string>, code: string, pointer: string, what: string) => {
    if (codes.has(code))
      faults.push({ pointer, detail: `The code “${code}” is used for two ${what}. Give one another code` });
    codes.add(code);
  };
  const all = new Map(questionsOf(definition).map((question) => [question.code, question]));
  const pages = new Set<string>();
  definition.pages.forEach((page, p) => {
    claim(pages, page.code, `#/pages/${p}/code`, 'pages');
    page.questions.forEach((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      claim(seen, question.code, `${pointer}/code`, 'questions');
      for (const part of ['options', 'rows', 'columns'] as const) {
        const codes = new Set<string>();
        const carried = part === 'options' ? 'optionsFrom' : part === 'rows' ? 'rowsFrom' : null;
        const from = carried && (question as Partial<Record<typeof carried, { question: string }>>)[carried];
        for (const option of from ? possibleOptions(all.get(from.question), all) : []) codes.add(option.code);
        partsOf(question, part).forEach((one, index) =>
          claim(codes, one.code, `${pointer}/${part}/${index}/code`, part),
        );
      }
    });
  });
  if (!definition.consent.purposes.some((purpose) => purpose.code === 'analysis')) {
    faults.push({ pointer: '#/consent/purposes', detail: 'Taking part means analysis: list the purpose “analysis”' });
  }
  return faults;
}

const partsOf = (question: Question, part: 'options' | 'rows' | 'columns'): readonly { code: string }[] =>
  (question as Partial<Record<typeof part, readonly { code: string }[]>>)[part] ?? [];

/** The steps that belong to each measure. */
export const MEASURE_STEPS = {
  nps: { min: 0, max: 10 },
  csat: { min: 1, max: 5 },
  ces: { min: 1, max: 7 },
} as const;

/** What an address can say of its own accord. */
export const RESERVED_PARAMETERS = new Set(['language', 'test', 'supplier']);

/** Questions that no answer could fit. */
function unanswerable(definition: SurveyDefinition): SurveyFault[] {
  const faults: SurveyFault[] = [];
  definition.pages.forEach((page, p) =>
    page.questions.forEach((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      const fault = (where: string, detail: string) => faults.push({ pointer: `${pointer}${where}`, detail });
      const count = partsOf(question, 'options').length;
      if (['single', 'multiple', 'ranking'].includes(question.kind) && !('optionsFrom' in question) && count < 2)
        fault('/options', 'A choice needs at least two options, or options carried over from an earlier question');
      if (
        ['battery', 'matrix'].includes(question.kind) &&
        !('rowsFrom' in question) &&
        partsOf(question, 'rows').length === 0
      )
        fault('/rows', 'There is no row yet');
      if (
        'min' in question &&
        'max' in question &&
        question.min !== undefined &&
        question.max !== undefined &&
        question.min > question.max
      )
        fault('', 'The smallest value allowed is larger than the largest');
      switch (question.kind) {
        case 'hidden':
          if (RESERVED_PARAMETERS.has(question.parameter ?? question.code))
            fault('/parameter', 'This name in the address means something already: choose another parameter');
          break;
        case 'multiple':
          if (!question.optionsFrom && (question.least ?? 1) > count)
            fault('/least', 'More must be chosen than there are options');
          if ((question.least ?? 1) > (question.most ?? count + 1000))
            fault('/least', 'More must be chosen than may be chosen');
          break;
        case 'ranking':
          if (!question.optionsFrom && (question.places ?? 1) > count)
            fault('/places', 'There are more places than options');
          break;
        case 'best-worst':
          if (question.options.some((option) => option.visibleIf !== undefined))
            fault('/options', 'Everybody is shown the same items here: take the conditions away');
          if (question.perTask > count) fault('/perTask', 'A task shows more items than there are');
          break;
        case 'text':
          if ((question.minLength ?? 1) > (question.maxLength ?? 10_000))
            fault('/minLength', 'The shortest answer allowed is longer than the longest');
          if (question.pattern !== undefined && !isReadablePattern(question.pattern))
            fault(
              '/pattern',
              'This pattern cannot be read: it is written in the syntax of RE2, without look-around and back-references',
            );
          break;
        case 'rating': {
          const wanted = question.measure && MEASURE_STEPS[question.measure];
          if (wanted && (question.steps.min !== wanted.min || question.steps.max !== wanted.max))
            fault(
              '/steps',
              `${question.measure?.toUpperCase()} runs from ${wanted.min} to ${wanted.max}. For other steps, choose “A rating” under “Counts as”`,
            );
          break;
        }
      }
    }),
  );
  if (definition.result && !definition.instruments?.some((one) => one.code === definition.result?.instrument))
    faults.push({ pointer: '#/result/instrument', detail: `There is no instrument “${definition.result.instrument}”` });
  return faults;
}

function strayScaleItems(definition: SurveyDefinition): SurveyFault[] {
  const items = new Map(surveyItems(definition).map((item) => [item.address, item]));
  const faults: SurveyFault[] = [];
  const instruments = new Set<string>();
  (definition.instruments ?? []).forEach((instrument, i) => {
    if (instruments.has(instrument.code)) {
      faults.push({ pointer: `#/instruments/${i}/code`, detail: `Two instruments have the code “${instrument.code}”` });
    }
    instruments.add(instrument.code);
    const codes = new Set<string>();
    instrument.scales.forEach((scale, s) => {
      const pointer = `#/instruments/${i}/scales/${s}`;
      const used = new Set<string>();
      if (codes.has(scale.code))
        faults.push({ pointer: `${pointer}/code`, detail: `Two scales have the code “${scale.code}”` });
      codes.add(scale.code);
      scale.items.forEach((key, k) => {
        const address = key.replace(/^-/, '');
        if (used.has(address))
          faults.push({ pointer: `${pointer}/items/${k}`, detail: `“${address}” stands twice in this scale` });
        used.add(address);
        const item = items.get(key.replace(/^-/, ''));
        if (!item) {
          faults.push({
            pointer: `${pointer}/items/${k}`,
            detail: `No question or row is called “${key.replace(/^-/, '')}”`,
          });
        } else if (item.steps === null) {
          faults.push({
            pointer: `${pointer}/items/${k}`,
            detail: `“${item.address}” is not answered on a scale of steps`,
          });
        }
      });
      if ((scale.minimumAnswered ?? 1) > scale.items.length) {
        faults.push({
          pointer: `${pointer}/minimumAnswered`,
          detail: 'More items must be answered than the scale has',
        });
      }
      if (scale.score === 'sum' && instrument.centring === 'person-mean')
        faults.push({
          pointer: `${pointer}/score`,
          detail: 'Scores that are centred on the person are means, not sums',
        });
      if (scale.partOf !== undefined && !instrument.scales.some(({ code }) => code === scale.partOf))
        faults.push({ pointer: `${pointer}/partOf`, detail: `There is no scale “${scale.partOf}” here` });
    });
    (instrument.catches ?? []).forEach(({ item, least, most }, c) => {
      if (least === undefined && most === undefined)
        faults.push({
          pointer: `#/instruments/${i}/catches/${c}/item`,
          detail: `Say which answers to “${item}” show that somebody reads`,
        });
      if (!items.get(item)?.steps)
        faults.push({
          pointer: `#/instruments/${i}/catches/${c}/item`,
          detail: `No item answered on a scale of steps is called “${item}”`,
        });
    });
  });
  return faults;
}

function missingWordings(definition: SurveyDefinition): SurveyFault[] {
  const [first] = definition.languages;
  return wordingsOf(definition)
    .filter(({ wording }) => first !== undefined && !wording[first]?.trim())
    .map(({ pointer }) => ({ pointer, detail: `The wording in the survey’s first language (${first}) is missing` }));
}

/**
 * A wording in the language asked for, else in the survey's first language, else whichever there is.
 *
 * @example
 * wordingIn({ en: 'Yes', de: 'Ja' }, 'de', ['en']) // => 'Ja'
 * @example
 * wordingIn({ en: 'Yes' }, 'fr', ['en']) // => 'Yes'
 */
export function wordingIn(wording: Record<string, string>, language: string, fallbacks: readonly string[]): string {
  for (const candidate of [language, ...fallbacks]) {
    const text = wording[candidate];
    if (text !== undefined && text !== '') return text;
  }
  return Object.values(wording)[0] ?? '';
}
