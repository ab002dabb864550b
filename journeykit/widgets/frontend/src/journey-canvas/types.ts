import type { Json } from "../lib/kernel";
import type { BaseState } from "../lib/mount";

/** A node of a definition as the kernel writes it: its own fields, and the ways on. */
export interface NodeJson {
  kind: string;
  id: string;
  next?: string;
  late?: string;
  cases?: CaseJson[];
  variants?: VariantJson[];
  segment?: SegmentJson;
  [field: string]: unknown;
}

export interface CaseJson {
  name: string;
  when: Json;
  next: string;
}

export interface VariantJson {
  name: string;
  weight: string;
  next: string;
}

export interface SegmentJson {
  name: string;
  where: Json;
  title?: string;
  title_zh?: string;
}

export interface Definition {
  name: string;
  stage: string;
  title?: string;
  title_zh?: string;
  goal?: { expression: Json; within_days: number };
  exit_when?: Json;
  nodes: NodeJson[];
  [field: string]: unknown;
}

export type Places = Record<string, [number, number]>;

export interface Told {
  head: string;
  detail: string;
  sentence: string;
  ways: { name: string; condition: string }[];
}

export interface Finding {
  severity: "error" | "warning";
  node: string;
  text: string;
}

export interface CanvasState extends BaseState {
  revision: number;
  definition: Definition;
  told: Record<string, Told>;
  rules: { title: string; goal: string; exit_when: string };
  findings: Finding[];
  places: Places;
  saved: boolean;
  read_only: boolean;
  demo: boolean;
}

export interface Field {
  name: string;
  label: string;
  needed: boolean;
  input: "choice" | "whole" | "number" | "date" | "text" | "rule";
  options: { name: string; title: string }[];
  minimum?: number;
  maximum?: number;
}

export interface Choices {
  forms: Record<string, Field[]>;
  channels: { name: string; title: string; to: string; capacity: number | null }[];
  offers: { name: string; title: string; line: string; until: string; over: boolean }[];
  marks: string[];
  days: { name: string; title: string }[];
  in_flight: Record<string, string>;
  authors: string[];
  today: string;
}

export interface Load {
  name: string;
  title: string;
  people: number;
  capacity: number | null;
}

export interface Numbers {
  revision: number;
  problem: string;
  as_of: string;
  members: number;
  looked_at: number;
  goal_met: number;
  exit_met: number;
  control: number;
  nodes: Record<string, number>;
  ways: Record<string, number[]>;
  loads: Load[];
}

export interface Live {
  version: string;
  state: string;
  changes: { kind: "added" | "removed" | "changed"; what: string; name: string; text: string }[];
  people: Record<string, number>;
  leads: Record<string, number>;
}

export interface TableJson {
  title: string;
  columns: string[];
  rows: string[][];
}

export interface Replay {
  revision: number;
  days: string[];
  standing: Record<string, number[]>;
  arrived: Record<string, number[]>;
  leads: Record<string, number[]>;
  tables: TableJson[];
  notes: string[];
}
