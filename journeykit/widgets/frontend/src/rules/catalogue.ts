import { createContext, useContext, useEffect, useState } from "react";
import type { Kernel } from "../lib/kernel";

export type Type = "text" | "integer" | "decimal" | "rate" | "boolean" | "date" | "timestamp";

/** Something with a value: a tag, or a column of an event. */
export interface Field {
  name: string;
  title: string;
  /** The title in the other language, to be found by. */
  also: string;
  type: Type;
  unit: string;
  /** What it may be and what that is called; empty when it may be anything. */
  values: [value: string, title: string][];
}

export interface Tag extends Field {
  family: string;
}

export interface EventKind {
  name: string;
  title: string;
  also: string;
  columns: Field[];
}

/** All that a rule can be about, as the kernel tells it. */
export interface Catalogue {
  families: [name: string, title: string][];
  tags: Tag[];
  events: EventKind[];
}

export type Purpose = "segment" | "journey";

/** What the controls of an editor have in common. */
export interface Setting {
  kernel: Kernel<unknown>;
  catalogue: Catalogue;
  purpose: Purpose;
  /** The event whose columns the rules are about; none where they are about customers. */
  event: EventKind | null;
}

export const SettingContext = createContext<Setting | null>(null);

export function useSetting(): Setting {
  const setting = useContext(SettingContext);
  if (!setting) throw new Error("a control of rules stands outside an editor");
  return setting;
}

/** The catalogue, asked for once per widget. */
export function useCatalogue(kernel: Kernel<unknown>, failed: (problem: unknown) => void): Catalogue | null {
  const [catalogue, setCatalogue] = useState<Catalogue | null>(null);
  useEffect(() => {
    let gone = false;
    kernel.once<Catalogue>("fields").then((found) => !gone && setCatalogue(found), failed);
    return () => {
      gone = true;
    };
  }, [kernel, failed]);
  return catalogue;
}

/** What the rules of an editor are about: the tags, or the columns of an event. */
export const fieldsOf = ({ catalogue, event }: Pick<Setting, "catalogue" | "event">): Field[] =>
  event ? event.columns : catalogue.tags;

export const EVENT = "did.";
export const SEQUENCE = "sequence";
/** Stands for a rule that there is no editor for, which is kept as it is. */
export const KEPT = "kept";

const ORDER = ["=", "!=", "<", "<=", ">", ">=", "between", "notBetween"];
const LISTS = ["in", "notIn"];
const MISSING = ["null", "notNull"];
const LOOKS = ["contains", "doesNotContain", "beginsWith", "doesNotBeginWith", "endsWith", "doesNotEndWith"];

const OPERATORS: Record<Type, string[]> = {
  boolean: ["isTrue", "isNotTrue", "=", "!=", ...MISSING],
  text: ["=", "!=", ...LISTS, ...LOOKS, ...MISSING, "<", "<=", ">", ">=", "between", "notBetween"],
  integer: [...ORDER, ...LISTS, ...MISSING],
  decimal: [...ORDER, ...LISTS, ...MISSING],
  rate: [...ORDER, ...LISTS, ...MISSING],
  date: [...ORDER, ...LISTS, ...MISSING],
  timestamp: [...ORDER, ...LISTS, ...MISSING],
};

/** The operators that go with a field, the most usual first. */
export const operatorsOf = (type: Type): string[] => OPERATORS[type];

export const BARE = new Set([...MISSING, "isTrue", "isNotTrue"]);
export const LISTED = new Set(LISTS);
export const PAIRED = new Set(["between", "notBetween"]);
/** Those that compare with another field too. */
export const COMPARING = new Set(ORDER);

export const isNumber = (type: Type): boolean => type === "integer" || type === "decimal" || type === "rate";

/** The operator that a newly chosen field starts with. */
export function firstOperator(field: Field): string {
  if (field.type === "boolean") return "isTrue";
  if (field.type === "text") return field.values.length ? "in" : "=";
  return ">=";
}
