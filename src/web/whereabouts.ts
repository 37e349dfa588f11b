import type { Request } from 'express';
import type { Place } from '../services/geography.ts';
import type { House } from './app.ts';

/** The country that a proxy before us says a request came from; nothing else of its address is ever kept. */
export function countryIn(req: Request): string | undefined {
  const value = req.headers['cf-ipcountry'] ?? req.headers['x-country-code'];
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) && value !== 'XX' ? value : undefined;
}

/**
 * Where a request comes from: what the operator's file says of its address, else what a proxy says. The address is looked
 * up and forgotten.
 *
 * @param mayProxySay whether the header of a proxy is believed
 */
export function whereaboutsOf(
  { geography }: Pick<House, 'geography'>,
  req: Request,
  { mayProxySay }: { mayProxySay: boolean },
): Place | undefined {
  const found = geography?.placeOf(req.ip ?? '');
  if (found) return found;
  const country = mayProxySay ? countryIn(req) : undefined;
  return country === undefined ? undefined : { country };
}
