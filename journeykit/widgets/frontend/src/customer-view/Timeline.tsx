import { useEffect, useMemo, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { Latest } from "../lib/latest";
import { type Entry, KINDS, type Kind, type Page, type State } from "./types";
import { useWords } from "./words";

const STEP = 40;
const SIGNS: Record<Kind, string> = {
  txn: "¥",
  event: "◉",
  contact: "✉",
  journey: "➜",
  lead: "★",
  receipt: "✓",
};

interface Props {
  kernel: Kernel<State>;
  complain: (problem: unknown) => void;
}

/** What happened, the newest first, under a heading for each day. */
export function Timeline({ kernel, complain }: Props) {
  const say = useWords();
  const [kinds, setKinds] = useState<readonly Kind[]>(KINDS);
  const [most, setMost] = useState(STEP);
  const [page, setPage] = useState<Page | null>(null);
  const latest = useMemo(
    () =>
      new Latest<{ kinds: readonly Kind[]; most: number }, Page>(
        (asked) => kernel.ask("timeline", asked),
        setPage,
        complain,
      ),
    [kernel, complain],
  );
  useEffect(() => latest.put({ kinds, most }), [latest, kinds, most]);
  useEffect(() => () => latest.stop(), [latest]);
  const toggle = (kind: Kind) => {
    setKinds(KINDS.filter((one) => (one === kind) !== kinds.includes(one)));
    setMost(STEP);
  };
  return (
    <>
      <fieldset className="jk-cv-kinds">
        <legend className="jk-hidden">{say("shown")}</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input type="checkbox" checked={kinds.includes(kind)} onChange={() => toggle(kind)} />
            <span aria-hidden="true">{SIGNS[kind]}</span> {say(kind)}
          </label>
        ))}
      </fieldset>
      {page && (
        <div className="jk-cv-scroll">
          {byDay(page.entries).map(([day, entries]) => (
            <section key={day} aria-label={day}>
              <h5>{day}</h5>
              <ol>
                {entries.map((entry, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and are never reordered
                  <Line key={place} entry={entry} />
                ))}
              </ol>
            </section>
          ))}
          <More page={page} most={most} show={() => setMost(Math.min(most + STEP, page.most))} />
        </div>
      )}
    </>
  );
}

function Line({ entry }: { entry: Entry }) {
  const say = useWords();
  return (
    <li data-kind={entry.kind}>
      <span className="jk-quiet jk-cv-time">{entry.time}</span>
      <span className="jk-cv-sign" role="img" aria-label={say(entry.kind)} title={say(entry.kind)}>
        {SIGNS[entry.kind]}
      </span>
      <span className="jk-cv-what">
        {entry.title} <span className="jk-quiet">{entry.details.join(" · ")}</span>
      </span>
      <span className="jk-cv-amount">{entry.amount}</span>
    </li>
  );
}

function More({ page, most, show }: { page: Page; most: number; show: () => void }) {
  const say = useWords();
  if (page.entries.length === 0) return <p className="jk-quiet">{say("nothing")}</p>;
  if (!page.more) return <p className="jk-quiet">{say("end")}</p>;
  if (most >= page.most) return <p className="jk-quiet">{say("capped", page.most)}</p>;
  return (
    <button type="button" onClick={show}>
      {say("more")}
    </button>
  );
}

/** Entries under the day on which they happened, in the order they come. */
export function byDay(entries: Entry[]): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const known = days.get(entry.day);
    if (known) known.push(entry);
    else days.set(entry.day, [entry]);
  }
  return [...days];
}
