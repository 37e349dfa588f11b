import { parse } from 'node:querystring';
import express, { type Request, type RequestHandler } from 'express';
import type { Form } from '../model/answers.ts';
import { Problem } from '../model/problem.ts';

/** More fields than any page of ours has. */
const FIELDS_MAX = 3000;

/**
 * Reads what a form without files posts. Names and values stay flat, so that Node's own reader does, which costs a
 * quarter of what one for nested names does.
 *
 * @param limitBytes larger bodies are refused before they are read to their end
 */
export function readForm(limitBytes: number | undefined): RequestHandler[] {
  return [
    express.raw({ type: 'application/x-www-form-urlencoded', limit: limitBytes }),
    (req, _res, next) => {
      if (!Buffer.isBuffer(req.body)) return next();
      const fields = parse(req.body.toString('utf8'), '&', '=', { maxKeys: FIELDS_MAX + 1 });
      if (Object.values(fields).reduce((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0) > FIELDS_MAX)
        throw new Problem('too-large', 'This is more than can be sent at once', {
          detail: 'Shorten it, or send it in parts',
        });
      req.body = fields;
      next();
    },
  ];
}

/** A posted form, without anything an object inherits. Nothing posted is an empty form. */
export function formOf(req: Request): Form {
  const form = Object.create(null) as Form;
  const body: unknown = req.body;
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
