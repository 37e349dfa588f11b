import type { ClaimSource, Portrait } from '../personas/portrait.ts';
import type { ReportSource } from './document.ts';

/** A persona as a report tells of it, beside its portrait. */
export type ToldPersona = {
  id: string;
  name: string;
  /** The researcher's sentence; empty where the portrait's own stands. */
  lede: string;
  portrait: Portrait;
  /** The researcher's wording of claims, by their ids. */
  words: Readonly<Record<string, string>>;
  /** The version the report shows, and the source that stands for it. */
  source: ReportSource;
  segmentClass: string | null;
  owner: string;
  reviewOn: string | null;
  validFor: string;
  notValidFor: string;
  retireWhen: string;
  /** What has changed since it was drawn, as of the newest thing the report was made from. */
  doubts: string[];
  /** Its people are no longer those it was drawn from. */
  isStale: boolean;
  /** What it stands on, as these readers may know it; their sources are those of whole surveys, rounds and so on. */
  standing: {
    parts: { label: string; lines: { text: string; source: ReportSource | null }[] }[];
    /** The newest first. */
    changes: { number: number; day: string; what: string }[];
  };
};
/** The source that a claim rests on, as this audience may know it. */
export type ClaimGround = (claim: ClaimSource | null, persona: ToldPersona) => ReportSource[];
