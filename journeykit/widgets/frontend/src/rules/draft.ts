import type { RuleGroupType, RuleType } from "react-querybuilder";
import {
  BARE,
  COMPARING,
  EVENT,
  type EventKind,
  type Field,
  isNumber,
  KEPT,
  LISTED,
  operatorsOf,
  PAIRED,
  SEQUENCE,
  type Type,
} from "./catalogue";
import {
  type Comparison,
  type EventRule,
  type Group,
  isEvent,
  isGroup,
  isSequence,
  type Mode,
  type Node,
  type Operand,
  type Rule,
  type SequenceRule,
} from "./tree";

/** A group under the editor; `held` was empty when it came, and an empty one means something. */
export type DraftGroup = RuleGroupType & { id: string; held?: boolean };

/** What stands in the value of a rule about events. */
export interface DraftEvent {
  mode: Mode;
  threshold: number | "";
  where: DraftGroup;
  within_days: number | "";
  since_entry: boolean;
  every_days: number | "";
}

export interface DraftStep extends DraftEvent {
  id: string;
  event: string;
}

/** What stands in the value of a rule about a sequence. */
export interface DraftSequence {
  steps: DraftStep[];
  without: DraftStep | null;
  within_days: number | "";
  since_entry: boolean;
}

export interface Known {
  fields: Field[];
  events: EventKind[];
}

export const newId = () => crypto.getRandomValues(new Uint32Array(2)).join("-");

export const newGroup = (): DraftGroup => ({ id: newId(), combinator: "and", not: false, rules: [] });

export const newEvent = (): DraftEvent => ({
  mode: "atLeast",
  threshold: 1,
  where: newGroup(),
  within_days: 30,
  since_entry: false,
  every_days: "",
});

export const newStep = (event: string): DraftStep => ({ ...newEvent(), id: newId(), event, within_days: "" });

export const newSequence = (): DraftSequence => ({
  steps: [newStep("view"), newStep("apply")],
  without: null,
  within_days: 30,
  since_entry: false,
});

/** A tree as the editor holds it; what it has no control for is kept whole. */
export function toDraft(tree: Group, known: Known): DraftGroup {
  const rules = tree.rules.map((part) => (isGroup(part) ? toDraft(part, known) : ruleToDraft(part, known)));
  const held = rules.length ? {} : { held: true };
  return { id: newId(), combinator: tree.combinator, not: tree.not, rules, ...held };
}

function ruleToDraft(rule: Rule, known: Known): RuleType {
  const id = newId();
  if (isSequence(rule)) {
    const { field, operator, steps, without, within_days, since_entry } = rule;
    const drafts = [...steps, ...(without ? [without] : [])].map((step) => stepToDraft(step, known));
    if (drafts.some((step) => !step)) return kept(rule);
    const value = {
      steps: drafts.slice(0, steps.length),
      without: without ? drafts[steps.length] : null,
      within_days: within_days ?? "",
      since_entry,
    };
    return { id, field, operator, value };
  }
  if (isEvent(rule)) {
    const value = eventToDraft(rule, known);
    return value ? { id, field: rule.field, operator: "=", value } : kept(rule);
  }
  const field = known.fields.find((one) => one.name === rule.field);
  if (!field || !hasControl(rule, field, known)) return kept(rule);
  return {
    id,
    field: field.name,
    operator: rule.operator,
    value: rule.value,
    valueSource: rule.valueSource ?? "value",
  };
}

const kept = (rule: Rule): RuleType => ({ id: newId(), field: KEPT, operator: "=", value: rule });

function stepToDraft(rule: EventRule, known: Known): DraftStep | null {
  const draft = eventToDraft(rule, known);
  return draft && { ...draft, id: newId(), event: rule.field.slice(EVENT.length) };
}

/** The conditions of an event stand or fall together: there are no words for a part of them. */
function eventToDraft(rule: EventRule, known: Known): DraftEvent | null {
  const event = known.events.find((one) => EVENT + one.name === rule.field);
  const where = event && toDraft(rule.value, { fields: event.columns, events: [] });
  if (!where || holds(where, (one) => one.field === KEPT)) return null;
  return {
    ...rule.match,
    where,
    within_days: rule.within_days ?? "",
    since_entry: rule.since_entry ?? false,
    every_days: rule.every_days ?? "",
  };
}

function holds(group: DraftGroup, sought: (rule: RuleType) => boolean): boolean {
  return group.rules.some((part) => ("rules" in part ? holds(part as DraftGroup, sought) : sought(part)));
}

function hasControl(rule: Comparison, field: Field, known: Known): boolean {
  if (!operatorsOf(field.type).includes(rule.operator)) return false;
  if (BARE.has(rule.operator)) return true;
  const values = Array.isArray(rule.value) ? rule.value : [rule.value];
  if (rule.valueSource === "field")
    return values.every((value) => known.fields.some((one) => one.name === value));
  return values.every((value) => value !== null && fits(value, field.type));
}

const PLAIN: Record<string, Type[]> = {
  boolean: ["boolean"],
  number: ["integer", "decimal", "rate"],
  string: ["text"],
};

