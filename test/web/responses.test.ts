import { afterAll, beforeAll, expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { everyKind } from '../support/every-kind.ts';
import { FIELD_OWNER, openFieldHouse } from '../support/field-house.ts';
import { plantEveryKind } from '../support/plant-every-kind.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAA';
const OLD = '2026-03-01T08:00:00.000Z';

async function openDesk() {
  const house = await openFieldHouse();
  await plantResponses(house.verbatim, house, [
    {
      id: `${ID}1`,
      page: 3,
      answers: {
        city: said('city'),
        topics: said(['news', 'sport']),
        'holds.outdoors': said(5),
        mood: said(8),
        age: said(31),
        story: said('The lift was broken <again>'),
      },
      about: { source: 'newsletter', device: { kind: 'phone', browser: 'Firefox' }, attributes: { region: 'North' } },
    },
    {
      id: `${ID}2`,
      page: 3,
      startedAt: '2026-03-03T08:00:00.000Z',
      answers: {
        city: { state: 'refused' },
        topics: said(['none']),
        mood: said(2),
        age: said(64),
        story: said('Nothing'),
      },
    },
    { id: `${ID}3`, isCompleted: false, page: 1, startedAt: OLD, answers: { city: said('village') } },
    { id: `${ID}4`, page: 3, answers: { city: said('city') }, about: { isTest: true } },
  ]);
  const responses = `${house.at}/responses`;
  const find = async (query: string) => {
    const page = await house.researcher.get(`${responses}?${query}`);
    expect(page.status).toBe(200);
    return [...page.text.matchAll(/<a href="\/studio\/[\w-]+\/responses\/A{21}(\d)(?:\?[^"]*)?">/g)]
      .map(([, digit]) => digit)
      .sort();
  };
  return { ...house, responses, find, one: `/studio/${house.study.publicId}/responses/${ID}1` };
}

/** For tests that only look. */
let untouched: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  untouched = await openDesk();
});
afterAll(() => untouched[Symbol.asyncDispose]());

test('responses are found by what was answered, where they came from, and how they ended', async () => {
  const desk = untouched;
  const { find } = desk;
  expect(await find('')).toEqual(['1', '2', '3', '4']);
  expect(await find('state=counted')).toEqual(['1', '2']);
  expect(await find('state=started')).toEqual(['3']);
  expect(await find('state=test')).toEqual(['4']);
  expect(await find('q1=city&t1=is&v1=city')).toEqual(['1', '4']);
  expect(await find('q1=city&t1=refused')).toEqual(['2']);
  expect(await find('q1=topics&t1=is&v1=Sport')).toEqual(['1']);
  expect(await find('q1=age&t1=at-least&v1=40')).toEqual(['2']);
  expect(await find('q1=age&t1=at-most&v1=40&q2=mood&t2=is&v2=8')).toEqual(['1']);
  expect(await find('q1=story&t1=contains&v1=LIFT')).toEqual(['1']);
  expect(await find('q1=story&t1=contains&v1=%25')).toEqual([]);
  expect(await find('source=newsletter&device=phone')).toEqual(['1']);
  expect(await find('attribute=region&known=North')).toEqual(['1']);
  expect(await find('attribute=region&known=South')).toEqual([]);
  expect(await find('from=2026-03-03&until=2026-03-03')).toEqual(['2']);
});

test('a filter that cannot be read is named and passed over', async () => {
  const desk = untouched;
  const page = await desk.researcher.get(
    `${desk.responses}?q1=nowhere&t1=is&v1=1&q2=age&t2=is&v2=old&wave=x&from=soon`,
  );
  expect(page.status).toBe(200);
  expect(page.text).toContain('There is no item “nowhere” in this survey, so it is passed over');
  expect(page.text).toContain('“age” is a number, and “old” is none');
  expect(page.text).toContain('“soon” is no day');
  expect(page.text).toContain('4 responses');
});

test('a day that no calendar reaches is named and passed over, on the list and in files', async () => {
  const desk = untouched;
  for (const query of ['until=%2B275760-09-13', 'from=0000-01-01', 'until=9999-12-31', 'until=2026-3-1']) {
    const page = await desk.researcher.get(`${desk.responses}?${query}`);
    expect([query, page.status]).toEqual([query, 200]);
    expect(page.text).toContain('is no day such as');
    expect((await desk.researcher.get(`${desk.responses}/file?format=csv&${query}`)).status).toBe(200);
  }
});

