import { type Edge, MarkerType, type Node, Position } from "@xyflow/react";
import { show } from "../lib/language";
import type { BoxData } from "./Box";
import { END, targets, type Way } from "./graph";
import { dot, leaves, size, slotsOf } from "./layout";
import type { Definition, Finding, Live, NodeJson, Places, Told } from "./types";

export interface Shown {
  plan: Definition;
  places: Places;
  told: Record<string, Told>;
  findings: Finding[];
  live: Live | null;
  selected: ReadonlySet<string>;
  /** What a box says of people, and how many take each way; "" and undefined until it is known. */
  people: (id: string) => string;
  taken: (id: string, place: number) => number | undefined;
  nameOf: (kind: string) => string;
  fixed: boolean;
}

/** The boxes and dots of a strategy. */
export function boxesOf(shown: Shown): Node[] {
  const ids = new Set(shown.plan.nodes.map((node) => node.id));
  return shown.plan.nodes.flatMap((node) => [
    box(node, shown),
    ...targets(node).flatMap((target, place) =>
      ids.has(target) ? [] : [dotNode(dot(node.id, place), shown.places)],
    ),
  ]);
}

function box(node: NodeJson, shown: Shown): Node {
  const told = shown.told[node.id];
  const own = shown.findings.filter((one) => one.node === node.id);
  const slots = slotsOf(node, shown.places);
  const data: BoxData = {
    kind: node.kind,
    head: told?.head ?? shown.nameOf(node.kind),
    detail: told?.detail ?? "",
    sentence: told?.sentence ?? "",
    slots,
    wayNames: (told?.ways ?? []).map((one) => [one.name, one.condition].filter(Boolean).join(": ")),
    people: shown.people(node.id),
    errors: own.filter((one) => one.severity === "error").map((one) => one.text),
    warnings: own.filter((one) => one.severity === "warning").map((one) => one.text),
    change: changeOf(node.id, shown.live),
  };
  const { width, height } = size(node);
  const [x, y] = shown.places[node.id] ?? [0, 0];
  const label = [data.head, data.detail, data.people, ...data.errors, ...data.warnings];
  return {
    id: node.id,
    type: "box",
    position: { x, y },
    data,
    width,
    height,
    measured: { width, height },
    handles: handlesOf(node.kind, slots, width, height),
    selected: shown.selected.has(node.id),
    draggable: !shown.fixed,
    connectable: !shown.fixed,
    ariaLabel: label.filter(Boolean).join(", "),
  };
}

/** Where the handles are, so that nothing has to be measured before the ways are drawn. */
function handlesOf(kind: string, slots: number[], width: number, height: number) {
  const small = { width: 8, height: 8 };
  const sources = slots.map((slot, place) => ({
    ...small,
    id: String(place),
    type: "source" as const,
    position: Position.Bottom,
    x: width * leaves(slots.length, slot) - 4,
    y: height - 4,
  }));
  const target = { ...small, type: "target" as const, position: Position.Top, x: width / 2 - 4, y: -4 };
  return kind === "start" ? sources : [target, ...sources];
}

function dotNode(id: string, places: Places): Node {
  const [x, y] = places[id] ?? [0, 0];
  const side = { width: 12, height: 12 };
  return {
    id,
    type: "dot",
    position: { x, y },
    data: {},
    ...side,
    measured: side,
    handles: [{ width: 8, height: 8, type: "target", position: Position.Top, x: 2, y: 0 }],
    draggable: false,
    selectable: false,
    focusable: false,
    deletable: false,
    ariaRole: "presentation",
  };
}

function changeOf(id: string, live: Live | null): BoxData["change"] {
  if (!live?.version) return "";
  const own = live.changes.filter((one) => one.name === id && one.kind !== "removed");
  if (own.some((one) => one.kind === "added" && one.what === "node")) return "added";
  return own.length ? "changed" : "";
}

export const wayId = (way: Way): string => dot(way.source, way.place);

/** The ways of a strategy with their names, and how many take them. */
export function linesOf(shown: Shown, chosen: string): Edge[] {
  const ids = new Set(shown.plan.nodes.map((node) => node.id));
  return shown.plan.nodes.flatMap((node) => {
    const slots = slotsOf(node, shown.places);
    return targets(node).map((target, place) => {
      const id = dot(node.id, place);
      const open = target === END || !ids.has(target);
      const name = shown.told[node.id]?.ways[place]?.name ?? "";
      const count = shown.taken(node.id, place);
      const several = targets(node).length > 1;
      const label = [name, several && count !== undefined ? show(count) : ""].filter(Boolean).join(" · ");
      return {
        id,
        source: node.id,
        sourceHandle: String(place),
        target: open ? id : target,
        label,
        type: "way",
        data: { low: (slots[place] ?? 0) % 2 === 1 },
        selected: id === chosen,
        reconnectable: shown.fixed || open ? false : ("target" as const),
        markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
        ariaLabel: `${shown.told[node.id]?.head ?? node.id} ${name} → ${open ? END : target}`,
      };
    });
  });
}

/** The way nearest to a point, if one is near: an open one from farther away. */
export function nearestWay(shown: Pick<Shown, "plan" | "places">, x: number, y: number): Way | undefined {
  let best: { way: Way; far: number } | undefined;
  const ids = new Map(shown.plan.nodes.map((node) => [node.id, node]));
  for (const node of shown.plan.nodes) {
    const ways = targets(node);
    const from = shown.places[node.id];
    if (!from) continue;
    const slots = slotsOf(node, shown.places);
    ways.forEach((target, place) => {
      const to = ids.get(target);
      const [tx, ty] = shown.places[to ? target : dot(node.id, place)] ?? from;
      const half = to ? size(to).width / 2 : 6;
      const start: Point = [
        from[0] + size(node).width * leaves(ways.length, slots[place] ?? 0),
        from[1] + size(node).height,
      ];
      const end: Point = [tx + half, to ? ty : ty + 70]; // below an open way there is room for the next step
      const far = distance([x, y], start, end);
      if (far < (to ? 45 : 110) && (!best || far < best.far)) best = { way: { source: node.id, place }, far };
    });
  }
  return best?.way;
}

type Point = [number, number];

/** From a point to a line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
