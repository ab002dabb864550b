import { describe, expect, it } from "vitest";
import type { EventKind, Field, Type } from "./catalogue";
import { constant, newEvent, newSequence, shaped, toDraft, toTree } from "./draft";
import type { Group, Rule } from "./tree";

const field = (name: string, type: Type, values: string[] = []): Field => ({
  name,
  title: name,
  also: name,
  type,
  unit: "",
  values: values.map((one) => [one, one]),
});

const view: EventKind = {
  name: "view",
  title: "Views",
  also: "浏览",
  columns: [field("object", "text"), field("at", "timestamp")],
};

const known = {
  fields: [
    field("aum", "decimal"),
    field("paid", "decimal"),
    field("city", "text", ["north", "south"]),
    field("vip", "boolean"),
    field("since", "date"),
  ],
  events: [view],
};

const group = (...rules: (Rule | Group)[]): Group => ({ combinator: "and", not: false, rules });
const event = (where: Group = group(), more: object = {}) => ({
  field: "did.view",
  operator: "=" as const,
  match: { mode: "atLeast" as const, threshold: 2 },
  value: where,
  ...more,
});
const about = { field: "object", operator: "=", value: "wealth", valueSource: "value" as const };

const RULES: Record<string, Rule | Group> = {
  number: { field: "aum", operator: ">=", value: 5, valueSource: "value" },
  decimal: {
    field: "aum",
    operator: "<",
    value: { node: "value", type: "decimal", value: "0.10" },
    valueSource: "value",
  },
  between: { field: "aum", operator: "between", value: [1, 2], valueSource: "value" },
  fields: { field: "aum", operator: "<", value: "paid", valueSource: "field" },
  "between fields": { field: "aum", operator: "notBetween", value: ["paid", "paid"], valueSource: "field" },
  text: { field: "city", operator: "doesNotContain", value: "or", valueSource: "value" },
  list: { field: "city", operator: "notIn", value: ["north"], valueSource: "value" },
  "empty list": { field: "city", operator: "in", value: [], valueSource: "value" },
  boolean: { field: "vip", operator: "isNotTrue", value: null },
  missing: { field: "city", operator: "null", value: null },
  day: {
    field: "since",
    operator: ">",
    value: { node: "value", type: "date", value: "2024-02-29" },
    valueSource: "value",
  },
  event: event(group(about), { within_days: 28, every_days: 7 }),
  "event since entry": event(group(), { since_entry: true }),
  sequence: {
    field: "sequence",
    operator: "isNotTrue",
    steps: [event(), event(group(about), { within_days: 7 })],
    without: event(),
    within_days: 60,
    since_entry: false,
  },
  "a tag that is gone": { field: "gone", operator: "=", value: 1, valueSource: "value" },
  "a node as a field": {
    field: { node: "sample", share: "0.1", salt: "x" },
    operator: "isTrue",
    value: null,
  },
  "a node as a value": {
    field: "aum",
    operator: "<",
    value: { node: "past", name: "aum", days: 30 },
    valueSource: "value",
  },
  "an event with a condition without a form": event(
    group({ field: { node: "and", operands: [] }, operator: "isTrue", value: null }),
  ),
  group: { combinator: "or", not: true, rules: [{ field: "vip", operator: "isTrue", value: null }] },
  nobody: { combinator: "or", not: false, rules: [] },
};

describe("a tree that is shown and not touched", () => {
  it.each(Object.keys(RULES))("comes back as it was: %s", (name) => {
    const tree = group(RULES[name] as Rule);
    expect(toTree(toDraft(tree, known), known)).toEqual({ tree, unfinished: new Set() });
  });
});

describe("what is being edited", () => {
  const draft = (rule: object) => ({ ...toDraft(group(), known), rules: [{ id: "1", ...rule } as never] });

  it.each([
    { field: "~", operator: "=", value: "" },
    { field: "aum", operator: ">=", value: "a lot" },
    { field: "aum", operator: "between", value: ["1", ""] },
    { field: "aum", operator: "<", value: "", valueSource: "field" },
    { field: "city", operator: "in", value: "" },
    { field: "since", operator: ">", value: "2024-2-1" },
    { field: "did.view", operator: "=", value: { ...newEvent(), threshold: "" } },
  ])("does not count before it is finished: %o", (rule) => {
    expect(toTree(draft(rule), known)).toEqual({ tree: group(), unfinished: new Set(["1"]) });
  });

  it("leaves out a group of unfinished rules alone, which would be everyone or nobody", () => {
    const unfinished = { field: "aum", operator: ">=", value: "" };
    const inner = { id: "g", combinator: "or", rules: [{ id: "2", ...unfinished }] };
    const full = { ...toDraft(group(), known), rules: [{ id: "3", ...RULES.boolean }, inner] };
    expect(toTree(full as never, known).tree).toEqual(group(RULES.boolean as Rule));
  });

  it("keeps a value when the operator changes, in the shape that this one takes", () => {
    expect(shaped("5", "between")).toEqual(["5", ""]);
    expect(shaped(["5", "9"], ">=")).toBe("5");
    expect(shaped("north", "in")).toEqual(["north"]);
    expect(shaped(["north", "south"], "=")).toBe("north");
  });

  it("reads what is typed as the constant that it is", () => {
    expect(constant(" 500000 ", "decimal")).toBe(500000);
    expect(constant("0.10", "rate")).toEqual({ node: "value", type: "decimal", value: "0.10" });
    expect(constant("12345678901234567", "integer")).toMatchObject({ value: "12345678901234567" });
    expect(constant("1e5", "integer")).toBeNull();
    expect(constant("2024-02-29", "date")).toMatchObject({ type: "date" });
    expect(constant("2024-02-29T08:00", "timestamp")).toMatchObject({ type: "timestamp" });
    expect(constant("  ", "text")).toBeNull();
  });

  it("makes a new sequence that is whole at once", () => {
    const events = ["view", "apply"].map((name) => ({ ...view, name }));
    const made = toTree(draft({ field: "sequence", operator: "isTrue", value: newSequence() }), {
      ...known,
      events,
    });
    expect(made.unfinished.size).toBe(0);
    expect(made.tree.rules[0]).toMatchObject({ steps: [{ field: "did.view" }, { field: "did.apply" }] });
  });
});
