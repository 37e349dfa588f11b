import type { Response } from 'express';

/** Leads on, without a body that nobody would read. */
export function seeOther(res: Response, address: string): void {
  res.writeHead(303, { Location: address, 'Content-Length': 0 }).end();
}

/** A supplier's address with their id in its place; null for one that leads nowhere. */
export function supplierLink(link: string, supplierId: string): string | null {
  const filled = link.replaceAll('{id}', encodeURIComponent(supplierId));
  return URL.canParse(filled) && new URL(filled).protocol === 'https:' ? filled : null;
}
