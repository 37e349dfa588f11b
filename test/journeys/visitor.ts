import type { OpenHouse } from './open-house.ts';

/**
 * A browser without scripts: it keeps cookies, posts forms, follows nothing by itself. Nothing is packed for it, which
 * would only be unpacked here.
 */
export function visitor(url: string) {
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(new URL(path, url), {
      redirect: 'manual',
      ...init,
      headers: {
        accept: 'text/html',
        'accept-encoding': 'identity',
        'sec-fetch-site': 'same-origin',
        cookie: cookies(),
        ...init.headers,
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name) jar.set(name, value ?? '');
    }
    return response;
  }
  const formBody = (form: Record<string, string | readonly string[]>) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) body.append(name, one);
    return body;
  };
  return {
    send,
    /** What it would send along, for a request that says nothing else of itself. */
    cookies,
    get: async (path: string) => {
      const response = await send(path);
      return {
        status: response.status,
        location: response.headers.get('location') ?? '',
        headers: response.headers,
        text: await response.text(),
      };
    },
    post: async (path: string, form: Record<string, string | readonly string[]> = {}) => {
      const response = await send(path, { method: 'POST', body: formBody(form) });
      return {
        status: response.status,
        location: response.headers.get('location') ?? '',
        headers: response.headers,
        text: await response.text(),
      };
    },
    upload: async (
      path: string,
      field: string,
      file: { name: string; bytes: Uint8Array },
      form: Record<string, string> = {},
    ) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(form)) body.set(name, value);
      body.set(field, new Blob([file.bytes as Uint8Array<ArrayBuffer>]), file.name);
      const response = await send(path, { method: 'POST', body });
      return {
        status: response.status,
        location: response.headers.get('location') ?? '',
        headers: response.headers,
        text: await response.text(),
      };
    },
  };
}
export type Visitor = ReturnType<typeof visitor>;

/** Sets a house up, signs in, and makes a study: what every walk through the studio begins with. */
export async function enterStudio(house: OpenHouse): Promise<{ researcher: Visitor; study: string }> {
  const researcher = visitor(house.url);
  await researcher.post('/set-up', {
    code: await house.setUpCode(),
    name: 'Ada',
    email: 'ada@example.org',
    password: 'three words together',
    workspace: 'Research',
  });
  const { location } = await researcher.post('/studio/new-study', { name: 'A study' });
  return { researcher, study: location };
}

/** Waits until a run has ended and gives the page with its results. */
export async function finishRun(researcher: Visitor, run: string): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    const page = await researcher.get(run);
    if (page.status === 303) return page.location;
    if (/This was cancelled|class="lede"/.test(page.text)) throw new Error(`The run did not finish: ${page.text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The run took more than a minute');
}
