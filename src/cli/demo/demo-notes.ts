import { promptsOf } from '../../model/guide.ts';
import type { KeptGuide } from '../../services/guides.ts';
import type { Interview } from '../../store/notes.ts';
import type { Study } from '../../store/studies.ts';
import type { Verbatim } from '../../verbatim.ts';
import type { DemoInterview } from './demo-files.ts';

const BEGAN_AT = 'T10:00:00.000Z';
const LASTED_MS = 42 * 60_000;

/** What was written while somebody talked, which questions were asked, and the thanks afterwards. */
export async function takeDemoNotes(
  { interviewNotes, interviews, store }: Verbatim,
  study: Study,
  interview: Interview,
  { notes = [], asked = 0 }: DemoInterview,
  { guide }: KeptGuide,
): Promise<void> {
  if (notes.length === 0) return;
  const startedAt = `${interview.heldOn}${BEGAN_AT}`;
  await store.interviewNotes.setTalk(interview, {
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + LASTED_MS).toISOString(),
  });
  const held = (await store.notes.findInterview(study.id, interview.publicId)) ?? interview;
  for (const { at, text } of notes) {
    const [minutes = 0, seconds = 0] = at.split(':').map(Number);
    const atMs = (minutes * 60 + seconds) * 1000;
    await interviewNotes.write(study, held, { text, entry: null, backDated: 0, atMs }, null);
  }
  for (const { id } of promptsOf(guide).slice(0, asked)) await interviewNotes.tick(held, guide, id, true, null);
  await interviews.setState(study, held, { state: 'thanked', note: 'A voucher, by post' }, null);
}
