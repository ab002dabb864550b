import { useCallback, useEffect, useState } from "react";
import { type Kernel, Refusal } from "../lib/kernel";
import { Latest } from "../lib/latest";
import type { CanvasState, Choices, Finding, Live, Numbers } from "./types";

const QUIET = 700; // milliseconds without an edit, before what takes longer is asked

/** What the kernel tells of the strategy as it is now; each null until it is known. */
export interface Figures {
  choices: Choices | null;
  numbers: Numbers | null;
  audience: Finding[] | null;
  live: Live | null;
}

export function useFigures(
  revision: number,
  kernel: Kernel<CanvasState>,
  tell: (problem: unknown) => void,
): Figures {
  // Nobody asked for these by hand: where the kernel is gone, being restarted, there is nothing to tell.
  const complain = useCallback((problem: unknown) => problem instanceof Refusal && tell(problem), [tell]);
  const [choices, setChoices] = useState<Choices | null>(null);
  const [numbers, setNumbers] = useState<Numbers | null>(null);
  const [audience, setAudience] = useState<Finding[] | null>(null);
  const [live, setLive] = useState<Live | null>(null);
  const [asking] = useState(() => ({
    numbers: new Latest<number, Numbers>(() => kernel.ask("numbers"), setNumbers, complain),
    audience: new Latest<number, { revision: number; findings: Finding[] }>(
      () => kernel.ask("audience"),
      (answer) => setAudience(answer.findings),
      complain,
      QUIET,
    ),
    live: new Latest<number, Live>(() => kernel.ask("live"), setLive, complain, QUIET),
  }));
  useEffect(() => {
    kernel.ask<Choices>("choices").then(setChoices, complain);
  }, [kernel, complain]);
  useEffect(() => {
    setAudience(null);
    asking.numbers.put(revision);
    asking.audience.put(revision);
    asking.live.put(revision);
  }, [asking, revision]);
  useEffect(
    () => () => {
      for (const one of Object.values(asking)) one.stop();
    },
    [asking],
  );
  return { choices, numbers, audience, live };
}
