import { BaseEdge, type EdgeProps, getSmoothStepPath } from "@xyflow/react";

/** A way; its name stands where it leaves, those of neighbours at two heights. */
export function Line({ id, label, markerEnd, style, data, ...ends }: EdgeProps) {
  const [path] = getSmoothStepPath({ ...ends, borderRadius: 6 });
  return (
    <BaseEdge
      id={id}
      path={path}
      label={label}
      labelX={ends.sourceX}
      labelY={ends.sourceY + (data?.low ? 27 : 14)}
      labelBgPadding={[3, 1]}
      {...(markerEnd ? { markerEnd } : {})}
      {...(style ? { style } : {})}
    />
  );
}