test('a withdrawn response loses what was written beside it, and takes no more marks, by itself or with others', async () => {
  await using desk = await openDesk();
  const at = `/studio/${desk.study.publicId}/responses/${ID}4`;
  await desk.researcher.post(`${at}/leave-out`, { reason: 'Sounds like a colleague' });
  expect((await desk.researcher.get(at)).text).toContain('Sounds like a colleague');
  await desk.researcher.post(`${desk.responses}/tests`, {});
  expect((await desk.verbatim.store.responseDesk.leftOut([`${ID}4`])).size).toBe(0);
  for (const [path, form] of [
    ['labels', { label: 'late' }],
    ['notes', { note: 'Sounded tired' }],
    ['leave-out', { reason: 'late' }],
  ] as const)
    expect([path, (await desk.researcher.post(`${at}/${path}`, form)).status]).toEqual([path, 409]);
  expect(await desk.verbatim.store.responseDesk.notes(desk.study.id, `${ID}4`)).toEqual([]);
  await desk.researcher.post(`${desk.responses}/labels`, { label: 'all', query: '' });
  const [label] = await desk.verbatim.store.responseDesk.labels(desk.study.id);
  expect(await desk.find(`label=${label?.publicId}`)).toEqual(['1', '2', '3']);
});

test('a view is kept under a name, opens the same list, and goes again', async () => {
  await using desk = await openDesk();
  const kept = await desk.researcher.post(`${desk.responses}/views`, {
    name: 'City people',
    query: 'q1=city&t1=is&v1=city',
  });
  expect(kept.location).toBe(`${desk.responses}?q1=city&t1=is&v1=city&done=view-kept`);
  const page = await desk.researcher.get(desk.responses);
  expect(page.text).toContain(`href="${desk.responses}?q1&#x3D;city&amp;t1&#x3D;is&amp;v1&#x3D;city">City people</a>`);
  const remove = /action="([^"]+views\/[\w-]+\/remove)"/.exec(page.text)?.[1] ?? '';
  await desk.researcher.post(remove, {});
  expect((await desk.researcher.get(desk.responses)).text).not.toContain('City people');
});

test('one response shows its answers, its way and its device, and no word of it runs', async () => {
  const desk = untouched;
  const page = await desk.researcher.get(desk.one);
  expect(page.status).toBe(200);
  expect(page.text).toContain('The lift was broken &lt;again&gt;');
  expect(page.text).toContain('In a city');
  expect(page.text).toContain('newsletter');
  expect(page.text).toContain('30 s');
  expect(page.text).toContain('North');
});

test('one response says in words what is stored in codes', async () => {
  await using desk = await openDesk();
  const draft = await desk.verbatim.surveys.importJson(desk.study.id, JSON.stringify(everyKind));
  await desk.verbatim.surveys.publish(draft, 1, null);
  const survey = await desk.verbatim.store.surveys.find(desk.study.id, draft.publicId);
  if (!survey) throw new Error('It is gone');
  await plantResponses(desk.verbatim, { study: desk.study, survey }, [
    {
      id: `${ID}7`,
      page: 2,
      answers: {
        plan: said('pro'),
        'reach.fullName': said('Ada'),
        tools: said(['paper']),
        'matters.t1-best': said('care'),
      },
    },
  ]);
  const { text } = await desk.researcher.get(`/studio/${desk.study.publicId}/responses/${ID}7`);
  expect(text).toContain('Which tools do you use besides Pro?');
  expect(text).not.toContain('{{');
  expect(text).toContain('Full name');
  expect(text).toContain('open address');
  // What was shown in which order is told by words as well.
  expect(text).toMatch(/<li>Which plan do you use\?<ol[^>]*>(<li><bdi>(Free|Pro|Team|Another)<\/bdi><\/li>){4}<\/ol>/);
  expect(text).not.toContain('plan:');
  expect((await desk.researcher.get(desk.one)).text).toContain('Page 3</');
});

