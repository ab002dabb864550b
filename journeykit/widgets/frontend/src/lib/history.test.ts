import { expect, it } from "vitest";
import { begin, redo, step, undo } from "./history";

it("goes back and forth, and forgets what was undone when something new comes", () => {
  const typed = ["a", "b", "c"].reduce(step, begin(""));
  const back = undo(undo(typed));
  expect(back.present).toBe("a");
  expect(redo(back).present).toBe("b");
  expect(redo(redo(redo(back))).present).toBe("c");
  expect(redo(step(back, "x")).present).toBe("x");
  expect(undo(undo(undo(undo(typed)))).present).toBe("");
});
