import { expect, it } from "vitest";
import { Latest } from "./latest";

it("asks one at a time, and of those that came meanwhile only the newest", async () => {
  const asked: string[] = [];
  const free: (() => void)[] = [];
  const told: string[] = [];
  const done = Promise.withResolvers<void>();
  const latest = new Latest<string, string>(
    (question) => {
      asked.push(question);
      return new Promise((resolve) => free.push(() => resolve(question.toUpperCase())));
    },
    (answer) => {
      told.push(answer);
      if (answer === "D") done.resolve();
    },
    done.reject,
  );
  latest.put("a");
  await expect.poll(() => asked).toEqual(["a"]);
  for (const question of ["b", "c", "d"]) latest.put(question);
  free[0]?.();
  await expect.poll(() => asked).toEqual(["a", "d"]);
  free[1]?.();
  await done.promise;
  expect(told).toEqual(["A", "D"]);
});
