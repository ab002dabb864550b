import "./messages.css";

import { useState } from "react";
import { mount, type WidgetProps } from "../lib/mount";
import { counts, EVERY, fitting } from "./filtering";
import { LeadList } from "./LeadList";
import { OneLead } from "./OneLead";
import type { Filter, Lead, State } from "./types";
import { useWords } from "./words";

function App({ state, kernel, complain }: WidgetProps<State>) {
  const say = useWords();
  const [filter, setFilter] = useState<Filter>(EVERY);
  const [chosen, setChosen] = useState("");
  const shown = fitting(state.leads, filter);
  const lead = state.leads.find((one) => one.id === chosen);
  const show = (day: string) => {
    setFilter(EVERY);
    kernel.ask("show", { day }).then(() => complain(""), complain);
  };
  const report = (outcome: string) =>
    kernel.ask("report", { lead: chosen, outcome }).then(
      () => {
        complain("");
        return true;
      },
      (problem) => {
        complain(problem);
        return false;
      },
    );
  return (
    <div className="jk-mc">
      <div className="jk-mc-top">
        <h3>{say("title", state.of)}</h3>
        <label>
          {say("day")}{" "}
          <select value={state.day} onChange={(event) => show(event.target.value)}>
            {state.days.map((day) => (
              <option key={day}>{day}</option>
            ))}
          </select>
        </label>
      </div>
      <Filters leads={state.leads} filter={filter} setFilter={setFilter} />
      <div className="jk-mc-left">
        {shown.length === 0 && <p className="jk-quiet">{say(state.leads.length ? "none_left" : "none")}</p>}
        <LeadList leads={shown} chosen={chosen} choose={setChosen} />
        <div role="status" className="jk-quiet jk-mc-found">
          {say("found", shown.length, state.leads.length)}
        </div>
      </div>
      <article className="jk-mc-right" aria-label={lead ? say("customer", lead.customer) : say("list")}>
        {lead ? (
          <OneLead
            key={lead.id}
            lead={lead}
            outcomes={state.outcomes}
            barred={state.barred}
            report={report}
          />
        ) : (
          <p className="jk-quiet">{say("choose")}</p>
        )}
      </article>
    </div>
  );
}

interface FilterProps {
  leads: Lead[];
  filter: Filter;
  setFilter: (filter: Filter) => void;
}

function Filters({ leads, filter, setFilter }: FilterProps) {
  const say = useWords();
  const set = (changed: Partial<Filter>) => setFilter({ ...filter, ...changed });
  const statuses = [{ status: "", word: say("all"), count: leads.length }, ...counts(leads)];
  return (
    <div className="jk-mc-filters">
      <fieldset>
        <legend className="jk-hidden">{say("counts")}</legend>
        {statuses.map(({ status, word, count }) => (
          <button
            key={status}
            type="button"
            aria-pressed={filter.status === status}
            onClick={() => set({ status })}
          >
            {word} <b>{count.toLocaleString("en-US")}</b>
          </button>
        ))}
      </fieldset>
      <Choice
        label={say("strategy")}
        every={say("all_strategies")}
        choices={leads.map((lead) => lead.strategy)}
        value={filter.strategy}
        choose={(strategy) => set({ strategy })}
      />
      <Choice
        label={say("channel")}
        every={say("all_channels")}
        choices={leads.map((lead) => lead.channel)}
        value={filter.channel}
        choose={(channel) => set({ channel })}
      />
      <input
        type="search"
        aria-label={say("text")}
        placeholder={say("text_hint")}
        value={filter.text}
        onChange={(event) => set({ text: event.target.value })}
      />
    </div>
  );
}

function Choice(props: {
  label: string;
  every: string;
  choices: string[];
  value: string;
  choose: (value: string) => void;
}) {
  const known = [...new Set(props.choices)].sort();
  return (
    <select
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.choose(event.target.value)}
    >
      <option value="">{props.every}</option>
      {known.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

export default mount(App);
