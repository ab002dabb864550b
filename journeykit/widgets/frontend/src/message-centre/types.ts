import type { Lead } from "../customer-view/types";
import type { BaseState } from "../lib/mount";

export type { Lead };

export interface State extends BaseState {
  /** The manager or branch. */
  of: string;
  day: string;
  days: string[];
  leads: Lead[];
  /** What can be reported, and what it is called. */
  outcomes: [string, string][];
  /** Why whoever looks may report nothing; empty when they may. */
  barred: string;
}

export interface Filter {
  status: string;
  strategy: string;
  channel: string;
  text: string;
}
