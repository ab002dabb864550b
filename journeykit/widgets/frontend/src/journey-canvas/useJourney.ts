import { useCallback, useEffect, useRef, useState } from "react";
import { begin, type History, redo, step, undo } from "../lib/history";
import type { Kernel } from "../lib/kernel";
import { Latest } from "../lib/latest";
import type { CanvasState, Definition, Places } from "./types";

export interface Drawn {
  plan: Definition;
  places: Places;
}

interface Answer {
  revision: number;
  renamed: Record<string, string>;
  definition: Definition;
  places: Places;
}

/** Whoever answers late makes it of what is there then, not of what he began with. */
export type Draw = (change: (plan: Definition) => Definition, places?: Places) => void;

export interface Journey extends Drawn {
  /** Draws something else, made of what is there now; it can be undone. */
  draw: Draw;
  /** Moves nodes, or with none lets them be arranged. */
  move: (places: Places) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

/**
 * The strategy as it is being drawn.
 *
 * It is shown at once; the kernel checks it, gives nodes their ids, and its word is the last. What it refuses
 * is taken back.
 */
export function useJourney(
  state: CanvasState,
  kernel: Kernel<CanvasState>,
  complain: (problem: unknown) => void,
  renamed: (names: Record<string, string>) => void,
): Journey {
  const [history, setHistory] = useState<History<Drawn>>(() =>
    begin({ plan: state.definition, places: state.places }),
  );
  const waiting = useRef<Drawn | null>(null);
  const tell = useRef(renamed);
  tell.current = renamed;
  const adopted = useRef(state.revision);
  const adopt = useCallback((present: Drawn) => setHistory((known) => ({ ...known, present })), []);
  const [latest] = useState(
    () =>
      new Latest<Drawn, Answer>(
        ({ plan, places }) => kernel.ask("edit", { definition: plan, places }),
        (answer, asked) => {
          complain("");
          tell.current(answer.renamed);
          if (waiting.current !== asked) return; // something newer is on its way
          waiting.current = null;
          adopted.current = answer.revision;
          adopt({ plan: answer.definition, places: answer.places });
        },
        (problem) => {
          complain(problem);
          waiting.current = null;
          const { definition, places } = kernel.state();
          adopt({ plan: definition, places });
        },
      ),
  );
  useEffect(() => () => latest.stop(), [latest]);
  const ask = useCallback(
    (drawn: Drawn) => {
      waiting.current = drawn;
      latest.put(drawn);
    },
    [latest],
  );
  // What Python or another view has set is one more thing that can be undone.
  useEffect(() => {
    if (waiting.current || state.revision < adopted.current) return;
    setHistory((known) => {
      const drawn = { plan: state.definition, places: state.places };
      if (JSON.stringify(known.present.plan) === JSON.stringify(drawn.plan))
        return { ...known, present: drawn };
      return step(known, drawn);
    });
  }, [state]);
  const newest = useRef(history);
  newest.current = history;
  const change = useCallback(
    (next: History<Drawn>) => {
      newest.current = next;
      setHistory(next);
      ask(next.present);
    },
    [ask],
  );
  const draw = useCallback<Draw>(
    (make, moved) => {
      const { plan, places } = newest.current.present;
      const made = make(plan);
      if (JSON.stringify(made) === JSON.stringify(plan)) return;
      change(step(newest.current, { plan: made, places: moved ?? places }));
    },
    [change],
  );
  const { plan, places } = history.present;
  return {
    plan,
    places,
    draw,
    move: (moved) => {
      setHistory({ ...history, present: { plan, places: moved } });
      if (waiting.current) ask({ plan, places: moved });
      else kernel.ask("place", { places: moved }).catch(complain);
    },
    undo: () => history.past.length && change(undo(history)),
    redo: () => history.future.length && change(redo(history)),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}
