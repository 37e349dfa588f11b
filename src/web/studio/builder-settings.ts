import type { Form } from '../../model/answers.ts';
import type { ProblemError } from '../../model/problem.ts';
import type { Wording } from '../../model/survey.ts';
import { linesOf, oneLine, partsFromLines } from '../../model/survey-edit-lines.ts';
import { withText } from '../../model/survey-edit-texts.ts';
import { field, fieldList } from '../form.ts';
import { adderOf, type ConditionGroup, withMadeCondition } from './builder-condition-maker.ts';
import { type FieldView, fieldMaker } from './frame.ts';

/**
 * The builder's forms, each setting of a survey described once: how it is shown, how it is filled, and what of the
 * survey it changes. A form is a list of settings; a list of things, such as jumps or ends, is a setting that holds
 * settings.
 */

/** A piece of a survey that settings are about: a question, a page, an end. */
export type Entry = Readonly<Record<string, unknown>>;

/** What a form shows beside its fields. */
export type Beside = {
  /** The survey's first language, while another is written: its words stand beside the fields. */
  first?: { code: string; name: string; direction: string } | null;
  /** The images laid in for the survey, and where more are laid in. */
  images?: { choices: readonly Choice[]; upload: string };
  /** What conditions here may ask. */
  askable?: readonly ConditionGroup[];
};

export type Maker = ReturnType<typeof fieldMaker> & {
  typed(name: string): string;
  images: NonNullable<Beside['images']>;
  askable: readonly ConditionGroup[];
  /** The field, with what stands in it in the survey's first language. */
  translated(view: FieldView, inFirst: (language: string) => string): FieldView;
};

export type Setting = {
  /** Where it stands in its entry, and the name of its field. */
  name: string;
  show(make: Maker, prefix: string, entry: Entry): FieldView[];
  fill(entry: Entry, prefix: string, language: string): Form;
  /** The entry as the form says, not yet known to be good. */
  apply(entry: Entry, form: Form, prefix: string, language: string): Entry;
};

export type About = { hint?: string; isRequired?: boolean };

