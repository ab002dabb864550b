import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { TagList } from "./TagList";
import { Timeline } from "./Timeline";
import type { Customer, Lead, State } from "./types";
import { useWords } from "./words";

const PARTS = ["timeline", "holdings", "tags"] as const;

interface Props {
  state: Customer;
  kernel: Kernel<State>;
  complain: (problem: unknown) => void;
}

/** One customer: who, without a name; what was decided; and behind tabs everything else. */
export function OneCustomer({ state, kernel, complain }: Props) {
  const say = useWords();
  return (
    <div className="jk-cv">
      <header>
        <h3>{say("customer", state.who)}</h3>
        <span className="jk-quiet">{say("as_of", state.as_of)}</span>
      </header>
      <aside>
        <section aria-label={say("leads", state.contact_date)}>
          <h4>{say("leads", state.contact_date)}</h4>
          {state.leads.length === 0 && <p className="jk-quiet">{say("no_leads")}</p>}
          {state.leads.map((lead) => (
            <LeadCard key={lead.id} lead={lead} />
          ))}
        </section>
        <section aria-label={say("profile")}>
          <h4>{say("profile")}</h4>
          <dl className="jk-facts jk-cv-facts">
            {state.profile.map((fact) => (
              <div key={fact.name}>
                <dt>{fact.title}</dt>
                <dd>{fact.value}</dd>
              </div>
            ))}
          </dl>
        </section>
      </aside>
      <Tabs
        parts={{
          timeline: <Timeline kernel={kernel} complain={complain} />,
          holdings: <Holdings held={state.holdings} />,
          tags: <TagList kernel={kernel} complain={complain} />,
        }}
      />
    </div>
  );
}

function LeadCard({ lead }: { lead: Lead }) {
  const say = useWords();
  return (
    <article className="jk-cv-lead">
      <strong>{lead.strategy}</strong>
      <div>
        {lead.channel} · {lead.offer}
      </div>
      <dl className="jk-facts jk-cv-facts">
        <div>
          <dt>{say("why")}</dt>
          <dd>{lead.why}</dd>
        </div>
        {lead.facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{say("worth")}</dt>
          <dd>{lead.value}</dd>
        </div>
        <div>
          <dt>{say("due")}</dt>
          <dd>{lead.due}</dd>
        </div>
        <div>
          <dt>{say("status")}</dt>
          <dd>{lead.status_word}</dd>
        </div>
      </dl>
      {lead.say && <p className="jk-quiet">{say("say", lead.say)}</p>}
    </article>
  );
}

function Tabs({ parts }: { parts: Record<(typeof PARTS)[number], ReactNode> }) {
  const say = useWords();
  const id = useId();
  const [open, setOpen] = useState<(typeof PARTS)[number]>("timeline");
  const turn = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && PARTS[(PARTS.indexOf(open) + step + PARTS.length) % PARTS.length];
    if (!next) return;
    setOpen(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-part="${next}"]`)?.focus();
  };
  return (
    <main>
      <div role="tablist" tabIndex={-1} aria-label={say("parts")} className="jk-cv-tabs" onKeyDown={turn}>
        {PARTS.map((part) => (
          <button
            key={part}
            type="button"
            role="tab"
            data-part={part}
            id={`${id}-${part}`}
            aria-selected={part === open}
            aria-controls={`${id}-panel`}
            tabIndex={part === open ? 0 : -1}
            onClick={() => setOpen(part)}
          >
            {say(part)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${open}`} className="jk-cv-panel">
        {parts[open]}
      </div>
    </main>
  );
}

function Holdings({ held }: { held: Customer["holdings"] }) {
  const say = useWords();
  const [closed, setClosed] = useState(false);
  const rows = held.rows.filter((row) => closed || !row.closed);
  return (
    <>
      {held.rows.some((row) => row.closed) && (
        <div className="jk-cv-filter">
          <label>
            <input type="checkbox" checked={closed} onChange={() => setClosed(!closed)} /> {say("closed")}
          </label>
        </div>
      )}
      <div className="jk-cv-scroll">
        {rows.length === 0 && <p className="jk-quiet">{say("no_holdings")}</p>}
        {rows.length > 0 && (
          <table>
            <thead>
              <tr>
                {held.columns.map((column, place) => (
                  <th key={column} className={held.numbers[place - 1] ? "jk-number" : ""}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: accounts are not named here
                <tr key={place} className={row.closed ? "jk-quiet" : ""}>
                  {row.cells.map((cell, at) => (
                    <td key={held.columns[at]} className={held.numbers[at - 1] ? "jk-number" : ""}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  );
}
