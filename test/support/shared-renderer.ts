import { createRenderer, type Renderer } from '../../src/render/renderer.ts';
import { templatesFolder, viewsFolder } from '../../src/verbatim.ts';

let made: Renderer | null = null;

/** One renderer for every house of the process: it keeps no state but the views it has parsed, and parsing costs most. */
export function sharedRenderer(): Renderer {
  made ??= createRenderer({ viewsFolder, templatesFolder });
  return made;
}
