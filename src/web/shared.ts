import { parseCookie } from 'cookie';
import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../model/problem.ts';
import { showDate } from '../render/helpers.ts';
import type { OpenShare } from '../services/shares.ts';
import type { Persona } from '../store/personas.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { wantsPage } from './errors.ts';
import { field, fieldsOf, formOf, queryOf } from './form.ts';
import { confineFile, isSecure, type MinuteCounter, minuteCounter, networkOf } from './security.ts';
import { isForForm, summaryOf } from './studio/frame.ts';

/** Pages and sounds that one network reads in a minute: enough for a meeting that opens it together. */
const READS_PER_MINUTE = 300;
const QUESTIONS_PER_MINUTE = 5;
/** Remembers the version that somebody saw last, and nothing else; it goes with the link. */
const SEEN = 'seen';

/** Personas by a link, without an account: to read, to hear the moment behind a quote, and to ask about. */
export function sharedDoor(door: Doorway, house: House, { posts }: { posts: MinuteCounter }): void {
  const { verbatim, renderer, publicUrl } = house;
  const { shares, readerSheets, readerQuestions, limits, now } = verbatim;
  const reads = minuteCounter(now);
  const questions = minuteCounter(now);

  /** One reader's haste must not be another's wait, and guessing at links is to be slow. */
  const pace: RequestHandler = (req, _res, next) => {
    const network = networkOf(req);
    const isPost = req.method === 'POST';
    if (isPost ? posts.add(network) > limits.respondentPostsPerMinute : reads.add(network) > READS_PER_MINUTE)
      throw new Problem('too-many', 'Too much is asked for from your network', {
        detail: 'Nothing was lost: wait a minute, then try again',
        retryAfterSeconds: 60,
      });
    next();
  };

  const tokenIn = (req: Request): string => String(req.params['token']);

  async function personaIn(req: Request): Promise<{ opened: OpenShare; persona: Persona; at: string }> {
    const opened = await shares.open(tokenIn(req));
    const persona = opened.personas.find(({ publicId }) => publicId === req.params['persona']);
    if (!persona)
      throw new Problem('not-found', 'This is not shared by this link', {
        detail: 'It may have been taken away. Ask whoever sent you the link',
      });
    return { opened, persona, at: `/shared/${tokenIn(req)}/${persona.publicId}` };
  }

  door.get('/shared/:token', 'respondent', pace, async (_visit, req, res) => {
    const opened = await shares.open(tokenIn(req));
    const [only] = opened.personas;
    if (only && opened.personas.length === 1) return res.redirect(303, `/shared/${tokenIn(req)}/${only.publicId}`);
    const { sharedTile } = await import('./shared-sheet.ts');
    const personas: ReturnType<typeof sharedTile>[] = [];
    for (const persona of opened.personas) {
      const sheet = await readerSheets.read(opened, persona);
      if (sheet) personas.push(sharedTile(tokenIn(req), persona, sheet));
    }
    const data = {
      title: opened.study.name,
      lang: 'en',
      invented: opened.study.inventedNotice ?? '',
      personas,
      until: showDate(opened.share.expiresAt),
    };
    res.type('html').send(renderer.render('shared/personas', data, { layout: 'shared' }));
  });

  type Sent = { question: string; problem: Problem | null };
  async function show(req: Request, res: Response, sent: Sent): Promise<void> {
    const { opened, persona, at } = await personaIn(req);
    const sheet = await readerSheets.read(opened, persona);
    if (!sheet) throw new Problem('not-found', 'There is nothing to read yet', { detail: 'Come back in a few days' });
    const seen = Number(parseCookie(req.headers.cookie ?? '')[SEEN]);
    const current = Number(sheet.version.number);
    const before = seen < current ? await readerSheets.earlier(opened, persona, seen) : null;
    const { sharedSheet } = await import('./shared-sheet.ts');
    const data = await sharedSheet(house, { opened, persona, sheet, at }, before);
    if (!isAhead(req)) {
      await shares.count(opened, persona, 'opened');
      res.cookie(SEEN, String(current), {
        httpOnly: true,
        secure: isSecure(publicUrl),
        sameSite: 'lax',
        path: at,
        expires: new Date(opened.share.expiresAt),
      });
    }
    const errors = sent.problem?.errors ?? [];
    res.type('html').send(
      renderer.render(
        'shared/persona',
        {
          ...data,
          isError: sent.problem !== null,
          summary: sent.problem ? summaryOf(sent.problem, ['question']) : null,
          isAsked: sent.problem === null && queryOf(req, 'asked') === '1',
          ask: `${at}/questions`,
          question: {
            name: 'question',
            id: 'question',
            label: 'Your question',
            hint: 'It is answered here, for all who hold this link. Leave out names, yours as well.',
            error: errors.find(({ pointer }) => pointer === '#/question')?.detail ?? null,
            value: sent.question,
            isRequired: true,
            autocomplete: 'off',
            rows: 3,
            lengthMax: 1000,
          },
        },
        { layout: 'shared' },
      ),
    );
  }

  door.get('/shared/:token/:persona', 'respondent', pace, (_visit, req, res) =>
    show(req, res, { question: '', problem: null }),
  );

  door.post('/shared/:token/:persona/questions', 'respondent', pace, async (_visit, req, res) => {
    const { opened, persona, at } = await personaIn(req);
    const form = formOf(req);
    try {
      const { question } = fieldsOf(form, ['question']);
      if (questions.add(`${networkOf(req)} ${opened.share.id}`) > QUESTIONS_PER_MINUTE)
        throw new Problem('too-many', 'Too many questions are coming from your network', {
          detail: 'Your question was not kept: wait a minute, then go back and send it again',
          retryAfterSeconds: 60,
        });
      await readerQuestions.ask(opened, persona, question);
    } catch (error) {
      if (!isForForm(error) || !wantsPage(req)) throw error;
      res.status(422);
      return show(req, res, { question: field(form, 'question'), problem: error });
    }
    res.redirect(303, `${at}?asked=1#ask`);
  });

  door.get('/shared/:token/:persona/moments/:moment', 'respondent', pace, async (_visit, req, res) => {
    const { opened, persona } = await personaIn(req);
    const cut = await readerSheets.hear(opened, persona, String(req.params['moment']));
    if (!cut)
      throw new Problem('not-found', 'This moment cannot be heard any more', {
        detail: 'Whoever spoke may have taken it back',
      });
    res.type(cut.mediaType).setHeader('Accept-Ranges', 'bytes');
    res.setHeader('Content-Disposition', 'inline');
    confineFile(res);
    const { length } = cut.bytes;
    const ranges = req.range(length);
    if (ranges === -1) return void res.status(416).setHeader('Content-Range', `bytes */${length}`).end();
    const [range] = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges : [];
    // Players ask for a recording in parts, of which the first begins it.
    if (!isAhead(req) && (range?.start ?? 0) === 0) await shares.count(opened, persona, 'played');
    if (!range) return void res.send(Buffer.from(cut.bytes));
    res.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${length}`);
    res.send(Buffer.from(cut.bytes.subarray(range.start, range.end + 1)));
  });
}

/** A look that nobody takes yet: a page fetched before it is wanted, or asked for without its content. */
const isAhead = (req: Request): boolean =>
  req.method === 'HEAD' ||
  /prefetch|prerender/.test(`${req.headers['sec-purpose'] ?? ''}${req.headers['purpose'] ?? ''}`);
