import { expect, it } from "vitest";
import { step, undo } from "../lib/history";
import type { CanvasState, Definition, Places } from "./types";
import { Drawing } from "./useJourney";

const plan = (name: string): Definition => ({ name, stage: "retain", nodes: [] });
const state = (revision: number, name: string, places: Places = {}) =>
  ({ revision, definition: plan(name), places, read_only: false }) as unknown as CanvasState;

interface Sent {
  what: string;
  content: { definition: Definition; places: Places; revision: number };
  answer: (revision: number) => void;
  refuse: (problem: string) => void;
}

/** A drawing whose kernel is played by the test. */
function played() {
  const sent: Sent[] = [];
  const complaints: unknown[] = [];
  let shown = state(1, "a");
  const kernel = {
    state: () => shown,
    ask: (what: string, content: Sent["content"]) =>
      new Promise((resolve, reject) =>
        sent.push({
          what,
          content,
          answer: (revision) =>
            resolve({ revision, renamed: {}, definition: content.definition, places: content.places }),
          refuse: (problem) => reject(new Error(problem)),
        }),
      ),
  };
  const drawing = new Drawing(
    kernel as never,
    (problem) => problem && complaints.push((problem as Error).message),
    () => {},
    () => {},
  );
  return {
    drawing,
    sent,
    complaints,
    draw: (name: string) =>
      drawing.put(step(drawing.history, { ...drawing.history.present, plan: plan(name) })),
    move: (at: [number, number]) =>
      drawing.put({ ...drawing.history, present: { ...drawing.history.present, places: { w: at } } }),
    push: (next: CanvasState) => {
      shown = next;
      drawing.follow(next);
    },
    nth: async (count: number) => {
      await expect.poll(() => sent.length).toBe(count);
      return sent[count - 1] as Sent;
    },
  };
}

const names = ({ history }: Drawing) => [...history.past, history.present].map((one) => one.plan.name);

it("keeps what was moved last, whatever is told of the move before", async () => {
  const { drawing, move, push, nth } = played();
  move([1, 1]);
  const first = await nth(1);
  move([2, 2]);
  first.answer(1);
  push(state(1, "a", { w: [1, 1] }));
  expect(drawing.history.present.places).toEqual({ w: [2, 2] });
  const second = await nth(2);
  expect(second.content.places).toEqual({ w: [2, 2] });
  second.answer(1);
  await drawing.settled();
  expect(drawing.history.present.places).toEqual({ w: [2, 2] });
});

it("shows what Python set while an edit was under way, which is refused", async () => {
  const { drawing, draw, push, nth, complaints } = played();
  draw("b");
  const edit = await nth(1);
  expect(edit.content.revision).toBe(1);
  push(state(2, "python"));
  const settled = drawing.settled();
  edit.refuse("changed meanwhile");
  await expect(settled).rejects.toThrow("changed meanwhile");
  expect(complaints).toEqual(["changed meanwhile"]);
  expect(names(drawing)).toEqual(["a", "python"]);
  draw("c");
  expect((await nth(2)).content.revision).toBe(2);
});

it("takes over what Python set after an edit, also where that comes before the answer", async () => {
  const { drawing, draw, push, nth } = played();
  draw("b");
  const edit = await nth(1);
  push(state(3, "python"));
  edit.answer(2);
  await drawing.settled();
  expect(names(drawing)).toEqual(["a", "b", "python"]);
});

it("is settled once the last edit is answered", async () => {
  const { drawing, draw, nth, sent } = played();
  expect(await drawing.settled()).toBe(1);
  draw("b");
  const first = await nth(1);
  draw("c");
  const submitted = drawing.settled().then((revision) => [revision, sent.length]);
  first.answer(2);
  const second = await nth(2);
  expect([second.content.definition.name, second.content.revision]).toEqual(["c", 2]);
  second.answer(3);
  expect(await submitted).toEqual([3, 2]);
});

it("takes a refused step back, and what could be redone stays", async () => {
  const { drawing, draw, nth } = played();
  draw("b");
  (await nth(1)).answer(2);
  await drawing.settled();
  drawing.put(undo(drawing.history));
  (await nth(2)).answer(3);
  await drawing.settled();
  draw("bad");
  const bad = await nth(3);
  const settled = drawing.settled();
  bad.refuse("no");
  await expect(settled).rejects.toThrow("no");
  expect(names(drawing)).toEqual(["a"]);
  expect(drawing.history.future.map((one) => one.plan.name)).toEqual(["b"]);
});

it("complains of no step that something newer has put right", async () => {
  const { drawing, draw, nth, complaints } = played();
  draw("1");
  const first = await nth(1);
  draw("12");
  first.refuse("too small");
  (await nth(2)).answer(2);
  await drawing.settled();
  expect(complaints).toEqual([]);
  expect(drawing.history.present.plan.name).toBe("12");
});
