import { type KeyboardEvent, useId, useRef } from "react";
import type { Lead } from "./types";
import { useWords } from "./words";

const SHOWN = 300;

interface Props {
  leads: Lead[];
  chosen: string;
  choose: (id: string) => void;
}

/** Leads one below the other; arrows choose. */
export function LeadList({ leads, chosen, choose }: Props) {
  const say = useWords();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const shown = leads.slice(0, SHOWN);
  const move = (event: KeyboardEvent) => {
    const place = shown.findIndex((lead) => lead.id === chosen);
    const next = { ArrowDown: place + 1, ArrowUp: Math.max(place - 1, 0), Home: 0, End: shown.length - 1 }[
      event.key
    ];
    const lead = next === undefined ? undefined : shown[Math.min(next, shown.length - 1)];
    if (!lead) return;
    event.preventDefault();
    choose(lead.id);
    box.current?.querySelector(`[data-lead="${CSS.escape(lead.id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <div
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={say("list")}
      aria-activedescendant={shown.some((lead) => lead.id === chosen) ? `${id}-${chosen}` : undefined}
      className="jk-mc-list"
      onKeyDown={move}
    >
      {shown.map((lead) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list box itself hears the keys
        // biome-ignore lint/a11y/useFocusableInteractive: the list box has the focus, and names the active option
        <div
          key={lead.id}
          id={`${id}-${lead.id}`}
          data-lead={lead.id}
          role="option"
          aria-selected={lead.id === chosen}
          className="jk-mc-option"
          onClick={() => choose(lead.id)}
        >
          <span className="jk-mc-line">
            <strong>{lead.customer}</strong>
            <Status lead={lead} />
          </span>
          <span className="jk-mc-line">
            <span>{lead.strategy}</span>
            <span className="jk-quiet" title={say("worth")}>
              {lead.value}
            </span>
          </span>
          <span className="jk-mc-line jk-quiet">
            <span>
              {lead.channel} · {lead.offer}
            </span>
            <span>{lead.due}</span>
          </span>
        </div>
      ))}
      {leads.length > SHOWN && <p className="jk-quiet">{say("hidden", leads.length - SHOWN)}</p>}
    </div>
  );
}

const SIGNS: Record<string, string> = {
  pending: "○",
  delivered: "●",
  answered: "☏",
  clicked: "☞",
  accepted: "✓",
  refused: "✗",
  failed: "!",
};

/** A status by sign and word; the colour only repeats it. */
export function Status({ lead }: { lead: Lead }) {
  return (
    <span className="jk-mc-status" data-status={lead.status}>
      <span aria-hidden="true">{SIGNS[lead.status]}</span> {lead.status_word}
    </span>
  );
}
