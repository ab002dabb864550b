import "@xyflow/react/dist/base.css";
import {
  Background,
  type Connection,
  Controls,
  type Edge,
  type EdgeChange,
  MiniMap,
  type Node,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, useEffect, useMemo, useState } from "react";
import { Box, type BoxData, Dot } from "./Box";
import { boxesOf, linesOf, nearestWay, type Shown } from "./drawn";
import type { Way } from "./graph";
import { type Kind, PALETTE } from "./kinds";
import { Line } from "./Line";
import type { Places } from "./types";
import { useWords } from "./words";

export const DRAGGED = "application/x-journeykit-step";
const TYPES = { box: Box, dot: Dot };
const LINES = { way: Line };
const FEW = 14; // boxes that fit on a screen: then all are shown after each edit

/** Says that a step may be dropped here. */
function welcome(event: DragEvent) {
  if (!event.dataTransfer.types.includes(DRAGGED)) return;
  event.preventDefault();
  event.stopPropagation();
  event.dataTransfer.dropEffect = "copy";
}

interface FlowProps {
  shown: Shown;
  chosen: string;
  onSelect: (ids: ReadonlySet<string>) => void;
  onChoose: (way: string) => void;
  onMove: (places: Places) => void;
  onConnect: (way: Way, target: string) => void;
  onDrop: (kind: Kind, way: Way | undefined, at: [number, number]) => void;
}

/** The drawing surface: boxes that can be moved, ways that can be led elsewhere, room to drop steps. */
export function Flow({ shown, chosen, onSelect, onChoose, onMove, onConnect, onDrop }: FlowProps) {
  const words = useWords();
  const flow = useReactFlow();
  const [moved, setMoved] = useState<Places>({});
  const now = useMemo(() => ({ ...shown, places: { ...shown.places, ...moved } }), [shown, moved]);
  const nodes = useMemo(() => boxesOf(now), [now]);
  const edges = useMemo(() => linesOf(now, chosen), [now, chosen]);
  const count = shown.plan.nodes.length;
  useEffect(() => {
    if (count > 0 && count <= FEW) void flow.fitView({ maxZoom: 1, padding: 0.08, duration: 120 });
  }, [flow, count]);

  const changed = (changes: NodeChange<Node>[]) => {
    const picked = new Set(shown.selected);
    const places = { ...moved };
    let done = false;
    for (const one of changes) {
      if (one.type === "select") one.selected ? picked.add(one.id) : picked.delete(one.id);
      if (one.type === "position" && one.position) {
        places[one.id] = [Math.round(one.position.x), Math.round(one.position.y)];
        done ||= !one.dragging;
      }
    }
    if (changes.some((one) => one.type === "select")) onSelect(picked);
    if (done) {
      const known = shown.plan.nodes.map((node) => [node.id, places[node.id] ?? shown.places[node.id]]);
      setMoved({});
      onMove(Object.fromEntries(known) as Places);
    } else if (changes.some((one) => one.type === "position")) setMoved(places);
  };
  const linesChanged = (changes: EdgeChange<Edge>[]) => {
    for (const one of changes) if (one.type === "select") onChoose(one.selected ? one.id : "");
  };
  const connected = ({ source, sourceHandle, target }: Connection) => {
    if (shown.plan.nodes.some((node) => node.id === target))
      onConnect({ source, place: Number(sourceHandle ?? 0) }, target);
  };
  const dropped = (event: DragEvent) => {
    const kind = PALETTE.flat().find((one) => one === event.dataTransfer.getData(DRAGGED));
    if (!kind) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    onDrop(kind, nearestWay(shown, x, y), [Math.round(x), Math.round(y)]);
  };

  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={TYPES}
      edgeTypes={LINES}
      onNodesChange={changed}
      onEdgesChange={linesChanged}
      onConnect={connected}
      onReconnect={(_, connection) => connected(connection)}
      onDragEnter={welcome}
      onDragOver={welcome}
      onDrop={dropped}
      deleteKeyCode={null}
      minZoom={0.15}
      maxZoom={1.6}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.08 }}
      nodesConnectable={!shown.fixed}
      onlyRenderVisibleElements={count > 150}
      proOptions={{ hideAttribution: true }}
      aria-label={words("canvas")}
    >
      <Background gap={18} />
      <Controls showInteractive={false} aria-label={words("zoom")} />
      {count > 5 && (
        <MiniMap
          pannable
          zoomable
          ariaLabel={null}
          nodeClassName={(node) => `jk-mini jk-${(node.data as Partial<BoxData>).kind ?? "dot"}`}
        />
      )}
    </ReactFlow>
  );
}
