import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { AnsweredRequest } from '../services/metrics.ts';

/** One line for every answer: the pattern and never the address, since addresses hold respondents' tokens. */
type Answered = {
  request: string;
  method: string;
  route: string | null;
  status: number;
  began: number;
  /** The number of whoever is signed in; absent for everybody else. */
  user?: number;
};
export type LogAnswer = (answered: Answered) => void;

/** The header that tells whoever asked the name of their request, which is also in the log and on error pages. */
export const REQUEST_ID = 'X-Request-Id';
export const newRequestId = (): string => randomUUID();

/** Writes the lines, and hands what was answered on to whoever counts. */
export function answerLines(log: Logger, observe: (answered: AnsweredRequest) => void = () => {}): LogAnswer {
  return ({ began, ...answered }) => {
    const ms = performance.now() - began;
    observe({ method: answered.method, route: answered.route, status: answered.status, ms });
    log.info({ ...answered, ms }, 'answered');
  };
}

/** Names each request, and writes its line once it has been answered. */
export function answerLog(logAnswer: LogAnswer): RequestHandler {
  return (req, res, next) => {
    const began = performance.now();
    const request = newRequestId();
    res.locals['requestId'] = request;
    res.setHeader(REQUEST_ID, request);
    res.on('finish', () => {
      const route = (req.route as { path?: string } | undefined)?.path ?? null;
      const user = (req as { user?: { id: number } | null }).user?.id;
      logAnswer({
        request,
        method: req.method,
        route,
        status: res.statusCode,
        began,
        ...(user === undefined ? {} : { user }),
      });
    });
    next();
  };
}
