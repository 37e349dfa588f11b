import type { Guard } from './guard.ts';

const TEXTS = 'test/attacks/hostile-texts.test.ts';
const FUZZ = 'test/attacks/http-fuzz.test.ts';
const ANYWHERE = 'no address falls over, hangs or tells';

/** What comes in from outside, and what goes out with it. */
export const attackGuards: readonly Guard[] = [
  {
    serves: 'A1',
    keepsFrom: 'words of people becoming markup',
    file: 'src/render/renderer.ts',
    text: '    strict: true,',
    without: '    strict: true,\n    noEscape: true,',
    test: [TEXTS, 'markup in every text, round 0 no page runs'],
  },
  {
    serves: 'A2',
    keepsFrom: 'words that are piped into a question being read as a placeholder once more',
    file: 'src/logic/pipe.ts',
    text: "  return text.replaceAll(PLACEHOLDER, (_, name: string, fallback: string | undefined) => show(name) ?? fallback ?? '…');",
    without:
      "  const once = (said: string) => said.replaceAll(PLACEHOLDER, (_, name: string, fallback: string | undefined) => show(name) ?? fallback ?? '…');\n  return once(once(text));",
    test: ['test/attacks/piped-words.test.ts', 'what somebody said is never read as a placeholder'],
  },
  {
    serves: 'A3',
    keepsFrom: 'objects where a form has texts',
    file: 'src/web/form.ts',
    text: "    else\n      throw new Problem('invalid', 'This form cannot be read', {",
    without:
      "    else if ((form[name] = value as never) === undefined)\n      throw new Problem('invalid', 'This form cannot be read', {",
    test: ['test/web/form.test.ts', 'a form holds texts and lists of them'],
  },
  {
    serves: 'A4',
    keepsFrom: 'fields named like what every object has',
    file: 'src/web/form.ts',
    text: '  const form = Object.create(null) as Form;\n  const pairs',
    without: '  const form = {} as Form;\n  const pairs',
    test: [FUZZ, ANYWHERE],
  },
  {
    serves: 'A5',
    keepsFrom: 'fields that an operation does not have',
    file: 'src/web/api/memos.ts',
    text: 'body: z.strictObject({ text: words }),',
    without: 'body: z.object({ text: words }) as unknown as z.ZodType<{ text: string }>,',
    test: [FUZZ, 'fields that a form does not have set nothing'],
  },
  {
    serves: 'A6',
    keepsFrom: 'words of a search becoming SQL',
    file: 'src/store/people-search.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
    text: 'verbatim_fold(value) like ${like} escape',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
    without: "verbatim_fold(value) like ${sql.raw(`'${like}'`)} escape",
    test: ['test/attacks/sql-injection.test.ts', 'a quotation mark in any name'],
  },
  {
    serves: 'A12',
    keepsFrom: 'a name that leads inside being connected to',
    file: 'src/services/outgoing-client.ts',
    text: 'const reason = judgeAddress(one, target, allowed);',
    without: 'const reason = null as ReturnType<typeof judgeAddress>;',
    test: ['test/attacks/ssrf-probe.test.ts', 'the one client that goes out knocks at none of them'],
  },
  {
    serves: 'A13',
    keepsFrom: 'an old message being sent again under a new time',
    file: 'src/exchange/outgoing/sign-webhook.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
    text: '.update(`${id}.${timestamp}.${body}`',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
    without: '.update(`${id}.${timestamp > 0}.${body}`',
    test: ['test/services/outgoing.test.ts', 'a completed response is told of once, signed'],
  },
  {
    serves: 'A14',
    keepsFrom: 'being led elsewhere after signing in',
    file: 'src/web/studio/sign-in.ts',
    text: " && !next.includes('//')",
    without: '',
    test: ['test/attacks/redirects.test.ts', 'after signing in nobody is led to'],
  },
  {
    serves: 'A15',
    keepsFrom: 'links in archives',
    file: 'src/exchange/safe-archive.ts',
    text: 'if (fileType !== 0 && fileType !== 0x8000 && fileType !== 0x4000)',
    without: 'if (fileType === 1)',
    test: ['test/exchange/safe-archive.test.ts', 'links and devices are refused'],
  },
  {
    serves: 'A15',
    keepsFrom: 'documents that declare entities',
    file: 'src/exchange/safe-xml.ts',
    text: '/<!(?:DOCTYPE|ENTITY)/i.test(xml)',
    without: 'xml.length < 0',
    test: ['test/exchange/safe-archive.test.ts', 'XML with a document type'],
  },
  {
    serves: 'A16',
    keepsFrom: 'cells that a spreadsheet reckons with',
    file: 'src/exchange/delimited.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of the code
    text: "(needsGuard(cell) ? `'${cell}` : cell);",
    without: '(needsGuard(cell) ? cell : cell);',
    test: [TEXTS, 'formulas in every text, round 0 no cell'],
  },
  {
    serves: 'A17',
    keepsFrom: 'bodies without bottom',
    file: 'src/web/api/requests.ts',
    text: 'if (depthOf(text) > JSON_DEPTH_MAX)',
    without: 'if (depthOf(text) < 0)',
    test: ['test/web/api/requests.test.ts', 'a body that is no JSON, is nested too deeply'],
  },
  {
    serves: 'A18',
    keepsFrom: 'words without end',
    file: 'src/text/tokens.ts',
    text: 'const lengthMax = 64;',
    without: 'const lengthMax = 64_000;',
    test: ['test/attacks/growth.test.ts', 'an answer is cut at 10,000 letters'],
  },
  {
    serves: 'A19',
    keepsFrom: 'bodies that drip',
    file: 'src/web/http-server.ts',
    text: 'if (now - since <= patience.bodyMs + won) continue;',
    without: 'if (now - since >= -won) continue;',
    test: ['test/web/http-server.test.ts', 'a body that comes letter by letter is cut off'],
  },
  {
    serves: 'A20',
    keepsFrom: 'a host in a request being led back to',
    file: 'src/web/errors.ts',
    text: "(/^\\/(?!\\/)/.test(req.originalUrl) ? req.originalUrl : '/studio')",
    without: 'req.originalUrl',
    test: [FUZZ, 'bytes that are hardly HTTP'],
  },
  {
    serves: 'A22',
    keepsFrom: 'pages in frames of other sites',
    file: 'src/web/security.ts',
    text: `'frame-ancestors': ["'none'"],`,
    without: `'frame-ancestors': ['*'],`,
    test: [TEXTS, 'markup in every text, round 0 every answer carries'],
  },
  {
    serves: 'A24',
    keepsFrom: 'words of other windows being heard',
    file: 'src/browser/widget.js',
    text: 'if (origin !== home || source !== frame.contentWindow || data?.verbatim !== 1) return;',
    without: 'if (data?.verbatim !== 1) return;',
    test: [
      'test/journeys/widget.test.ts',
      'the widget on the page of another site a page of a site that is not named opens nothing',
    ],
  },
  {
    serves: 'A25',
    keepsFrom: 'a flood from one network',
    file: 'src/web/collect-request.ts',
    text: 'if (requests.add(networkOf(req)) > (limits?.eventRequestsPerMinute ?? 0))',
    without: 'if (requests.add(networkOf(req)) < 0)',
    test: ['test/web/collect.test.ts', 'what cannot be taken is refused with the status that clients understand 429'],
  },
  {
    serves: 'A26',
    keepsFrom: 'words of people in the log',
    file: 'src/privacy/logged-error.ts',
    text: '    message: withoutPrivate(error.message),',
    without: '    message: error.message,',
    test: ['test/privacy/logged-error.test.ts', ''],
  },
  {
    serves: 'A27',
    keepsFrom: 'files of people doing anything in a browser',
    file: 'src/web/security.ts',
    text: `"default-src 'none'; sandbox"`,
    without: `"default-src 'self'"`,
    test: ['test/attacks/uploads.test.ts', 'a file called'],
  },
];
