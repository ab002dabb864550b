import { useId, useState } from "react";
import { Input } from "./inputs";
import type { Replay, TableJson } from "./types";
import { useWords } from "./words";

interface SimulateProps {
  replay: Replay | null;
  revision: number;
  busy: boolean;
  run: (days: number) => void;
  day: number;
  setDay: (day: number) => void;
}

/** The simulation: its figures, and the day whose people the steps show. */
export function Simulate({ replay, revision, busy, run, day, setDay }: SimulateProps) {
  const words = useWords();
  const slider = useId();
  const [days, setDays] = useState("30");
  return (
    <div className="jk-form">
      <Input
        label={words("simulateDays")}
        type="number"
        step="1"
        minimum={1}
        maximum={180}
        value={days}
        onChange={setDays}
      />
      <button type="button" className="jk-main" disabled={busy} onClick={() => run(Number(days))}>
        {words(busy ? "running" : "run")}
      </button>
      {replay && (
        <>
          {replay.revision !== revision && <p className="jk-finding">{words("stale")}</p>}
          <div className="jk-input">
            <label htmlFor={slider}>{words("day")}</label>
            <input
              id={slider}
              type="range"
              min={0}
              max={replay.days.length - 1}
              value={day}
              aria-valuetext={replay.days[day] ?? ""}
              onChange={(event) => setDay(Number(event.target.value))}
            />
          </div>
          <p aria-live="polite">{words("standingOn", replay.days[day] ?? "")}</p>
          {replay.tables.map((one) => (
            <PlainTable key={one.title} table={one} />
          ))}
          <details>
            <summary>{words("assumptions")}</summary>
            <ul>
              {replay.notes.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </details>
        </>
      )}
    </div>
  );
}

export function PlainTable({ table }: { table: TableJson }) {
  return (
    <div className="jk-table">
      <table>
        <caption>{table.title}</caption>
        <thead>
          <tr>
            {table.columns.map((one, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={place} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.join("|")}>
              {row.map((one, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                <td key={place} className={/^[\d,.%–\s-]+$/.test(one) ? "jk-number" : ""}>
                  {one}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