test('labels and notes are added and taken away, and a label finds its responses', async () => {
  await using desk = await openDesk();
  expect((await desk.researcher.post(`${desk.one}/labels`, { label: 'call back' })).location).toBe(
    `${desk.one}?done=labels#labels`,
  );
  await desk.researcher.post(`${desk.one}/notes`, { note: 'Spoke of the <lift>' });
  const page = await desk.researcher.get(desk.one);
  expect(page.text).toContain('call back');
  expect(page.text).toContain('Spoke of the &lt;lift&gt;');
  const label = /labels\/([\w-]{22})\/remove/.exec(page.text)?.[1] ?? '';
  expect(await desk.find(`label=${label}`)).toEqual(['1']);
  await desk.researcher.post(`${desk.one}/labels/${label}/remove`, {});
  await desk.researcher.post(/action="([^"]+notes\/[\w-]+\/remove)"/.exec(page.text)?.[1] ?? '', {});
  const after = await desk.researcher.get(desk.one);
  expect(after.text).not.toContain('call back');
  expect(after.text).not.toContain('Spoke of');
  expect((await desk.researcher.post(`${desk.one}/labels`, { label: '  ' })).status).toBe(422);
});

test('a mark that does not fit comes back as it was typed, with what is wrong beside it', async () => {
  const desk = untouched;
  const long = `Spoke of the lift. ${'x'.repeat(20_000)}`;
  const page = await desk.researcher.post(`${desk.one}/notes`, { note: long });
  expect(page.status).toBe(422);
  expect(page.text).toContain('href="#note"');
  expect(page.text).toContain(long);
  expect(page.text).toContain('Error: ');
  expect((await desk.researcher.post(`${desk.one}/leave-out`, { reason: ' ' })).text).toContain('href="#reason"');

  const view = { name: 'x'.repeat(201), query: 'q1=city&t1=is&v1=city' };
  const list = await desk.researcher.post(`${desk.responses}/views`, view);
  expect(list.status).toBe(422);
  expect(list.text).toContain('href="#name"');
  expect(list.text).toContain(view.name);
  // The list is still the one that was looked at.
  expect(list.text).toContain('2 responses');
  const bare = await desk.researcher.post(`${desk.responses}/labels`, { label: '', query: 'q1=age&t1=at-least&v1=40' });
  expect(bare.text).toContain('href="#label"');
  expect(bare.text).toContain('1 response<');
});

test('all that match a filter are labelled at once', async () => {
  await using desk = await openDesk();
  await desk.researcher.post(`${desk.responses}/labels`, { label: 'city', query: 'q1=city&t1=is&v1=city' });
  const [label] = await desk.verbatim.store.responseDesk.labels(desk.study.id);
  expect(await desk.find(`label=${label?.publicId}`)).toEqual(['1', '4']);
});

test('what is left out counts neither in results nor in files, until it is taken back', async () => {
  await using desk = await openDesk();
  const counted = async () => (await desk.verbatim.analysis.summary(desk.survey)).n;
  const lines = async () =>
    (await desk.researcher.get(`${desk.responses}/file?format=jsonl`)).text.trim().split('\n').length;
  expect([await counted(), await lines()]).toEqual([2, 2]);
  expect((await desk.researcher.post(`${desk.one}/leave-out`, { reason: '' })).status).toBe(422);
  await desk.researcher.post(`${desk.one}/leave-out`, { reason: 'Answered by a colleague' });
  expect([await counted(), await lines()]).toEqual([1, 1]);
  expect(await desk.find('state=left-out')).toEqual(['1']);
  expect((await desk.researcher.get(desk.one)).text).toContain('Answered by a colleague');
  await desk.researcher.post(`${desk.one}/take-back`, {});
  expect([await counted(), await lines()]).toEqual([2, 2]);
});

test('test responses are taken away together, and leave a tombstone', async () => {
  await using desk = await openDesk();
  expect((await desk.researcher.get(desk.responses)).text).toContain('1 test response');
  await desk.researcher.post(`${desk.responses}/tests`, {});
  expect((await desk.researcher.get(desk.responses)).text).not.toContain('1 test response');
  const gone = await desk.researcher.get(`/studio/${desk.study.publicId}/responses/${ID}4`);
  expect(gone.text).toContain('This response was withdrawn');
  expect(gone.text).not.toContain('In a city');
  expect(await desk.find('state=counted')).toEqual(['1', '2']);
});

