import type { Filter, Lead } from "./types";

export const EVERY: Filter = { status: "", strategy: "", channel: "", text: "" };

/** The leads that fit a filter; every word of its text stands somewhere in what is shown of them. */
export function fitting(leads: Lead[], filter: Filter): Lead[] {
  const words = filter.text.toLowerCase().split(/\s+/);
  return leads.filter(
    (lead) =>
      (!filter.status || lead.status === filter.status) &&
      (!filter.strategy || lead.strategy === filter.strategy) &&
      (!filter.channel || lead.channel === filter.channel) &&
      words.every((word) => told(lead).includes(word)),
  );
}

/** How many leads there are of each status, and what it is called; in the order in which they come. */
export function counts(leads: Lead[]): { status: string; word: string; count: number }[] {
  const found = new Map<string, { status: string; word: string; count: number }>();
  for (const lead of leads) {
    const known = found.get(lead.status);
    if (known) known.count += 1;
    else found.set(lead.status, { status: lead.status, word: lead.status_word, count: 1 });
  }
  return [...found.values()];
}

function told(lead: Lead): string {
  const { customer, strategy, offer, channel, why, facts } = lead;
  return [customer, strategy, offer, channel, why, ...facts.flat()].join(" ").toLowerCase();
}
