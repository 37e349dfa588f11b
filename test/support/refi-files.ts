import { packZip } from './pack-zip.ts';

export const GUIDS = {
  ada: '11111111-1111-4111-8111-111111111111',
  price: '22222222-2222-4222-8222-222222222222',
  segment: '33333333-3333-4333-8333-333333333333',
  person: '44444444-4444-4444-8444-444444444444',
  talk: '55555555-5555-4555-8555-555555555555',
  passage: '66666666-6666-4666-8666-666666666666',
  coding: '77777777-7777-4777-8777-777777777777',
  memo: '88888888-8888-4888-8888-888888888888',
  wave: '99999999-9999-4999-8999-999999999999',
} as const;

export const NAMESPACE = 'xmlns="urn:QDA-XML:project:1.0"';
export const TALK_TEXT = "Ada: It's too dear for me.\n";

/** A project of everything, small: one interview with one coded passage, a memo, a case with a variable, a set. */
export const WHOLE_PROJECT = `<?xml version="1.0" encoding="utf-8"?>
<Project ${NAMESPACE} name="Checkout" origin="Another program 2" creatingUserGUID="${GUIDS.ada}" creationDateTime="2026-01-05T09:00:00Z">
<Users><User guid="${GUIDS.ada}" name="Ada"/></Users>
<CodeBook><Codes><Code guid="${GUIDS.price}" name="Price anxiety" isCodable="true" color="#CC0066"/></Codes></CodeBook>
<Variables><Variable guid="${GUIDS.segment}" name="segment" typeOfVariable="Text"/></Variables>
<Cases><Case guid="${GUIDS.person}" name="P07"><VariableValue><VariableRef targetGUID="${GUIDS.segment}"/><TextValue>Cautious planner</TextValue></VariableValue><SourceRef targetGUID="${GUIDS.talk}"/></Case></Cases>
<Sources><TextSource guid="${GUIDS.talk}" name="P07 interview" plainTextPath="internal://${GUIDS.talk}.txt" creatingUser="${GUIDS.ada}" creationDateTime="2026-01-05T09:00:00Z">
<PlainTextSelection guid="${GUIDS.passage}" name="too dear" startPosition="10" endPosition="18" creatingUser="${GUIDS.ada}" creationDateTime="2026-01-05T09:05:00Z"><Description>said while laughing</Description>
<Coding guid="${GUIDS.coding}" creatingUser="${GUIDS.ada}" creationDateTime="2026-01-05T09:05:00Z"><CodeRef targetGUID="${GUIDS.price}"/></Coding></PlainTextSelection>
<NoteRef targetGUID="${GUIDS.memo}"/></TextSource></Sources>
<Notes><Note guid="${GUIDS.memo}" name="Memo 1" creatingUser="${GUIDS.ada}" creationDateTime="2026-01-05T09:06:00Z"><PlainTextContent>Price came up unprompted.</PlainTextContent></Note></Notes>
<Sets><Set guid="${GUIDS.wave}" name="Wave 1"><MemberSource targetGUID="${GUIDS.talk}"/></Set></Sets>
<Description>A small project</Description>
</Project>`;

export const WHOLE_CODEBOOK = `<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Another program 2">
<Codes><Code guid="0b1f3c2e-7a44-4c1d-9a52-6f1f0b7d1a01" name="Barriers" isCodable="false"><Description>Reasons not to buy</Description>
<Code guid="0b1f3c2e-7a44-4c1d-9a52-6f1f0b7d1a02" name="Dear" isCodable="true" color="#C06"/></Code></Codes>
<Sets><Set guid="0b1f3c2e-7a44-4c1d-9a52-6f1f0b7d1a03" name="Five Rings"><MemberCode guid="0b1f3c2e-7a44-4c1d-9a52-6f1f0b7d1a02"/></Set></Sets>
</CodeBook>`;

export const packQdpx = (
  xml: string,
  texts: Readonly<Record<string, string | Uint8Array>> = { [`sources/${GUIDS.talk}.txt`]: TALK_TEXT },
  document = 'project.qde',
): Uint8Array =>
  packZip([{ name: document, content: xml }, ...Object.entries(texts).map(([name, content]) => ({ name, content }))]);

/** A project with one text, and what its source holds. */
export const oneText = (
  inner: string,
  {
    origin = 'Another program 2',
    before = '',
    after = '',
    codes = '',
  }: Partial<Record<'origin' | 'before' | 'after' | 'codes', string>> = {},
): string => `<?xml version="1.0" encoding="utf-8"?>
<Project ${NAMESPACE} name="Quirks" origin="${origin}"><Users><User guid="${GUIDS.ada}" name="Ada"/></Users>
<CodeBook><Codes><Code guid="${GUIDS.price}" name="Price anxiety" isCodable="true"/>${codes}</Codes></CodeBook>${before}
<Sources><TextSource guid="${GUIDS.talk}" name="P07 interview" plainTextPath="internal://${GUIDS.talk}.txt">${inner}</TextSource></Sources>${after}</Project>`;

export const coded = (start: number, end: number, name = '', guid: string = GUIDS.passage): string =>
  `<PlainTextSelection guid="${guid}" name="${name}" startPosition="${start}" endPosition="${end}"><Coding guid="${guid.replace(/^./, 'c')}"><CodeRef targetGUID="${GUIDS.price}"/></Coding></PlainTextSelection>`;
