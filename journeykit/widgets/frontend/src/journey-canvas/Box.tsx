import { Handle, type NodeProps, Position } from "@xyflow/react";
import { show } from "../lib/language";
import { family, ICONS } from "./kinds";
import { leaves } from "./layout";
import { useWords, type WORDS } from "./words";

/** What a box shows; `data` of a React Flow node. */
export interface BoxData extends Record<string, unknown> {
  kind: string;
  head: string;
  detail: string;
  sentence: string;
  /** For each way the slot at which it leaves. */
  slots: number[];
  wayNames: string[];
  people: string;
  errors: string[];
  warnings: string[];
  change: "" | "added" | "changed";
}

const SIGNS = { "": "", added: "+", changed: "~" } as const;

export function Icon({ kind }: { kind: string }) {
  return (
    <svg className="jk-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={ICONS[family(kind)] ?? ICONS.wait} />
    </svg>
  );
}

/** A step of the journey: what it does, today's people, and what is wrong with it. */
export function Box({ data, selected, isConnectable }: NodeProps & { data: BoxData }) {
  const words = useWords();
  const problems = [...data.errors, ...data.warnings];
  const classes = ["jk-box", `jk-${family(data.kind)}`, selected && "jk-selected", data.change];
  return (
    <div className={classes.filter(Boolean).join(" ")} title={data.sentence}>
      {data.kind !== "start" && (
        <Handle type="target" position={Position.Top} isConnectable={isConnectable} />
      )}
      {data.kind !== "join" && (
        <>
          <div className="jk-head">
            <Icon kind={data.kind} />
            <b>{data.head}</b>
            {data.change && (
              <span className="jk-sign" title={words(data.change)}>
                {SIGNS[data.change]}
                <span className="jk-hidden">{words(data.change)}</span>
              </span>
            )}
            {problems.length > 0 && (
              <span className={data.errors.length ? "jk-bad" : "jk-warn"} title={problems.join("\n")}>
                {data.errors.length ? "✕" : "!"}
                <span className="jk-hidden">{words(data.errors.length ? "error" : "warning")}</span>
              </span>
            )}
          </div>
          <div className="jk-detail">{data.detail}</div>
          <div className="jk-people">{data.people}</div>
        </>
      )}
      {data.slots.map((slot, place) => (
        <Handle
          // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
          key={place}
          id={String(place)}
          type="source"
          position={Position.Bottom}
          isConnectable={isConnectable}
          title={data.wayNames[place]}
          style={{ left: `${leaves(data.slots.length, slot) * 100}%` }}
        />
      ))}
    </div>
  );
}

/** Where an open way ends. */
export function Dot() {
  return (
    <div className="jk-dot">
      <Handle type="target" position={Position.Top} isConnectable={false} />
    </div>
  );
}

/** How many people, as a box says it; with the days of a replay, those who stand there. */
export function peopleText(
  words: (key: keyof typeof WORDS, ...parts: (string | number)[]) => string,
  count: number | undefined,
): string {
  if (count === undefined) return "";
  return count === 1 ? words("person") : words("people", show(count));
}
