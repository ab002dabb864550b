import { useEffect, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { Input, Select } from "./inputs";
import { PlainTable } from "./Simulate";
import type { CanvasState, Choices, TableJson } from "./types";
import type { Journey } from "./useJourney";
import { useWords } from "./words";

interface SubmitProps {
  revision: number;
  settled: Journey["settled"];
  kernel: Kernel<CanvasState>;
  complain: (problem: unknown) => void;
  choices: Choices;
  /** Which version is live; empty when none is, and there are no people in flight. */
  live: string;
}

/** The answers that an approver needs, and what the strategy reads of its customers. */
export function Submit({ revision, settled, kernel, complain, choices, live }: SubmitProps) {
  const words = useWords();
  const [purpose, setPurpose] = useState("");
  const [harm, setHarm] = useState("");
  const [confirmed, setConfirmed] = useState(false);
  const [flight, setFlight] = useState("finish");
  const [actor, setActor] = useState(choices.authors[0] ?? "");
  const [data, setData] = useState<TableJson | null>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<{ version: string; table: TableJson } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision reads other data
  useEffect(() => {
    setConfirmed(false);
    kernel.ask<{ table: TableJson }>("data").then((answer) => setData(answer.table), complain);
  }, [kernel, complain, revision]);
  const submit = () => {
    setBusy(true);
    complain("");
    // Of the revision whose data were confirmed: the kernel refuses it once another has been drawn.
    const answers = { revision, purpose, harm, data_confirmed: confirmed, in_flight: flight, as_: actor };
    settled()
      .then(() => kernel.ask<{ version: string; table: TableJson }>("submit", answers))
      .then((answer) => {
        setDone(answer);
      }, complain)
      .finally(() => setBusy(false));
  };
  return (
    <div className="jk-form">
      <Input label={words("purpose")} type="area" value={purpose} onChange={setPurpose} />
      <Input label={words("harm")} type="area" value={harm} onChange={setHarm} />
      {data && <PlainTable table={data} />}
      <label className="jk-check">
        <input type="checkbox" checked={confirmed} onChange={(event) => setConfirmed(event.target.checked)} />
        {words("dataConfirmed")}
      </label>
      {live && (
        <Select
          label={words("inFlight")}
          value={flight}
          onChange={setFlight}
          options={Object.entries(choices.in_flight).map(([name, title]) => ({ name, title }))}
        />
      )}
      {choices.authors.length > 0 && (
        <Select
          label={words("actAs")}
          value={actor}
          onChange={setActor}
          options={choices.authors.map((name) => ({ name, title: name }))}
        />
      )}
      <button type="button" className="jk-main" disabled={busy} onClick={submit}>
        {words(busy ? "submitting" : "submit")}
      </button>
      {done && (
        <div role="status">
          <p>✓ {words("submitted", done.version)}</p>
          <PlainTable table={done.table} />
        </div>
      )}
    </div>
  );
}
