import { projectFile } from '../../exchange/refi-qda/read-archive.ts';
import { readCodebook, readProject } from '../../exchange/refi-qda/read-project.ts';
import type { ReadProject } from '../../exchange/refi-qda/reading.ts';

export type ReadProjectArgs = { format: 'qdpx' | 'qdc'; bytes: Uint8Array };

/** Reads a project or codebook of another program beside the server, since a large one takes seconds. */
export const readProjectTask = async (_: unknown, { format, bytes }: ReadProjectArgs): Promise<ReadProject> =>
  format === 'qdpx' ? readProject(bytes) : readCodebook(bytes);

export type ReadProjectFileArgs = { bytes: Uint8Array; file: string; most: number };

/** Unpacks one file of a project; null where it is not there or larger than `most` bytes. */
export const readProjectFileTask = async (
  _: unknown,
  { bytes, file, most }: ReadProjectFileArgs,
): Promise<Uint8Array | null> => projectFile(bytes, file, most);
