import { useSetting } from "./catalogue";
import type { DraftEvent } from "./draft";
import { SubEditor } from "./SubEditor";
import type { Mode } from "./tree";
import { useWords } from "./words";

const MODES: Mode[] = ["atLeast", "atMost", "exactly"];

/** How often something happened, in which time, and which of it counts. */
export function EventForm({
  name,
  value,
  onChange,
}: {
  name: string;
  value: DraftEvent;
  onChange: (value: DraftEvent) => void;
}) {
  const say = useWords();
  const set = (change: Partial<DraftEvent>) => onChange({ ...value, ...change });
  return (
    <div className="jk-event">
      <span className="jk-pair">
        <select
          aria-label={say("mode")}
          value={value.mode}
          onChange={(event) => set({ mode: event.target.value as Mode })}
        >
          {MODES.map((mode) => (
            <option key={mode} value={mode}>
              {say(mode)}
            </option>
          ))}
        </select>
        <Whole
          label={say("threshold")}
          value={value.threshold}
          least={0}
          onChange={(threshold) => set({ threshold })}
        />
        {say("times")}
      </span>
      <Window value={value} onChange={set} />
      {value.within_days !== "" && value.every_days === "" && (
        <button
          type="button"
          className="jk-add"
          title={say("everyHint")}
          onClick={() => set({ every_days: 1 })}
        >
          + {say("addEvery")}
        </button>
      )}
      {value.within_days !== "" && value.every_days !== "" && (
        <span className="jk-pair" title={say("everyHint")}>
          {say("every")}
          <Whole
            label={say("every")}
            value={value.every_days}
            least={1}
            onChange={(every_days) => set({ every_days })}
          />
          {say("days")}
        </span>
      )}
      <SubEditor event={name} where={value.where} onChange={(where) => set({ where })} />
    </div>
  );
}

interface Windowed {
  within_days: number | "";
  since_entry: boolean;
}

/** In which time something counts: ever, in the last days, or since entering the journey. */
export function Window({
  value,
  onChange,
}: {
  value: Windowed;
  onChange: (change: Windowed & { every_days?: "" }) => void;
}) {
  const say = useWords();
  const { purpose } = useSetting();
  const kind = value.since_entry ? "sinceEntry" : value.within_days === "" ? "ever" : "within";
  const changed = (next: string) =>
    onChange({
      since_entry: next === "sinceEntry",
      within_days: next === "within" ? 30 : "",
      ...(next === "within" ? {} : { every_days: "" as const }),
    });
  return (
    <span className="jk-pair">
      <select aria-label={say("window")} value={kind} onChange={(event) => changed(event.target.value)}>
        <option value="ever">{say("ever")}</option>
        <option value="within">{say("within")}</option>
        {(purpose === "journey" || value.since_entry) && (
          <option value="sinceEntry">{say("sinceEntry")}</option>
        )}
      </select>
      {kind === "within" && (
        <>
          <Whole
            label={say("numberOfDays")}
            value={value.within_days}
            least={1}
            onChange={(days) => onChange({ since_entry: false, within_days: days || 1 })}
          />
          {say("days")}
        </>
      )}
    </span>
  );
}

/** A whole number, or nothing. */
export function Whole({
  label,
  value,
  least,
  empty,
  onChange,
}: {
  label: string;
  value: number | "";
  least: number;
  /** What it means to leave it empty, where that may be. */
  empty?: string;
  onChange: (value: number | "") => void;
}) {
  const read = (text: string) => (/^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : "");
  return (
    <input
      className="jk-whole"
      type="number"
      min={least}
      step={1}
      aria-label={label}
      placeholder={empty}
      value={value}
      onChange={(event) => onChange(read(event.target.value))}
    />
  );
}
