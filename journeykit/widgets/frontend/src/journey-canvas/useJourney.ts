import { useCallback, useEffect, useRef, useState } from "react";
import { begin, type History, redo, step, undo } from "../lib/history";
import type { Kernel } from "../lib/kernel";
import { Latest } from "../lib/latest";
import type { CanvasState, Definition, Places } from "./types";

interface Drawn {
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
  /** Resolves to the revision once all that was drawn is taken over; rejects where the last of it is not. */
  settled: () => Promise<number>;
}

type Renamed = (names: Record<string, string>) => void;

/**
 * What is drawn, beside what the kernel has agreed to.
 *
 * It is shown at once; the kernel checks it, gives nodes their ids, and its word is the last. What it refuses
 * is taken back, and what somebody else has set meanwhile is one more thing that can be undone.
 */
export class Drawing {
  history: History<Drawn>;
  private agreed: History<Drawn>;
  private revision: number;
  private waiting: { history: History<Drawn>; done: PromiseWithResolvers<number> } | null = null;
  private readonly latest: Latest<History<Drawn>, Answer>;

  constructor(
    private readonly kernel: Kernel<CanvasState>,
    private readonly complain: (problem: unknown) => void,
    private readonly renamed: Renamed,
    private readonly changed: () => void,
  ) {
    const state = kernel.state();
    this.history = begin(drawnIn(state));
    this.agreed = this.history;
    this.revision = state.revision;
    this.latest = new Latest(
      ({ present: { plan, places } }) =>
        kernel.state().read_only
          ? kernel.ask("place", { places, revision: this.revision })
          : kernel.ask("edit", { definition: plan, places, revision: this.revision }),
      (answer, asked) => this.agree(answer, asked),
      (problem, asked) => this.refuse(problem, asked),
    );
  }

  /** Shows another history, and asks the kernel for what is present in it. */
  put(history: History<Drawn>): void {
    this.history = history;
    const done = this.waiting?.done ?? Promise.withResolvers<number>();
    done.promise.catch(() => {}); // who waits for it is told; nobody need wait
    this.waiting = { history, done };
    this.latest.put(history);
    this.changed();
  }

  /** Takes over what the kernel has; nothing while something newer is on its way to it. */
  follow(state: CanvasState): void {
    if (this.waiting || state.revision < this.revision) return;
    this.revision = state.revision;
    const drawn = drawnIn(state);
    const same = JSON.stringify(this.history.present.plan) === JSON.stringify(drawn.plan);
    this.history = same ? { ...this.history, present: drawn } : step(this.history, drawn);
    this.agreed = this.history;
    this.changed();
  }

  settled(): Promise<number> {
    return this.waiting ? this.waiting.done.promise : Promise.resolve(this.revision);
  }

  stop(): void {
    this.latest.stop();
  }

  private agree(answer: Answer, asked: History<Drawn>): void {
    this.complain("");
    this.renamed(answer.renamed);
    this.revision = answer.revision;
    this.agreed = { ...asked, present: { plan: answer.definition, places: answer.places } };
    this.settle(asked, (done) => done.resolve(answer.revision));
  }

  private refuse(problem: unknown, asked: History<Drawn>): void {
    if (asked === this.waiting?.history) this.complain(problem); // what is newer may be right again
    this.settle(asked, (done) => done.reject(problem));
  }

  /** Shows what was agreed last, once nothing newer is on its way. */
  private settle(asked: History<Drawn>, end: (done: PromiseWithResolvers<number>) => void): void {
    if (asked !== this.waiting?.history) return;
    const { done } = this.waiting;
    this.waiting = null;
    this.history = this.agreed;
    const state = this.kernel.state();
    if (state.revision > this.revision) this.follow(state); // somebody else's, which came meanwhile
    this.changed();
    end(done);
  }
}

const drawnIn = ({ definition, places }: CanvasState): Drawn => ({ plan: definition, places });

/** The strategy as it is being drawn. */
export function useJourney(
  state: CanvasState,
  kernel: Kernel<CanvasState>,
  complain: (problem: unknown) => void,
  renamed: Renamed,
): Journey {
  const tell = useRef(renamed);
  tell.current = renamed;
  const [, setCount] = useState(0);
  const [drawing] = useState(
    () =>
      new Drawing(
        kernel,
        complain,
        (names) => tell.current(names),
        () => setCount((count) => count + 1),
      ),
  );
  useEffect(() => () => drawing.stop(), [drawing]);
  useEffect(() => drawing.follow(state), [drawing, state]);
  const draw = useCallback<Draw>(
    (make, moved) => {
      const { plan, places } = drawing.history.present;
      const made = make(plan);
      if (JSON.stringify(made) === JSON.stringify(plan)) return;
      drawing.put(step(drawing.history, { plan: made, places: moved ?? places }));
    },
    [drawing],
  );
  const settled = useCallback(() => drawing.settled(), [drawing]);
  const { past, present, future } = drawing.history;
  return {
    ...present,
    draw,
    settled,
    move: (places) => drawing.put({ ...drawing.history, present: { ...drawing.history.present, places } }),
    undo: () => past.length && drawing.put(undo(drawing.history)),
    redo: () => future.length && drawing.put(redo(drawing.history)),
    canUndo: past.length > 0,
    canRedo: future.length > 0,
  };
}
