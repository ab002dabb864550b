import { useEffect, useState } from "react";
import { useSetting } from "./catalogue";
import type { Rule } from "./tree";
import { useWords } from "./words";

/** A rule that no form shows, in the kernel's words. */
export function Kept({ rule }: { rule: Rule }) {
  const say = useWords();
  const { kernel } = useSetting();
  const [lines, setLines] = useState<[depth: number, text: string][]>([]);
  useEffect(() => {
    let gone = false;
    const tree = { combinator: "and", not: false, rules: [rule] };
    kernel.ask<{ lines: [number, string][] }>("words", { tree }).then(
      (told) => !gone && setLines(told.lines),
      (problem: Error) => !gone && setLines([[0, problem.message]]),
    );
    return () => {
      gone = true;
    };
  }, [kernel, rule]);
  return (
    <div className="jk-kept" title={say("kept")}>
      {lines.map(([depth, text]) => (
        <div key={`${depth} ${text}`} style={{ paddingInlineStart: `${depth}em` }}>
          {text}
        </div>
      ))}
    </div>
  );
}
