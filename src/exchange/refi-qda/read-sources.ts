import { readGuid } from './guid.ts';
import { type Marked, type Placed, placeMarks } from './places.ts';
import type { ProjectRecording, ProjectSelection, ProjectSource } from './project.ts';
import { attributeOf, partOf, partsOf, textOf, type XmlNode } from './read-xml.ts';
import { KINDS, type Kind, made, numberOf, type Reading, readCodings, targets, textAt, valuesOf } from './reading.ts';
import { rising } from './sync-points.ts';

/** The texts of a project with their passages: sources of text, and what stands for others in words. */
export function readSources(container: XmlNode | null, reading: Reading): ProjectSource[] {
  return (container?.parts ?? []).flatMap((node): ProjectSource[] => {
    const { name } = node;
    if (name === 'TextSource') return textSource(node, node, 'Texts', reading);
    if (name === 'PDFSource' || name === 'PictureSource') {
      const kind = KINDS[name];
      const text = partOf(node, name === 'PDFSource' ? 'Representation' : 'TextDescription');
      tellPlaces(node, reading);
      if (text) return textSource(node, text, kind, reading);
      reading.leftOut.push({ kind, why: 'it comes without a text' });
      leaveCodings(node, 'it is on a file without a text', reading);
      return [];
    }
    if (name === 'AudioSource' || name === 'VideoSource') {
      tellPlaces(node, reading);
      leaveCodings(node, 'it is on a recording as a whole', reading);
      const transcripts = partsOf(node, 'Transcript');
      reading.leftOut.push({
        kind: KINDS[name],
        why:
          transcripts.length > 0
            ? 'its transcript is taken over; the recording is kept beside it only where you say that they agreed to it'
            : 'it comes without a transcript',
      });
      return transcripts.flatMap((transcript) => textSource(node, transcript, 'Transcripts', reading));
    }
    return [];
  });
}

const leaveCodings = (node: XmlNode, why: string, { leftOut }: Reading): void => {
  for (const _ of partsOf(node, 'Coding')) leftOut.push({ kind: 'Codings', why });
};

/** Places on pages, in pictures and in recordings have no words that could be coded. */
function tellPlaces(node: XmlNode, reading: Reading): void {
  for (const place of partsOf(node, 'PDFSelection', 'PictureSelection', 'AudioSelection', 'VideoSelection')) {
    reading.leftOut.push({ kind: KINDS[place.name as 'PDFSelection'], why: 'it is no place in a text' });
    leaveCodings(place, 'it is on a place that is not one in a text', reading);
  }
}

/**
 * A text with its passages.
 *
 * @param owner the source, whose codes, notes and values are those of the text
 * @param node where the text stands: the source itself, its representation, or a transcript of it
 */
