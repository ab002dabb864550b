import { useEffect, useRef, useState } from "react";
import type { Json, Kernel } from "../lib/kernel";
import { Latest } from "../lib/latest";
import type { Purpose } from "./catalogue";
import { RuleEditor } from "./RuleEditor";
import type { Group } from "./tree";

export interface ConditionEditorProps {
  /** A condition in its own JSON form, as definitions hold it. */
  condition: Json;
  onChange: (condition: Json) => void;
  // biome-ignore lint/suspicious/noExplicitAny: of whatever state; the editor only asks
  kernel: Kernel<any>;
  complain: (problem: unknown) => void;
  purpose?: Purpose;
}

/** Edits a condition as rules; the kernel turns one into the other. */
export function ConditionEditor({
  condition,
  onChange,
  kernel,
  complain,
  purpose = "segment",
}: ConditionEditorProps) {
  const [tree, setTree] = useState<Group | null>(null);
  const told = useRef("");
  const tell = useRef(onChange);
  tell.current = onChange;
  const [latest] = useState(
    () =>
      new Latest<Group, { condition: Json }>(
        (edited) => kernel.ask("condition", { tree: edited }),
        (answer) => {
          complain("");
          told.current = JSON.stringify(answer.condition);
          tell.current(answer.condition);
        },
        complain,
        100,
      ),
  );
  useEffect(() => () => latest.stop(), [latest]);
  useEffect(() => {
    if (JSON.stringify(condition) === told.current) return;
    let gone = false;
    kernel
      .ask<{ tree: Group }>("rules", { condition })
      .then((answer) => !gone && setTree(answer.tree), complain);
    return () => {
      gone = true;
    };
  }, [condition, kernel, complain]);
  if (!tree) return null;
  return (
    <RuleEditor tree={tree} onChange={(edited) => latest.put(edited)} kernel={kernel} purpose={purpose} />
  );
}
