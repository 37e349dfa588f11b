import querystring from 'node:querystring';
import express, { type Request, type RequestHandler } from 'express';
import type { Form } from '../model/answers.ts';
import { Problem } from '../model/problem.ts';

/** More fields than any page of ours has. */
const FIELDS_MAX = 3000;

/**
 * Reads what a form without files posts. Names and values stay flat.
 *
 * @param limitBytes larger bodies are refused before they are read to their end
 */
export function readForm(limitBytes: number | undefined): RequestHandler[] {
  return [
    express.raw({ type: 'application/x-www-form-urlencoded', limit: limitBytes }),
    (req, _res, next) => {
      if (!Buffer.isBuffer(req.body)) return next();
      const form = parseForm(req.body);
      parsed.add(form);
      req.body = form;
      next();
    },
  ];
}

/** Forms that `parseForm` made, which hold nothing but texts and lists of them. */
const parsed = new WeakSet<object>();

/**
 * Reads what a form posts, one value a text and several of one name a list.
 *
 * @example
 * ({ ...parseForm(Buffer.from('a=1&b=2+3&a=%C3%A4&c')) }) // => { a: ['1', 'ä'], b: '2 3', c: '' }
 * @throws Problem for more fields than any page has
 */
export function parseForm(body: Buffer): Form {
  const form = Object.create(null) as Form;
  const pairs = body.toString('utf8').split('&');
  if (pairs.length > FIELDS_MAX)
    throw new Problem('too-large', 'This is more than can be sent at once', {
      detail: 'Shorten it, or send it in parts',
    });
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const before = form[name];
    if (before === undefined) form[name] = value;
    else if (typeof before === 'string') form[name] = [before, value];
    else before.push(value);
  }
  return form;
}

/** Most names and values stand as they are. */
const decode = (text: string): string =>
  text.includes('%') || text.includes('+') ? querystring.unescape(text.replaceAll('+', ' ')) : text;

/** A posted form, without anything an object inherits. Nothing posted is an empty form. */
export function formOf(req: Request): Form {
  const body: unknown = req.body;
  if (typeof body === 'object' && body !== null && parsed.has(body)) return body as Form;
  const form = Object.create(null) as Form;
  if (typeof body !== 'object' || body === null) return form;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'string') form[name] = value;
    else if (Array.isArray(value) && value.every((one) => typeof one === 'string')) form[name] = value;
    else
      throw new Problem('invalid', 'This form cannot be read', {
        detail: 'Go back, reload the page and send it again',
      });
  }
  return form;
}

/** One value of a form; the first of several, and nothing for none. */
export const field = (form: Form, name: string): string => {
  const value = form[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
};

/**
 * One value of each of these fields, nothing for one that was not sent.
 *
 * @param needed those that a form of ours always sends: left out, they would empty what stands
 * @throws Problem `invalid` naming each that was sent more than once, or is needed and was not sent
 */
export function fieldsOf<Name extends string>(
  form: Form,
  names: readonly Name[],
  needed: readonly NoInfer<Name>[] = [],
): Record<Name, string> {
  const errors = names.flatMap((name) => {
    const sent = fieldList(form, name).length;
    if (sent > 1) return [{ pointer: `#/${name}`, detail: 'Send one value: it came more than once' }];
    return sent === 0 && needed.includes(name)
      ? [{ pointer: `#/${name}`, detail: 'Send this as well; nothing in it leaves it empty' }]
      : [];
  });
  if (errors.length > 0)
    throw new Problem('invalid', 'This form did not come whole', {
      detail: 'Open the page again and send it from there',
      errors,
    });
  return Object.fromEntries(names.map((name) => [name, field(form, name)])) as Record<Name, string>;
}

/** Of a value that is none of those a field may have. */
export const notAmong = (name: string, choices: readonly string[]): Problem =>
  new Problem('invalid', 'It is not clear what is to be done', {
    detail: 'Open the page again and send it from there',
    errors: [{ pointer: `#/${name}`, detail: `Send one of ${choices.join(', ')}` }],
  });

/** All values of a form's field. */
export const fieldList = (form: Form, name: string): string[] => {
  const value = form[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
};

/** One value of the address's query. */
export const queryOf = (req: Request, name: string): string => {
  const value = (req.query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
};