function textSource(owner: XmlNode, node: XmlNode, kind: Kind, reading: Reading): ProjectSource[] {
  const isTranscript = node.name === 'Transcript';
  const guid = readGuid(attributeOf(isTranscript ? node : owner, 'guid'));
  const marks = partsOf(node, 'PlainTextSelection', 'TranscriptSelection');
  const refuse = (why: string): [] => {
    reading.leftOut.push({ kind, why });
    for (const mark of marks) {
      reading.leftOut.push({ kind: 'Passages of text', why: 'its text is left out' });
      leaveCodings(mark, 'its text is left out', reading);
    }
    leaveCodings(isTranscript ? node : owner, 'its text is left out', reading);
    return [];
  };
  if (guid === null) return refuse('it has no GUID');
  let reason = 'it has no text';
  const written = textAt(node, reading, (why) => {
    reason = why;
  });
  if (written === null) return refuse(reason);

  const points = partsOf(node, 'SyncPoint').flatMap((point) => {
    const [own, position] = [readGuid(attributeOf(point, 'guid')), numberOf(point, 'position')];
    return own === null || position === null ? [] : [{ guid: own, position, ms: numberOf(point, 'timeStamp') }];
  });
  const syncPoints = new Map(points.map((point) => [point.guid, point.position]));
  const timed = points.flatMap(({ ms, ...point }) => (ms === null || ms < 0 ? [] : [{ ...point, ms }]));
  const placeOf = (mark: XmlNode, direct: string, byPoint: string): number | null =>
    mark.name === 'TranscriptSelection'
      ? (syncPoints.get(readGuid(attributeOf(mark, byPoint)) ?? '') ?? null)
      : numberOf(mark, direct);
  const usable: { mark: XmlNode; guid: string; marked: Marked }[] = [];
  for (const mark of marks) {
    const own = readGuid(attributeOf(mark, 'guid'));
    const start = placeOf(mark, 'startPosition', 'fromSyncPoint');
    const end = placeOf(mark, 'endPosition', 'toSyncPoint');
    if (own !== null && start !== null && end !== null)
      usable.push({ mark, guid: own, marked: { name: attributeOf(mark, 'name') ?? '', start, end } });
    else {
      reading.leftOut.push({ kind: 'Passages of text', why: 'it does not say where it stands' });
      leaveCodings(mark, 'its passage does not say where it stands', reading);
    }
  }
  const placed = placeMarks(
    written,
    // A point is the letter it stands before, without words of its own.
    [
      ...usable.map(({ marked }) => marked),
      ...timed.map(({ position }) => ({ name: '', start: position, end: position + 1 })),
    ],
    reading.origin,
    reading.searchLeft,
  );
  const pointsHere = timed.flatMap((point, index) => {
    const span = placed.places[usable.length + index]?.span;
    return span ? [{ ...point, position: span.start }] : [];
  });
  const name = (attributeOf(node, 'name') ?? attributeOf(owner, 'name') ?? '').trim();
  if (placed.isRecounted) reading.notes.push(recounted(name, placed.counting));
  reading.sourceKinds[guid] = kind;
  const ownerGuid = readGuid(attributeOf(owner, 'guid'));
  if (isTranscript && ownerGuid !== null && !reading.standIns.has(ownerGuid)) reading.standIns.set(ownerGuid, guid);
  const selections = usable.flatMap((one, index): ProjectSelection[] => {
    const { span, verdict } = placed.places[index] as Placed;
    if (span === null) {
      reading.leftOut.push({ kind: 'Passages of text', why: 'it lies outside of its text, or is empty' });
      leaveCodings(one.mark, 'its passage lies outside of its text, or is empty', reading);
      return [];
    }
    reading.verdicts[one.guid] = verdict;
    return [
      {
        guid: one.guid,
        name: one.marked.name,
        ...span,
        description: textOf(one.mark, 'Description').trim(),
        codings: readCodings(one.mark, reading),
        notes: targets(one.mark, 'NoteRef'),
        ...made(one.mark),
      },
    ];
  });
  return [
    {
      guid,
      name,
      description: textOf(node, 'Description').trim() || textOf(owner, 'Description').trim(),
      text: placed.text,
      selections,
      codings: isTranscript ? [] : readCodings(owner, reading),
      notes: [...new Set([...targets(owner, 'NoteRef'), ...targets(node, 'NoteRef')])],
      values: valuesOf(owner),
      syncPoints: rising(pointsHere),
      recording: isTranscript ? recordingOf(owner) : null,
      ...(made(node).at === null ? made(owner) : made(node)),
    },
  ];
}

function recordingOf(owner: XmlNode): ProjectRecording | null {
  const guid = readGuid(attributeOf(owner, 'guid'));
  if (guid === null) return null;
  return {
    guid,
    name: (attributeOf(owner, 'name') ?? '').trim(),
    kind: owner.name === 'VideoSource' ? 'Video' : 'Audio',
    file: /^internal:\/\/(.+)$/i.exec((attributeOf(owner, 'path') ?? '').trim())?.[1] ?? null,
  };
}

const recounted = (name: string, { lineEnds, units, shift }: ReturnType<typeof placeMarks>['counting']): string =>
  `In “${name}” places are counted ${[
    lineEnds === 'one' ? 'with every line’s end as one' : lineEnds === 'two' ? 'with every line’s end as two' : '',
    units === 'UTF-16' ? 'in units of UTF-16' : '',
    shift > 0 ? `from ${shift} instead of 0` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')}; they were counted anew, and agree with their quotes`;
