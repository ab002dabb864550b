import { type ReactNode, useState } from "react";
import { Bars, percent } from "./Bars";
import type { Chosen, Named, State } from "./types";
import { useWords } from "./words";

const SHOWN = 12;

interface Props {
  state: State;
  chosen: Chosen;
  choose: (name: string) => void;
}

/** Everything there is to tell of the chosen tag. */
export function Details({ state, chosen, choose }: Props) {
  const say = useWords();
  return (
    <>
      <p>{chosen.description}</p>
      <Facts chosen={chosen} />
      <Section title={say("distribution")}>
        {chosen.distribution ? (
          <Spread title={chosen.title} found={chosen.distribution} />
        ) : (
          <p>⚠ {say("unavailable", chosen.missing)}</p>
        )}
      </Section>
      <Section title={say("freshness")}>
        <ul className="jk-te-plain">
          {chosen.distribution && <li>{say("built", state.as_of, state.build)}</li>}
          {chosen.sources
            .filter((source) => source.newest)
            .map((source) => (
              <li key={source.title}>{say("newest", source.title, source.newest)}</li>
            ))}
        </ul>
      </Section>
      <Section title={say("lineage")}>
        <dl>
          <dt>{say("uses")}</dt>
          <dd>
            <Names items={chosen.lineage.uses} none={say("nothing")} choose={choose} />
          </dd>
          <dt>{say("columns")}</dt>
          <dd>
            <ul className="jk-te-plain">
              {chosen.lineage.columns.map((column) => (
                <li key={column.name}>
                  {column.subject} · {column.title} <code>{column.name}</code>
                </li>
              ))}
            </ul>
          </dd>
          <dt>{say("used_by")}</dt>
          <dd>
            <Names items={chosen.lineage.used_by} none={say("nothing")} choose={choose} />
          </dd>
        </dl>
      </Section>
      <Section title={say("users")}>
        <dl>
          {(["segment", "strategy", "model"] as const).map((kind) => (
            <div key={kind} className="jk-te-row">
              <dt>{say(kind)}</dt>
              <dd>
                <Names items={chosen.users[kind]} none={say("nobody")} />
              </dd>
            </div>
          ))}
        </dl>
      </Section>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      {children}
    </section>
  );
}

function Facts({ chosen }: { chosen: Chosen }) {
  const say = useWords();
  const facts: [string, ReactNode][] = [
    [say("family"), chosen.family],
    [say("type"), chosen.type],
    [say("unit"), chosen.unit],
    [say("window"), chosen.days === null ? "" : say("days", chosen.days)],
    [say("owner"), chosen.owner],
    [say("sensitivity"), chosen.sensitivity],
    [say("kind"), chosen.rule ? `${chosen.kind}: ` : chosen.kind],
  ];
  return (
    <dl className="jk-te-facts">
      {facts
        .filter(([, fact]) => fact)
        .map(([head, fact]) => (
          <div key={head}>
            <dt>{head}</dt>
            <dd>
              {fact}
              {head === say("kind") && chosen.rule && <code>{chosen.rule}</code>}
            </dd>
          </div>
        ))}
    </dl>
  );
}

function Spread({ title, found }: { title: string; found: NonNullable<Chosen["distribution"]> }) {
  const say = useWords();
  const longest = Math.max(1, ...found.bars.map((bar) => bar.count));
  const rows = found.bars.map((bar) => ({
    label: bar.label,
    length: bar.count / longest,
    text: `${bar.count.toLocaleString("en-US")} · ${percent(bar.count / (found.customers || 1))}`,
    quiet: bar.missing,
  }));
  return (
    <>
      <p className="jk-quiet">
        {say("customers", found.customers)}
        {found.quantiles.length === 3 && ` · ${say("quantiles", ...found.quantiles)}`}
      </p>
      <Bars rows={rows} heads={[say("value"), say("count")]} title={title} />
    </>
  );
}

/** Tags or users by title; those behind others are marked so, and tags can be gone to. */
function Names({ items, none, choose }: { items: Named[]; none: string; choose?: (name: string) => void }) {
  const say = useWords();
  const [all, setAll] = useState(false);
  if (items.length === 0) return <span className="jk-quiet">{none}</span>;
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <ul className="jk-te-names">
      {shown.map((item) => {
        const words = item.direct ? item.title : say("through", item.title);
        return (
          <li key={item.name}>
            {choose ? (
              <button type="button" title={item.name} onClick={() => choose(item.name)}>
                {words}
              </button>
            ) : (
              <span title={item.name}>{words}</span>
            )}
          </li>
        );
      })}
      {shown.length < items.length && (
        <li>
          <button type="button" onClick={() => setAll(true)}>
            {say("more", items.length - shown.length)}
          </button>
        </li>
      )}
    </ul>
  );
}
