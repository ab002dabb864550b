import { Graph, layout } from "@dagrejs/dagre";
import { END, targets } from "./graph";
import type { Definition, NodeJson, Places } from "./types";

export const WIDTH = 196;
export const HEIGHT = 66;
const SMALL = 22;

export function size(node: NodeJson): { width: number; height: number } {
  return node.kind === "join" ? { width: SMALL, height: SMALL } : { width: WIDTH, height: HEIGHT };
}

/** The id of the dot at which an open way ends. */
export const dot = (source: string, place: number): string => `${source} ${place}`;

/** Where everything stands when nobody has moved it: below what leads to it. Dots have places too. */
function layOut(plan: Definition): Places {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 34, ranksep: 58, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = new Set(plan.nodes.map((node) => node.id));
  for (const node of plan.nodes) graph.setNode(node.id, size(node));
  for (const node of plan.nodes)
    targets(node).forEach((target, place) => {
      const open = target === END || !ids.has(target);
      const to = open ? dot(node.id, place) : target;
      if (open) graph.setNode(to, { width: targets(node).length > 1 ? 70 : 12, height: 12 });
      graph.setEdge(node.id, to, {}, String(place));
    });
  layout(graph);
  const placed: Places = {};
  for (const id of graph.nodes()) {
    const { x, y, width, height } = graph.node(id);
    const wide = ids.has(id) ? width : 12;
    placed[id] = [Math.round(x - wide / 2), Math.round(y - height / 2)];
  }
  return placed;
}

/** Where a way leaves its node, as a share of its width. */
export function leaves(count: number, place: number): number {
  return (place + 1) / (count + 1);
}

/** For each way of a node the slot at which it leaves: from left to right as what it leads to stands. */
export function slotsOf(node: NodeJson, places: Places): number[] {
  const ways = targets(node);
  const at = ways.map((target, place) => places[target]?.[0] ?? places[dot(node.id, place)]?.[0] ?? 0);
  const order = ways.map((_, place) => place).sort((one, other) => (at[one] ?? 0) - (at[other] ?? 0));
  return ways.map((_, place) => order.indexOf(place));
}

/** Every place: as somebody set it, else as it is laid out; dots stand below where their way leaves. */
export function placesOf(plan: Definition, set: Places): Places {
  const auto = layOut(plan);
  if (!Object.keys(set).length) return auto;
  const placed: Places = {};
  for (const node of plan.nodes) {
    const [x, y] = set[node.id] ?? auto[node.id] ?? [0, 0];
    placed[node.id] = [x, y];
  }
  for (const node of plan.nodes) {
    const [x, y] = placed[node.id] ?? [0, 0];
    const ways = targets(node);
    ways.forEach((_, place) => {
      const at = x + size(node).width * leaves(ways.length, place) - 6;
      placed[dot(node.id, place)] = [Math.round(at), y + size(node).height + 46];
    });
  }
  return placed;
}