test('quality is looked over when asked, and its flags filter the list', async () => {
  await using desk = await openDesk();
  await plantResponses(desk.verbatim, desk, [
    { id: `${ID}5`, page: 3, answers: { story: said('asdf asdf jkl jkl qwer') } },
    {
      id: `${ID}6`,
      page: 3,
      seconds: 1,
      answers: { city: said('na'), mood: said(3), age: said(40) },
      about: { isTrapped: true },
    },
  ]);
  expect((await desk.researcher.post(`${desk.responses}/quality`, {})).status).toBe(303);
  expect(await desk.find('flag=honeypot')).toEqual(['6']);
  expect(await desk.find('flag=speeding')).toContain('6');
  expect(await desk.find('flag=gibberish')).toEqual(['5']);
  expect(await desk.find('flag=none&state=counted')).toEqual(['1', '2']);
  const page = await desk.researcher.get(desk.responses);
  expect(page.text).toContain('4 completed responses looked over');
  const one = await desk.researcher.get(`/studio/${desk.study.publicId}/responses/${ID}6`);
  expect(one.text).toContain('Filled in the field that people do not see.');
});

test('the course tells how long it took and who left where', async () => {
  const desk = untouched;
  const page = await desk.researcher.get(`${desk.responses}/course`);
  expect(page.status).toBe(200);
  expect(page.text).toContain('1 min');
  expect(page.text).toMatch(/<th scope="row"[^>]*>2\. second\s*<\/th>\s*<td[^>]*>3\s*<\/td>\s*<td[^>]*>1\s*<\/td>/);
});

test('who left is told of the same people on both pages: nobody withdrawn, nobody left out', async () => {
  await using desk = await openDesk();
  const { responseDesk, store } = desk.verbatim;
  const bases = async () => {
    const course = await desk.researcher.get(`${desk.responses}/course`);
    const field = await desk.researcher.get(`${desk.at}/fieldwork`);
    return [/Of (\d+) who began/.exec(course.text)?.[1], /out of the (\d+) that began/.exec(field.text)?.[1]];
  };
  expect(await bases()).toEqual(['3', '3']);
  const leaveOut = async (digit: number) => {
    const response = await store.responses.find(desk.study.id, `${ID}${digit}`);
    if (response) await responseDesk.leaveOut(response, 'Made up', null);
  };
  await leaveOut(2);
  expect(await bases()).toEqual(['2', '2']);
  const person = visitor(desk.url);
  const { location } = await person.post(`/s/${desk.survey.slug}`, { consent: 'analysis' });
  await person.post(`${location.split('/').slice(0, 3).join('/')}/withdraw`);
  expect((await desk.researcher.get(`${desk.at}/fieldwork`)).text).toMatch(/Withdrawn[\s\S]{0,80}>1\s/);
  expect(await bases()).toEqual(['2', '2']);
});

test('the list turns pages by key, and no response is on two of them', async () => {
  await using desk = await openDesk();
  await plantResponses(
    desk.verbatim,
    desk,
    Array.from({ length: 120 }, () => ({ answers: { city: said('village') } })),
  );
  const seen: string[] = [];
  let address: string | undefined = `${desk.responses}?q1=city&t1=is&v1=village&state=counted`;
  for (let pages = 0; address !== undefined && pages < 5; pages += 1) {
    const page = await desk.researcher.get(address);
    seen.push(
      ...[...page.text.matchAll(/<th scope="row"[^>]*><a href="[^"]+\/responses\/([\w-]{22})\?[^"]*">/g)].map(
        ([, id]) => id ?? '',
      ),
    );
    address = />Older</.test(page.text)
      ? /href="([^"]+before[^"]+)">Older/.exec(page.text)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
      : undefined;
  }
  expect(seen).toHaveLength(120);
  expect(new Set(seen).size).toBe(120);
});

