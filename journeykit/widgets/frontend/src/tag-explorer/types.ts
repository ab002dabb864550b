import type { BaseState } from "../lib/mount";

/** A tag as the list shows it. */
export interface Line {
  name: string;
  title: string;
  family: string;
  unit: string;
  built: boolean;
}

export interface Catalogue {
  tags: Line[];
  /** Each family's name and its words. */
  families: [string, string][];
}

interface Bar {
  label: string;
  count: number;
  missing: boolean;
}

export interface Named {
  name: string;
  title: string;
  direct: boolean;
}

export interface Chosen extends Line {
  description: string;
  type: string;
  kind: string;
  owner: string;
  sensitivity: string;
  days: number | null;
  rule: string;
  /** What the build lacks to have it; empty when it has it. */
  missing: string;
  distribution: { customers: number; bars: Bar[]; quantiles: string[] } | null;
  lineage: {
    columns: { name: string; subject: string; title: string; through: string[] }[];
    uses: Named[];
    used_by: Named[];
  };
  sources: { title: string; newest: string }[];
  users: { segment: Named[]; strategy: Named[]; model: Named[] };
}

export interface State extends BaseState {
  as_of: string;
  build: string;
  count: number;
  chosen: Chosen | null;
}
