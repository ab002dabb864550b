import { expect, it } from "vitest";
import { matches } from "./TagList";
import { byDay } from "./Timeline";
import type { Entry } from "./types";

const entry = (day: string, title: string): Entry => ({
  kind: "txn",
  day,
  time: "09:00",
  title,
  details: [],
  amount: "",
});

it("puts entries under their days and keeps their order", () => {
  const [late, noon, early] = [entry("06-02", "c"), entry("06-01", "b"), entry("06-01", "a")];
  expect(byDay([late, noon, early])).toEqual([
    ["06-02", [late]],
    ["06-01", [noon, early]],
  ]);
});

it("finds tags by every word, in title, value or family", () => {
  const tag = { name: "aum", title: "管理资产", meaning: "", family: "资产", value: "8,000 元", known: true };
  expect(matches(tag, "资产 8,000")).toBe(true);
  expect(matches(tag, "AUM")).toBe(true);
  expect(matches(tag, "资产 9,000")).toBe(false);
});
