import { describe, expect, it } from "vitest";
import { counts, EVERY, fitting } from "./filtering";
import type { Lead } from "./types";

function lead(customer: string, status: string, more: Partial<Lead> = {}): Lead {
  return {
    id: customer,
    customer,
    strategy: "Keep wealth",
    offer: "30 days",
    channel: "phone call",
    why: "Wealth matures",
    facts: [["AUM", "120,000 yuan"]],
    say: "",
    value: "1.00",
    not_before: "",
    due: "2026-06-01",
    manager: "",
    delivery: "delivered",
    status,
    status_word: status.toUpperCase(),
    outcomes: [],
    ...more,
  };
}

const LEADS = [
  lead("C1", "delivered"),
  lead("C2", "accepted", { strategy: "Payroll" }),
  lead("C3", "delivered", { channel: "text message" }),
];

describe("fitting", () => {
  it("keeps everything without a filter", () => {
    expect(fitting(LEADS, EVERY)).toEqual(LEADS);
  });

  it("keeps what fits all of status, strategy and channel", () => {
    const asked = { ...EVERY, status: "delivered", channel: "text message" };
    expect(fitting(LEADS, asked).map((one) => one.customer)).toEqual(["C3"]);
    expect(fitting(LEADS, { ...asked, strategy: "Payroll" })).toEqual([]);
  });

  it("finds every word, wherever it stands", () => {
    const found = fitting(LEADS, { ...EVERY, text: "payroll 120,000" });
    expect(found.map((one) => one.customer)).toEqual(["C2"]);
  });
});

it("counts each status", () => {
  expect(counts(LEADS)).toEqual([
    { status: "delivered", word: "DELIVERED", count: 2 },
    { status: "accepted", word: "ACCEPTED", count: 1 },
  ]);
});
