import type { Response } from 'express';

/** Lets pages of these sites, and of no others, hold this page in a frame. */
export function letFrame(res: Response, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const policy = String(res.getHeader('Content-Security-Policy') ?? '');
  res.setHeader(
    'Content-Security-Policy',
    policy.replace("frame-ancestors 'none'", `frame-ancestors ${origins.join(' ')}`),
  );
  res.removeHeader('X-Frame-Options');
}
