import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/** One line for every answer: the pattern and never the address, since addresses hold respondents' tokens. */
type Answered = { request: string; method: string; route: string | null; status: number; began: number };

export const logAnswer = (log: Logger, { began, ...answered }: Answered): void =>
  log.info({ ...answered, ms: performance.now() - began }, 'answered');

/** Names each request, and writes its line once it has been answered. */
export function answerLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const began = performance.now();
    const request = randomUUID();
    res.locals['requestId'] = request;
    res.on('finish', () => {
      const route = (req.route as { path?: string } | undefined)?.path ?? null;
      logAnswer(log, { request, method: req.method, route, status: res.statusCode, began });
    });
    next();
  };
}
