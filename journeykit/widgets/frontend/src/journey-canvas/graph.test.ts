import { describe, expect, it } from "vitest";
import { connect, copies, END, insert, openWay, remove, renameNode, targets, waysTo } from "./graph";
import type { Definition, NodeJson } from "./types";

const send = (id: string, next = END): NodeJson => ({ kind: "send", id, channel: "sms", offer: "W", next });
const branch = (id: string, yes = END, next = END): NodeJson => ({
  kind: "branch",
  id,
  cases: [{ name: "yes", when: null, next: yes }],
  next,
});
const plan = (...nodes: NodeJson[]): Definition => ({
  name: "plan",
  stage: "retain",
  nodes: [{ kind: "start", id: "start", next: nodes[0]?.id ?? END }, ...nodes],
});
/** Each node with its targets, as text. */
const told = (one: Definition) => one.nodes.map((node) => `${node.id}>${targets(node).join()}`).join(" ");

describe("insert", () => {
  it("puts a step between two others", () => {
    const made = insert(plan(send("a")), send("new_1"), { source: "start", place: 0 });
    expect(told(made)).toBe("start>new_1 a>end new_1>a");
  });
  it("brings the ways of a fork together before what follows", () => {
    const made = insert(plan(send("a")), branch("new_1"), { source: "start", place: 0 });
    expect(told(made)).toBe("start>new_1 a>end new_1>new_2,new_2 new_2>a");
  });
  it("leaves the ways of a fork open at the end", () => {
    const made = insert(plan(send("a")), branch("new_1"), { source: "a", place: 0 });
    expect(told(made)).toBe("start>a a>new_1 new_1>end,end");
  });
  it("lets a step stand alone", () => {
    expect(told(insert(plan(), send("new_1")))).toBe("start>end new_1>end");
  });
});

describe("connect", () => {
  it("joins ways that meet", () => {
    const made = connect(plan(branch("b", "a", END), send("a")), { source: "b", place: 1 }, "a");
    expect(told(made)).toBe("start>b b>new_1,new_1 a>end new_1>a");
  });
  it("leads back without a join", () => {
    const made = connect(plan(send("a", "b"), branch("b")), { source: "b", place: 0 }, "a");
    expect(told(made)).toBe("start>a a>b b>a,end");
  });
  it("takes away a join at which nothing meets any more", () => {
    const met = connect(plan(branch("b", "a", END), send("a")), { source: "b", place: 1 }, "a");
    expect(told(connect(met, { source: "b", place: 1 }, END))).toBe("start>b b>a,end a>end");
  });
  it("leads nothing to itself", () => {
    expect(told(connect(plan(send("a")), { source: "a", place: 0 }, "a"))).toBe("start>a a>end");
  });
});

describe("remove", () => {
  it("heals what it leaves", () => {
    expect(told(remove(plan(send("a", "b"), send("b", "c"), send("c")), ["a", "b"]))).toBe("start>c c>end");
  });
  it("follows the way of everybody else behind a branch", () => {
    const made = remove(plan(branch("b", "x", "y"), send("x"), send("y")), ["b"]);
    expect(told(made)).toBe("start>y x>end y>end");
  });
  it("ends a loop of one", () => {
    expect(told(remove(plan(branch("b", "b", "b")), ["b"]))).toBe("start>end");
  });
});

it("copies nodes with the ways among them", () => {
  const from = plan(send("a", "b"), send("b", "c"), send("c"));
  const made = copies(from, from.nodes.slice(0, 3));
  expect(made.ids).toEqual(["new_1", "new_2"]);
  expect(told(made.plan)).toBe("start>a a>b b>c c>end new_1>new_2 new_2>end");
});

it("finds where to add", () => {
  const from = plan(branch("b", "a", END), send("a"));
  expect(openWay(from, "b")).toEqual({ source: "b", place: 1 });
  expect(openWay(from)).toEqual({ source: "b", place: 1 });
  expect(openWay({ ...from, nodes: [] })).toBeUndefined();
});

it("renames a node and what leads to it", () => {
  const made = renameNode(plan(branch("b", "a", "a"), send("a")), "a", "first");
  expect(waysTo(made, "first")).toHaveLength(2);
});