test('a file is taken from the filtered list, as a download that no browser guesses at', async () => {
  const desk = untouched;
  const form = await desk.researcher.get(`${desk.responses}/export?q1=city&t1=is&v1=city`);
  expect(form.text).toContain('1 response in the file');
  const csv = await desk.researcher.get(`${desk.responses}/file?q1=city&t1=is&v1=city&format=csv&values=labels`);
  expect(csv.status).toBe(200);
  expect(csv.headers.get('content-disposition')).toContain('attachment; filename="field.csv"');
  expect(csv.headers.get('x-content-type-options')).toBe('nosniff');
  expect(csv.text.trim().split('\r\n')).toHaveLength(2);
  expect(csv.text).toContain('In a city');
  for (const format of ['xlsx', 'sav', 'sps', 'spss-csv', 'jsonl', 'codebook', 'codebook-csv'])
    expect((await desk.researcher.get(`${desk.responses}/file?format=${format}`)).status, format).toBe(200);
  expect((await desk.researcher.get(`${desk.responses}/file?format=doc`)).status).toBe(422);
});

test('a broken seal stops a file with a page that says so', async () => {
  await using desk = await openDesk();
  desk.verbatim.connection.exec(`update source_texts set text = 'What I never said' where item = 'story'`);
  const file = await desk.researcher.get(`${desk.responses}/file?format=csv`);
  expect(file.status).toBe(409);
  expect(file.text).toContain('An answer is not in the words that were kept');
  expect((await desk.researcher.get(desk.one)).text).toContain('These are not the words that were kept.');
});

test('only owners take what names people, and viewers take nothing', async () => {
  await using desk = await openDesk();
  const enter = async (role: 'viewer' | 'researcher') => {
    const email = `${role}@lab.example`;
    await desk.verbatim.accounts.add(
      { email, name: role, password: FIELD_OWNER.password },
      { isAdmin: false, role, studyId: desk.study.id },
    );
    const person = visitor(desk.url);
    await person.post('/sign-in', { email, password: FIELD_OWNER.password });
    return person;
  };
  const [viewer, researcher] = [await enter('viewer'), await enter('researcher')];
  expect((await desk.researcher.get(`${desk.responses}/file?identities=1`)).status).toBe(200);
  expect((await researcher.get(`${desk.responses}/file?identities=1`)).status).toBe(403);
  expect((await researcher.get(`${desk.responses}/file`)).status).toBe(200);
  // How long single people took is told to viewers no more than who they are.
  for (const part of ['', '/export', '/file', '/course'])
    expect((await viewer.get(`${desk.responses}${part}`)).status, part).toBe(403);
  expect((await viewer.get(desk.one)).status).toBe(403);
});

test('a file that somebody sent is downloaded under its name, and only with its own response', async () => {
  await using desk = await openDesk();
  const question = { kind: 'file' as const, code: 'proof', text: { en: 'A photo' }, accepts: ['text' as const] };
  const about = { studyId: desk.study.id, surveyId: desk.survey.id, responseId: `${ID}1` };
  const kept = await desk.verbatim.files.keepAnswer(about, question, {
    name: 'My „photo".txt',
    bytes: Buffer.from('<script>alert(1)</script>'),
  });
  if (!('file' in kept)) throw new Error('The file was not kept');
  const file = await desk.researcher.get(`${desk.one}/files/${kept.file.publicId}`);
  expect(file.status).toBe(200);
  expect(file.headers.get('content-disposition')).toMatch(
    /^attachment; filename="My _photo_\.txt"; filename\*=UTF-8''My%20%E2%80%9Ephoto%22\.txt$/,
  );
  expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  const other = `/studio/${desk.study.publicId}/responses/${ID}2/files/${kept.file.publicId}`;
  expect((await desk.researcher.get(other)).status).toBe(404);
});

test('a segment that a rule defines finds whom the rule holds for', async () => {
  await using desk = await openDesk();
  const rule = { answer: 'city', op: 'is', value: 'city' };
  const segment = await desk.verbatim.segments.define(
    desk.study,
    { name: 'City', rule, surveyId: desk.survey.id },
    null,
  );
  expect(await desk.find(`segment=${segment.publicId}`)).toEqual(['1']);
});

