import { expect, it } from "vitest";
import { inRange } from "./spread";

it("compares numbers as numbers and days as days", () => {
  const bin = { low: "90", high: "100", count: 1 };
  expect(inRange(bin, "95", "1000")).toBe(true);
  expect(inRange(bin, "100", "")).toBe(false);
  expect(inRange(bin, "", "90")).toBe(true);
  expect(inRange(bin, "", "89")).toBe(false);
  const may = { low: "2026-05-01", high: "2026-05-29", count: 1 };
  expect(inRange(may, "2026-05-10", "")).toBe(true);
  expect(inRange(may, "2026-06-01", "")).toBe(false);
});