/** The entry with a part of it set, or taken away where there is nothing. */
export function withPart(entry: Entry, name: string, value: unknown): Entry {
  const { [name]: _, ...others } = entry;
  return value === undefined ? others : { ...entry, [name]: value };
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? '' : String(value);

export const makerFor = (
  values: Form,
  errors: readonly ProblemError[],
  { first = null, images = { choices: [], upload: '' }, askable = [] }: Beside = {},
): Maker => ({
  ...fieldMaker(values, errors),
  typed: (name) => field(values, name),
  images,
  askable,
  translated: (view, inFirst) => {
    const text = first === null ? '' : inFirst(first.code);
    return first === null || text === '' ? view : { ...view, source: { ...first, text } };
  },
});

/** A setting of one field, whose value is read from its text alone. */
function simple(name: string, show: (make: Maker, at: string) => FieldView, read: (text: string) => unknown): Setting {
  return {
    name,
    show: (make, prefix) => [show(make, `${prefix}${name}`)],
    fill: (entry, prefix) => ({ [`${prefix}${name}`]: textOf(entry[name]) }),
    apply: (entry, form, prefix) => withPart(entry, name, read(field(form, `${prefix}${name}`))),
  };
}

const orNothing = (text: string): string | undefined => text.trim() || undefined;

export const plain = (name: string, label: string, about: About & { type?: string } = {}): Setting =>
  simple(name, (make, at) => make.text(at, label, about), orNothing);

/** A number that is typed as something else stays what it was typed as, for the survey's shape to refuse. */
export const number = (name: string, label: string, about: About = {}): Setting =>
  simple(
    name,
    (make, at) => make.text(at, label, { ...about, isShort: true }),
    (text) => {
      const typed = text.trim().replace(',', '.');
      return typed === '' ? undefined : Number.isNaN(Number(typed)) ? typed : Number(typed);
    },
  );

export const tick = (name: string, label: string, hint: string | null = null): Setting => ({
  name,
  show: (make, prefix) => [tickView(`${prefix}${name}`, label, make.typed(`${prefix}${name}`) !== '', hint)],
  fill: (entry, prefix): Form => (entry[name] === true ? { [`${prefix}${name}`]: '1' } : {}),
  apply: (entry, form, prefix) => {
    const isChosen = field(form, `${prefix}${name}`) !== '';
    // A no that was written down stays one.
    return withPart(entry, name, isChosen ? true : entry[name] === false ? false : undefined);
  },
});

export const tickView = (name: string, label: string, isChosen: boolean, hint: string | null = null): FieldView => ({
  kind: 'tick',
  name,
  id: name,
  label,
  hint,
  isChosen,
});

export type Choice = { value: string; label: string; hint?: string };

/** The choices, and what was chosen although it is none of them: saving the form must not lose it unseen. */
export const withStray = (choices: readonly Choice[], chosen: string): readonly Choice[] =>
  chosen === '' || choices.some((one) => one.value === chosen)
    ? choices
    : [...choices, { value: chosen, label: `${chosen} (cannot be chosen here)` }];

/** One of a few; the empty choice is what holds when nothing is said. */
export const choice = (name: string, label: string, choices: readonly Choice[], about: About = {}): Setting =>
  simple(name, (make, at) => make.select(at, label, withStray(choices, make.typed(at)), about), orNothing);

export const boxes = (name: string, label: string, choices: readonly Choice[]): Setting => ({
  name,
  show: (make, prefix) => [make.boxes(`${prefix}${name}`, label, choices)],
  fill: (entry, prefix) => ({ [`${prefix}${name}`]: (entry[name] as string[] | undefined) ?? [] }),
  apply: (entry, form, prefix) => withPart(entry, name, fieldList(form, `${prefix}${name}`)),
});

const inOneLine = (text: string): string | undefined => orNothing(oneLine(text));

/** A text of the expression language, checked while it is written. */
export const calculation = (name: string, label: string, hint: string | null = null): Setting =>
  simple(
    name,
    (make, at) => ({ ...make.area(at, label, { rows: 2, ...(hint ? { hint } : {}) }), kind: 'condition' }),
    inOneLine,
  );

/** The same for a yes or no, which can also be put together from questions and their answers. */
export function condition(name: string, label: string, hint: string | null = null): Setting {
  const written = calculation(name, label, hint);
  return {
    ...written,
    show: (make, prefix, entry) =>
      written.show(make, prefix, entry).map((view) => ({
        ...view,
        maker:
          make.askable.length === 0
            ? null
            : {
                adder: adderOf(`${prefix}${name}`),
                isJoined: make.typed(`${prefix}${name}`).trim() !== '',
                groups: make.askable,
              },
      })),
    apply: (entry, form, prefix) => {
      const at = `${prefix}${name}`;
      return withPart(entry, name, inOneLine(withMadeCondition(field(form, at), form, at)));
    },
  };
}

/** Words in the language that is being written. A wording that must be there is never taken away, only emptied. */
export const wording = (name: string, label: string, about: About & { rows?: number } = {}): Setting => ({
  name,
  show: (make, prefix, entry) => [
    make.translated(
      about.rows ? make.area(`${prefix}${name}`, label, about) : make.text(`${prefix}${name}`, label, about),
      (first) => (entry[name] as Wording | undefined)?.[first] ?? '',
    ),
  ],
  fill: (entry, prefix, language) => ({
    [`${prefix}${name}`]: (entry[name] as Wording | undefined)?.[language] ?? '',
  }),
  apply: (entry, form, prefix, language) => {
    const said = withText(entry[name] as Wording | undefined, language, field(form, `${prefix}${name}`));
    return withPart(entry, name, said ?? (about.isRequired ? { [language]: '' } : undefined));
  },
});

/**
 * Options, rows and columns as lines of text. What was there when the form was shown keeps its code; a part that came
 * while it has been open, saved between two pauses, gets its code from what its label has become.
 */
export const lines = (name: string, label: string, hint: string): Setting => ({
  name,
  show: (make, prefix, entry) => {
    const at = `${prefix}${name}`;
    const rows = Math.min(16, Math.max(4, make.typed(at).split('\n').length + 1));
    return [
      ...['', ...partsIn(entry, name).map((part) => part.code)].map((value) => ({
        kind: 'hidden',
        name: `${at}.known`,
        value,
      })),
      make.translated(make.area(at, label, { rows, hint }), (first) => linesOf(partsIn(entry, name), first)),
    ];
  },
  fill: (entry, prefix, language) => ({ [`${prefix}${name}`]: linesOf(partsIn(entry, name), language) }),
  apply: (entry, form, prefix, language) => {
    const known = fieldList(form, `${prefix}${name}.known`);
    const before = keptParts(entry, name, known, language);
    return withPart(entry, name, partsFromLines(field(form, `${prefix}${name}`), before, language));
  },
});

/**
 * The parts whose codes stay.
 *
 * @param known the codes that were there when the form was shown; none known keeps all
 */
export const keptParts = (entry: Entry, name: string, known: readonly string[], language: string) =>
  partsIn(entry, name).filter(
    (part) =>
      known.length === 0 ||
      known.includes(part.code) ||
      Object.keys(part).length > 2 ||
      Object.keys(part.text).some((one) => one !== language),
  );

export const partsIn = (entry: Entry, name: string): { code: string; text: Wording }[] =>
  (entry[name] as { code: string; text: Wording }[] | undefined) ?? [];

/** Words and addresses, one a line. */
export const words = (name: string, label: string, about: About & { rows?: number } = {}): Setting => ({
  name,
  show: (make, prefix) => [make.area(`${prefix}${name}`, label, { rows: 5, ...about })],
  fill: (entry, prefix) => ({ [`${prefix}${name}`]: ((entry[name] as string[] | undefined) ?? []).join('\n') }),
  apply: (entry, form, prefix) =>
    withPart(
      entry,
      name,
      field(form, `${prefix}${name}`)
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
});

/**
 * Several things of a kind, and room for one more.
 *
 * @param one what a single one is called
 * @param isBlank whether an entry as filled in is none at all
 * @param whenNone what an empty list is kept as
 */
export function list(
  name: string,
  label: string,
  one: string,
  settings: readonly Setting[],
  isBlank: (entry: Entry) => boolean,
  { hint = null, whenNone }: { hint?: string | null; whenNone?: readonly unknown[] } = {},
): Setting {
  const counter = (prefix: string) => `${prefix}${name}.count`;
  const entries = (entry: Entry) => (entry[name] as Entry[] | undefined) ?? [];
  return {
    name,
    show: (make, prefix, entry) => {
      const count = Math.min(200, Number(make.typed(counter(prefix))) || 0);
      return [
        { kind: 'hidden', name: counter(prefix), value: String(count) },
        {
          kind: 'list',
          name: `${prefix}${name}`,
          label,
          hint,
          entries: Array.from({ length: count }, (_, index) => {
            const at = `${prefix}${name}.${index}.`;
            const isNew = index >= entries(entry).length;
            return {
              legend: isNew ? `Another ${one}` : `${one[0]?.toUpperCase()}${one.slice(1)} ${index + 1}`,
              isNew,
              fields: settings.flatMap((setting) => setting.show(make, at, entries(entry)[index] ?? {})),
              removal: isNew ? null : tickView(`${at}remove`, `Take ${one} ${index + 1} away`, false),
            };
          }),
        },
      ];
    },
    fill: (entry, prefix, language) => {
      const form: Form = { [counter(prefix)]: String(entries(entry).length + 1) };
      [...entries(entry), {}].forEach((own, index) =>
        Object.assign(form, ...settings.map((setting) => setting.fill(own, `${prefix}${name}.${index}.`, language))),
      );
      return form;
    },
    apply: (entry, form, prefix, language) => {
      const count = Math.min(200, Number(field(form, counter(prefix))) || 0);
      const kept = Array.from({ length: count }, (_, index) => {
        const at = `${prefix}${name}.${index}.`;
        if (field(form, `${at}remove`) !== '') return null;
        const known = entries(entry)[index];
        const own = applySettings(settings, known ?? {}, form, at, language);
        // One that is there goes by being taken away, never by being emptied: those after it would move up unseen.
        return known === undefined && isBlank(own) ? null : own;
      }).filter((own) => own !== null);
      return withPart(entry, name, kept.length > 0 ? kept : whenNone);
    },
  };
}

/** An entry as a form says. */
export const applySettings = (
  settings: readonly Setting[],
  entry: Entry,
  form: Form,
  prefix: string,
  language: string,
): Entry => settings.reduce((changed, setting) => setting.apply(changed, form, prefix, language), entry);

/** What a form's fields hold for an entry. */
export const fillSettings = (settings: readonly Setting[], entry: Entry, language: string): Form =>
  Object.assign({}, ...settings.map((setting) => setting.fill(entry, '', language)));
