import { statfs } from 'node:fs/promises';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';

/** Less than this share of the disk free, and Verbatim is not ready for more. */
const DISK_FREE_MIN = 0.05;

/** For whatever watches over the server: is the process alive, and can it take an answer? */
export function healthDoor(door: Doorway, house: House): void {
  /** Never touches the disk: a process that waits for one is still alive. */
  door.get('/livez', 'anyone', (_visit, _req, res) => {
    res.json({ status: 'alive' });
  });

  door.get('/readyz', 'anyone', async (_visit, _req, res) => {
    const faults = await faultsOf(house);
    res.status(faults.length > 0 ? 503 : 200).json({ status: faults.length > 0 ? 'not ready' : 'ready', faults });
  });
}

/** What keeps Verbatim from taking an answer just now; empty when nothing does. */
export async function faultsOf({ verbatim, isOpen }: House): Promise<string[]> {
  const faults: string[] = [];
  if (!isOpen()) faults.push('shutting down');
  if (!verbatim.logs.isAlive()) faults.push('the writer has stopped');
  faults.push(...(await verbatim.probe()));
  const disk = await statfs(verbatim.folder);
  if (disk.bavail / disk.blocks < DISK_FREE_MIN) faults.push('the disk is almost full');
  return faults;
}
