import { useEffect, useState } from "react";
import { useSetting } from "./catalogue";

/** Customers (or events) from `low` to before `high`; the outermost bins also hold what lies beyond. */
export interface Bin {
  low: string;
  high: string;
  count: number;
}

/** How the values of a field are spread, as the kernel counted them. */
export interface Spread {
  /** Of numbers and days; empty for texts. */
  bins: Bin[];
  /** Of texts, the most frequent first. */
  values: [value: string, title: string, count: number][];
  others: number;
  missing: number;
}

/** How a field is spread, once it is counted. */
export function useSpread(field: string): { spread: Spread | null; problem: string } {
  const { kernel, event } = useSetting();
  const asked = event ? `${event.name}.${field}` : field;
  const [found, setFound] = useState<{ spread: Spread | null; problem: string }>({
    spread: null,
    problem: "",
  });
  useEffect(() => {
    let gone = false;
    kernel.ask<Spread>("distribution", { field: asked }).then(
      (spread) => !gone && setFound({ spread, problem: "" }),
      (problem: Error) => !gone && setFound({ spread: null, problem: problem.message }),
    );
    return () => {
      gone = true;
    };
  }, [kernel, asked]);
  return found;
}

/** Whether a bin lies in a range, of which either end may be open. */
export function inRange(bin: Bin, low: string, high: string): boolean {
  return (low === "" || before(low, bin.high)) && (high === "" || !before(high, bin.low));
}

function before(one: string, other: string): boolean {
  const numbers = [Number(one), Number(other)] as const;
  return numbers.some(Number.isNaN) ? one < other : numbers[0] < numbers[1];
}
