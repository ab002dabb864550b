import type { Definition, NodeJson } from "./types";

export const END = "end";

/** A way out of a node: which node, and which of its ways. */
export interface Way {
  source: string;
  place: number;
}

/** Where each way of a node leads, in their order. */
export function targets(node: NodeJson): string[] {
  if (node.kind === "exit") return [];
  if (node.kind === "branch") return [...(node.cases ?? []).map((one) => one.next), node.next ?? END];
  if (node.kind === "split") return (node.variants ?? []).map((one) => one.next);
  if (node.kind === "wait_until") return [node.next ?? END, node.late ?? END];
  return [node.next ?? END];
}

/** The node with one of its ways, or each, leading elsewhere. */
function redirect(node: NodeJson, change: (target: string, place: number) => string): NodeJson {
  const to = targets(node).map(change);
  if (node.kind === "exit") return node;
  if (node.kind === "split")
    return {
      ...node,
      variants: (node.variants ?? []).map((one, at) => ({ ...one, next: to[at] ?? END })),
    };
  if (node.kind === "branch") {
    const cases = (node.cases ?? []).map((one, at) => ({ ...one, next: to[at] ?? END }));
    return { ...node, cases, next: to[cases.length] ?? END };
  }
  if (node.kind === "wait_until") return { ...node, next: to[0] ?? END, late: to[1] ?? END };
  return { ...node, next: to[0] ?? END };
}

export function nodeOf(plan: Definition, id: string): NodeJson | undefined {
  return plan.nodes.find((node) => node.id === id);
}

/** The way lead elsewhere, all others as before. */
export function lead(plan: Definition, way: Way, target: string): Definition {
  return {
    ...plan,
    nodes: plan.nodes.map((node) =>
      node.id === way.source ? redirect(node, (old, at) => (at === way.place ? target : old)) : node,
    ),
  };
}

/** The ways that lead to a node. */
export function waysTo(plan: Definition, id: string): Way[] {
  return plan.nodes.flatMap((node) =>
    targets(node).flatMap((target, place) => (target === id ? [{ source: node.id, place }] : [])),
  );
}

/** Whether somebody at a node can come to another one. */
export function reaches(plan: Definition, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const id of seen) {
    if (id === to) return true;
    for (const target of targets(nodeOf(plan, id) ?? { kind: "exit", id })) seen.add(target);
  }
  return false;
}

/** An id for a node that has none yet; the kernel gives it a better one. */
export function newId(plan: Definition): string {
  const taken = new Set(plan.nodes.map((node) => node.id));
  for (let number = 1; ; number++) if (!taken.has(`new_${number}`)) return `new_${number}`;
}

/**
 * Puts a node on a way: what the way led to follows it, on every way of a fork, which a join brings together.
 *
 * Without a way the node stands by itself.
 */
export function insert(plan: Definition, made: NodeJson, way?: Way): Definition {
  if (!way) return { ...plan, nodes: [...plan.nodes, made] };
  const source = nodeOf(plan, way.source);
  const after = source ? (targets(source)[way.place] ?? END) : END;
  const added = { ...plan, nodes: [...plan.nodes, redirect(made, () => after)] };
  const led = lead(added, way, made.id);
  if (targets(made).length < 2 || after === END) return led;
  if (nodeOf(plan, after)?.kind === "join") return led;
  return join(led, after, (one) => one.source === made.id);
}

/** Leads a way to a node. Where it meets others that come from above, they are joined first. */
export function connect(plan: Definition, way: Way, target: string): Definition {
  if (way.source === target && targets(nodeOf(plan, target) ?? { kind: "exit", id: "" }).length < 2)
    return plan;
  const led = lead(plan, way, target);
  const isLoop = reaches(led, target, way.source);
  const node = nodeOf(led, target);
  if (!node || node.kind === "join" || node.kind === "start" || isLoop) return tidy(led);
  const forward = waysTo(led, target).filter((one) => !reaches(led, target, one.source));
  if (forward.length < 2) return tidy(led);
  const known = new Set(forward.map((one) => `${one.source} ${one.place}`));
  return tidy(join(led, target, (one) => known.has(`${one.source} ${one.place}`)));
}

/** A join before a node, for some of the ways to it. */
function join(plan: Definition, target: string, meets: (way: Way) => boolean): Definition {
  const id = newId(plan);
  const nodes = plan.nodes.map((node) =>
    redirect(node, (old, place) => (old === target && meets({ source: node.id, place }) ? id : old)),
  );
  return { ...plan, nodes: [...nodes, { kind: "join", id, next: target }] };
}

/** Without some nodes: what led to one leads to what followed it. */
export function remove(plan: Definition, ids: readonly string[]): Definition {
  let left = plan;
  for (const id of ids) {
    const gone = nodeOf(left, id);
    if (!gone) continue;
    const after = gone.kind === "split" ? (targets(gone)[0] ?? END) : (gone.next ?? END);
    const next = after === id ? END : after;
    left = {
      ...left,
      nodes: left.nodes
        .filter((node) => node.id !== id)
        .map((node) => redirect(node, (target) => (target === id ? next : target))),
    };
  }
  return tidy(left);
}

/** Without joins at which nothing meets. */
function tidy(plan: Definition): Definition {
  const idle = plan.nodes.find((node) => node.kind === "join" && waysTo(plan, node.id).length < 2);
  return idle ? remove(plan, [idle.id]) : plan;
}

/** Copies of some nodes with the ways among them, and the new id of each. */
export function copies(plan: Definition, copied: readonly NodeJson[]): { plan: Definition; ids: string[] } {
  const names = new Map<string, string>();
  let grown = plan;
  for (const node of copied.filter((one) => one.kind !== "start")) {
    const id = newId(grown);
    names.set(node.id, id);
    grown = { ...grown, nodes: [...grown.nodes, { ...node, id }] };
  }
  const own = new Set(names.values());
  const nodes = grown.nodes.map((node) =>
    own.has(node.id) ? redirect(node, (target) => names.get(target) ?? END) : node,
  );
  return { plan: { ...grown, nodes }, ids: [...own] };
}

/** The way on which a step that is added without a place goes: behind a node, or at the end of the journey. */
export function openWay(plan: Definition, behind?: string): Way | undefined {
  const from = behind && nodeOf(plan, behind);
  if (from && from.kind !== "exit") {
    const open = targets(from).indexOf(END);
    return { source: from.id, place: Math.max(open, 0) };
  }
  for (const node of plan.nodes) {
    const open = targets(node).indexOf(END);
    if (open >= 0) return { source: node.id, place: open };
  }
  return undefined;
}

/** The plan with a node under another id. */
export function renameNode(plan: Definition, id: string, name: string): Definition {
  const nodes = plan.nodes.map((node) => ({
    ...redirect(node, (target) => (target === id ? name : target)),
    id: node.id === id ? name : node.id,
  }));
  return { ...plan, nodes };
}
