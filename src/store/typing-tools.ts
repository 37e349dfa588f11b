import type { Kysely, Selectable } from 'kysely';
import { TypingTool } from '../model/typing-tool.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

type Row = Selectable<Tables['typingTools']>;
export type KeptTypingTool = Omit<Row, 'tool'> & { tool: TypingTool };
export type NewTypingTool = Pick<Row, 'segmentationId' | 'version' | 'runId' | 'name' | 'tool' | 'seed' | 'createdBy'>;

const asKept = (row: Row): KeptTypingTool => ({ ...row, tool: TypingTool.parse(JSON.parse(row.tool)) });

/** A new tool as its row: a draft. */
export const typingToolRow = (tool: NewTypingTool, at: string) => ({
  ...tool,
  publicId: newPublicId(),
  createdAt: at,
  publishedBy: null,
  publishedAt: null,
});

/** Typing tools of segmentations. */
export function typingToolStore(db: Kysely<Tables>) {
  return {
    /** The newest first. */
    list: async (segmentationId: number): Promise<KeptTypingTool[]> =>
      (
        await db
          .selectFrom('typingTools')
          .selectAll()
          .where('segmentationId', '=', segmentationId)
          .orderBy('id', 'desc')
          .limit(50)
          .execute()
      ).map(asKept),
    find: async (segmentationId: number, publicId: string): Promise<KeptTypingTool | null> => {
      const row = await db
        .selectFrom('typingTools')
        .selectAll()
        .where('segmentationId', '=', segmentationId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asKept(row) : null;
    },
    findById: async (id: number): Promise<KeptTypingTool | null> => {
      const row = await db.selectFrom('typingTools').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? asKept(row) : null;
    },
    ofRun: async (runId: number): Promise<KeptTypingTool | null> => {
      const row = await db.selectFrom('typingTools').selectAll().where('runId', '=', runId).executeTakeFirst();
      return row ? asKept(row) : null;
    },
    add: async (tool: NewTypingTool, at: string): Promise<KeptTypingTool> =>
      asKept(
        await db.insertInto('typingTools').values(typingToolRow(tool, at)).returningAll().executeTakeFirstOrThrow(),
      ),
    publish: async (id: number, publishedBy: number | null, at: string): Promise<void> => {
      await db
        .updateTable('typingTools')
        .set({ publishedBy, publishedAt: at })
        .where('id', '=', id)
        .where('publishedAt', 'is', null)
        .execute();
    },
  };
}
