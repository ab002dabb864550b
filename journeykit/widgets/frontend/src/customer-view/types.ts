import type { BaseState } from "../lib/mount";

/** A lead in the reader's words. */
export interface Lead {
  id: string;
  customer: string;
  strategy: string;
  offer: string;
  channel: string;
  why: string;
  /** Title and value of what it was decided by. */
  facts: [string, string][];
  say: string;
  value: string;
  not_before: string;
  due: string;
  manager: string;
  delivery: string;
  status: string;
  status_word: string;
  /** When, and what was reported. */
  outcomes: [string, string][];
}

interface Day extends BaseState {
  as_of: string;
  contact_date: string;
  who: string;
}

export interface Customer extends Day {
  kind: "customer";
  profile: { name: string; title: string; value: string }[];
  holdings: { columns: string[]; numbers: boolean[]; rows: { closed: boolean; cells: string[] }[] };
  leads: Lead[];
}

export interface Segment extends Day {
  kind: "segment";
  title: string;
  rule: string;
  size: number;
  everyone: number;
  profile: {
    title: string;
    group: string;
    base: string;
    lift: string;
    apart: string;
    used: boolean;
    bar: number;
  }[];
  spreads: { title: string; bars: { label: string; group: number; base: number }[] }[];
  notes: string[];
}

export type State = Customer | Segment;

export const KINDS = ["txn", "event", "contact", "journey", "lead", "receipt"] as const;
export type Kind = (typeof KINDS)[number];

export interface Entry {
  kind: Kind;
  day: string;
  time: string;
  title: string;
  details: string[];
  amount: string;
}

export interface Page {
  entries: Entry[];
  more: boolean;
  /** So many are shown at most. */
  most: number;
}

export interface Tags {
  tags: {
    name: string;
    title: string;
    meaning: string;
    family: string;
    value: string;
    known: boolean;
  }[];
  /** So many are of a privacy class that is not shown. */
  withheld: number;
}
