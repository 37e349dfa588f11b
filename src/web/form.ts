import type { Request } from 'express';
import type { Form } from '../model/answers.ts';
import { Problem } from '../model/problem.ts';

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
