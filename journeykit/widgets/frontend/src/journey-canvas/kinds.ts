import { END } from "./graph";
import type { Choices, NodeJson } from "./types";

/** The kinds of steps in the palette, in groups. */
export const PALETTE = [
  ["start"],
  ["send", "assign"],
  ["wait", "wait_working_days", "wait_weekday", "wait_hour", "wait_date", "wait_until"],
  ["branch", "split"],
  ["update", "exit"],
] as const;

export type Kind = (typeof PALETTE)[number][number];

/** A stroke drawing of each kind in a square of 16. */
export const ICONS: Record<string, string> = {
  start: "M3 2.5l10 5.5-10 5.5z",
  send: "M1.5 3.5h13v9h-13zM1.5 4l6.5 5 6.5-5",
  assign: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.5-3.5 3-4.5 5.5-4.5s5 1 5.5 4.5",
  wait: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5v3.5l2.5 1.5",
  branch: "M8 1.5v4M8 5.5L3.5 9v5M8 5.5l4.5 3.5v5M1.5 12l2 2 2-2M10.5 12l2 2 2-2",
  split: "M2.5 2.5h11v11h-11zM5.5 5.5h.1M10.5 5.5h.1M8 8h.1M5.5 10.5h.1M10.5 10.5h.1",
  join: "M3 2v4l5 3 5-3V2M8 9v5",
  update: "M3.5 14.5v-13M3.5 2.5h8.5l-2 3 2 3h-8.5",
  exit: "M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3",
};

/** To which family a kind belongs: that is its colour, and its icon where it has none of its own. */
export function family(kind: string): string {
  return kind.startsWith("wait") ? "wait" : kind;
}

/** A step of a kind as it is first: valid, with what is there to choose. */
export function fresh(kind: Kind, id: string, name: string, choices: Choices): NodeJson {
  const offer = choices.offers.find((one) => !one.over)?.name ?? choices.offers[0]?.name ?? "";
  const channel = choices.channels.find((one) => one.to === "customer")?.name ?? "sms";
  const everybody = { node: "and", operands: [] };
  const day = choices.days[0]?.name ?? "";
  const made: Record<Kind, Omit<NodeJson, "kind" | "id">> = {
    start: { segment: { name: `${name}_audience`.slice(0, 120), where: everybody }, control: "0.1" },
    send: { channel, offer },
    assign: { to: "manager", offer },
    wait: { days: 3 },
    wait_working_days: { days: 2 },
    wait_weekday: { weekday: "monday" },
    wait_hour: { hour: 9 },
    wait_date: { date: { node: "tag", name: day } },
    wait_until: { condition: everybody, at_most_days: 7 },
    branch: { cases: [{ name: "yes", when: everybody, next: END }] },
    split: {
      variants: [
        { name: "a", weight: "0.5", next: END },
        { name: "b", weight: "0.5", next: END },
      ],
    },
    update: { mark: choices.marks[0] ?? "seen" },
    exit: {},
  };
  const on = kind === "exit" || kind === "split" ? {} : { next: END };
  return { kind, id, ...made[kind], ...on };
}
