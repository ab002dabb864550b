import type { Json } from "../lib/kernel";

/** A constant of another type than JSON has, or any other part of the language, in its own JSON form. */
export type Node = { node: string; [key: string]: Json };
type Plain = boolean | number | string;
export type Operand = Plain | Node;

/** A field, an operator and a value; as the kernel's rule trees have it. */
export interface Comparison {
  field: string | Node;
  operator: string;
  value: Operand | Operand[] | null;
  valueSource?: "value" | "field";
}

/** What customers did: how often, which of it, and when. */
export interface EventRule {
  field: string;
  operator: "=";
  match: { mode: Mode; threshold: number };
  value: Group;
  valueSource?: "value";
  within_days?: number;
  since_entry?: boolean;
  every_days?: number;
}

/** Things done one after the other; each step is an event that happened so often or more. */
export interface SequenceRule {
  field: "sequence";
  operator: "isTrue" | "isNotTrue";
  steps: EventRule[];
  without: EventRule | null;
  within_days: number | null;
  since_entry: boolean;
}

export type Rule = Comparison | EventRule | SequenceRule;
export type Mode = "atLeast" | "atMost" | "exactly";

export interface Group {
  combinator: "and" | "or";
  not: boolean;
  rules: (Rule | Group)[];
}

/** Everyone. */
export const isGroup = (part: Rule | Group): part is Group => "rules" in part;
export const isEvent = (rule: Rule): rule is EventRule => "match" in rule;
export const isSequence = (rule: Rule): rule is SequenceRule => "steps" in rule;
