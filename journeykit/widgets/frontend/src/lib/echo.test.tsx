import { act, useState } from "react";
import { createRoot } from "react-dom/client";
import { expect, it } from "vitest";
import { useEcho } from "./echo";

/** An editor whose listener answers when the test says so. */
async function edited() {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const replaced: number[] = [];
  let tell = (_: number) => false;
  let give = (_: number) => {};
  function Editor() {
    const [value, setValue] = useState(0);
    give = setValue;
    tell = useEcho(value, (other) => void replaced.push(other));
    return null;
  }
  const root = createRoot(document.createElement("div"));
  await act(async () => root.render(<Editor />));
  return {
    replaced,
    tell: (value: number) => tell(value),
    give: (value: number) => act(async () => give(value)),
  };
}

it("is not disturbed by what it told itself, however late that comes back", async () => {
  const { replaced, tell, give } = await edited();
  expect([tell(1), tell(2), tell(2), tell(3)]).toEqual([true, true, false, true]);
  await give(1);
  await give(3);
  expect(replaced).toEqual([]);
});

it("takes over what others made, also what it once told itself", async () => {
  const { replaced, tell, give } = await edited();
  tell(1);
  tell(2);
  await give(2);
  await give(7);
  await give(1);
  expect(replaced).toEqual([7, 1]);
});