function fits(value: Operand, type: Type): boolean {
  if (typeof value !== "object") return Boolean(PLAIN[typeof value]?.includes(type));
  if (value.node !== "value") return false;
  return value.type === type || (isNumber(type) && isNumber(value.type as Type));
}

/** The tree of a draft without its unfinished rules, and the ids of these. */
export function toTree(draft: DraftGroup, known: Known): { tree: Group; unfinished: Set<string> } {
  const unfinished = new Set<string>();
  const tree = groupToTree(draft, known, unfinished);
  return { tree: tree ?? { combinator: "and", not: false, rules: [] }, unfinished };
}

function groupToTree(draft: DraftGroup, known: Known, unfinished: Set<string>): Group | null {
  const rules = draft.rules.flatMap((part) => {
    const made =
      "rules" in part
        ? groupToTree(part as DraftGroup, known, unfinished)
        : ruleToTree(part as RuleType, known, unfinished);
    if (!made && !("rules" in part) && part.id) unfinished.add(part.id);
    return made ?? [];
  });
  if (!rules.length && !(draft.held && !draft.rules.length)) return null;
  return { combinator: draft.combinator === "or" ? "or" : "and", not: Boolean(draft.not), rules };
}

function ruleToTree(rule: RuleType, known: Known, unfinished: Set<string>): Rule | null {
  if (rule.field === KEPT) return rule.value;
  if (rule.field === SEQUENCE) return sequenceToTree(rule, known, unfinished);
  if (rule.field.startsWith(EVENT))
    return eventToTree(rule.field.slice(EVENT.length), rule.value, known, unfinished);
  const field = known.fields.find((one) => one.name === rule.field);
  if (!field) return null;
  if (BARE.has(rule.operator)) return { field: field.name, operator: rule.operator, value: null };
  const valueSource = rule.valueSource === "field" && COMPARING.has(rule.operator) ? "field" : "value";
  const read = (value: unknown) =>
    valueSource === "field" ? (value as string) || null : constant(value, field.type);
  const given = shaped(rule.value, rule.operator);
  const values = Array.isArray(given) ? given.map(read) : read(given);
  if (values === null || (Array.isArray(values) && values.includes(null))) return null;
  return { field: field.name, operator: rule.operator, value: values as Operand | Operand[], valueSource };
}

function sequenceToTree(rule: RuleType, known: Known, unfinished: Set<string>): SequenceRule | null {
  const { steps, without, within_days, since_entry } = rule.value as DraftSequence;
  const made = steps.map((step) => eventToTree(step.event, step, known, unfinished));
  const last = without && eventToTree(without.event, without, known, unfinished);
  if (made.some((step) => !step) || made.length < 2 || (without && !last)) return null;
  return {
    field: SEQUENCE,
    operator: rule.operator === "isNotTrue" ? "isNotTrue" : "isTrue",
    steps: made as EventRule[],
    without: last,
    within_days: since_entry ? null : within_days || null,
    since_entry,
  };
}

function eventToTree(
  name: string,
  draft: DraftEvent,
  known: Known,
  unfinished: Set<string>,
): EventRule | null {
  const event = known.events.find((one) => one.name === name);
  if (!event || draft.threshold === "") return null;
  const where = groupToTree(draft.where, { fields: event.columns, events: [] }, unfinished);
  const within = draft.since_entry ? "" : draft.within_days;
  return {
    field: EVENT + name,
    operator: "=",
    match: { mode: draft.mode, threshold: draft.threshold },
    value: where ?? { combinator: "and", not: false, rules: [] },
    ...(within === "" ? {} : { within_days: within }),
    ...(draft.since_entry ? { since_entry: true } : {}),
    ...(draft.every_days === "" || within === "" ? {} : { every_days: draft.every_days }),
  };
}

/** A value in the shape that an operator takes: one, two, or a list. */
export function shaped(value: unknown, operator: string): unknown {
  const empty = value === "" || value === null || value === undefined;
  if (LISTED.has(operator)) return empty ? "" : Array.isArray(value) ? value : [value];
  if (PAIRED.has(operator)) {
    const [low = "", high = ""] = Array.isArray(value) ? value : [empty ? "" : value];
    return [low, high];
  }
  return Array.isArray(value) ? (value[0] ?? "") : (value ?? "");
}

const WHOLE = /^-?\d{1,15}$/;
const DECIMAL = /^-?\d{1,18}(\.\d{1,18})?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/** What somebody typed, as the constant that it is; null where it is none. */
export function constant(value: unknown, type: Type): Operand | null {
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (value && typeof value === "object") return value as Node;
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (type === "text") return text || null;
  if (isNumber(type)) {
    if (WHOLE.test(text)) return Number(text);
    return DECIMAL.test(text) ? { node: "value", type: "decimal", value: text } : null;
  }
  if (type === "date") return DAY.test(text) ? { node: "value", type, value: text } : null;
  if (type === "timestamp") return TIME.test(text) ? { node: "value", type, value: text } : null;
  return null;
}

/** A constant as it stands in an input. */
export function asText(value: unknown): string {
  if (value && typeof value === "object" && "value" in value) return String(value.value);
  return value === null || value === undefined ? "" : String(value);
}