test('from a response one goes to the ones beside it among those that match, and back to them', async () => {
  const desk = untouched;
  const at = (digit: number) => `/studio/${desk.study.publicId}/responses/${ID}${digit}`;
  const links = (text: string) =>
    [...text.matchAll(/href="([^"]+)"[^>]*>(Previous response|Next response|All that match|All responses)</g)].map(
      ([, href, label]) => [label, href?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')],
    );
  const query = 'state=counted';
  const newest = await desk.researcher.get(`${at(2)}?${query}`);
  expect(links(newest.text)).toEqual([
    ['Next response', `${at(1)}?${query}`],
    ['All that match', `${desk.responses}?${query}`],
  ]);
  expect(links((await desk.researcher.get(`${at(1)}?${query}`)).text)[0]).toEqual([
    'Previous response',
    `${at(2)}?${query}`,
  ]);
  expect(links((await desk.researcher.get(at(3))).text)).toEqual([
    ['Previous response', at(4)],
    ['Next response', at(2)],
    ['All responses', desk.responses],
  ]);
});

test('what was done beside a response is confirmed, and the list it was opened from is kept', async () => {
  await using desk = await openDesk();
  const marked = await desk.researcher.post(`${desk.one}/labels?state=counted`, { label: 'Striking' });
  expect(marked.location).toContain('state=counted');
  const page = await desk.researcher.get(marked.location.split('#')[0] ?? '');
  expect(page.text).toMatch(/role="status">\s*<p class="notice__title">The label is on/);
  expect(page.text).toMatch(/action="[^"]+\/notes\?state[^"]+counted"/);
  const view = await desk.researcher.post(`${desk.responses}/views`, { name: 'Counted', query: 'state=counted' });
  expect((await desk.researcher.get(view.location)).text).toContain('The view is kept');
  const all = await desk.researcher.post(`${desk.responses}/labels`, { label: 'Two', query: 'state=counted' });
  expect((await desk.researcher.get(all.location)).text).toContain('2 responses have the label');
  expect((await desk.researcher.get(`${desk.responses}?done=constructor`)).text).not.toContain('notice--good');
});

test('a very long answer or note is folded up behind its beginning', async () => {
  await using desk = await openDesk();
  await plantResponses(desk.verbatim, desk, [
    { id: `${ID}7`, page: 3, answers: { story: said('word '.repeat(2_000)) } },
  ]);
  const at = `/studio/${desk.study.publicId}/responses/${ID}7`;
  await desk.researcher.post(`${at}/notes`, { note: 'n'.repeat(10_000) });
  const { text } = await desk.researcher.get(at);
  expect(text.match(/<summary>All 10,000 letters<\/summary>/g)).toHaveLength(2);
  expect((await desk.researcher.get(desk.one)).text).not.toContain('letters</summary>');
});

test('what was agreed to stands there in the words that were ticked', async () => {
  const desk = untouched;
  const { text } = await desk.researcher.get(desk.one);
  const agreed = /<dt>Agreed to<\/dt><dd[^>]*>([\s\S]*?)<\/dd>/.exec(text)?.[1] ?? '';
  expect(agreed).toContain(desk.survey.draft.consent.purposes[0]?.text['en'] ?? '?');
  expect(agreed).toContain('consent text v1');
});

test('of words beside an option that was not chosen nothing is said', async () => {
  await using desk = await openDesk();
  const { at } = await plantEveryKind(desk, { ...everyKind, code: 'beside' }, true);
  const [other, free] = await Promise.all(
    ['other', 'free'].map(async (plan) => {
      const list = await desk.researcher.get(`${at}/responses?q1=plan&t1=is&v1=${plan}`);
      const href = /<th scope="row"[^>]*><a href="([^"?]+)/.exec(list.text)?.[1] ?? '';
      return (await desk.researcher.get(href)).text;
    }),
  );
  expect(other).toContain('plan.other');
  expect(free).not.toContain('plan.other');
});

test('of a withdrawn response the page says what is kept and why', async () => {
  await using desk = await openDesk();
  await desk.researcher.post(`${desk.responses}/tests`, {});
  const { text } = await desk.researcher.get(`/studio/${desk.study.publicId}/responses/${ID}4`);
  expect(text).not.toContain('is all that is kept');
  expect(text).toContain('are shown, counted and exported nowhere any more');
  expect(text).toContain('so that fieldwork still adds up');
  expect(text).toContain('since whoever asks must be able to show it');
});
