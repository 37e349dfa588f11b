/** What a mark is for, so that each format may choose its own ink: paper is light, and may be printed without colour. */
export type Ink = 'ink' | 'soft' | 'line' | 'track' | 'accent' | 'surface' | `seg-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

/** Marks of a finished drawing, in points from its upper left corner. */
export type Mark =
  | { kind: 'line'; x1: number; y1: number; x2: number; y2: number; ink: Ink; width: number; isDashed?: boolean }
  | { kind: 'rect'; x: number; y: number; width: number; height: number; fill: Ink; radius?: number; pattern?: number }
  | { kind: 'circle'; cx: number; cy: number; r: number; fill: Ink }
  | { kind: 'polyline'; points: readonly (readonly [number, number])[]; ink: Ink; width: number }
  | {
      kind: 'text';
      x: number;
      /** Of the baseline. */
      y: number;
      text: string;
      size: number;
      anchor: 'start' | 'middle' | 'end';
      ink: Ink;
      isStrong?: boolean;
    };

/** A chart drawn at a width that is known: for paper, slides and pictures. */
export type Drawing = { width: number; height: number; marks: Mark[]; title: string; description: string };
