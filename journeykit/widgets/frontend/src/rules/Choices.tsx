import { useState } from "react";
import { show } from "../lib/language";
import type { Field } from "./catalogue";
import { useSpread } from "./spread";
import { useWords } from "./words";

/** The values of a text with how many have them: one or several can be chosen, and others be typed. */
export function Choices({
  field,
  chosen,
  several,
  onChange,
}: {
  field: Field;
  chosen: string[];
  several: boolean;
  onChange: (chosen: string[]) => void;
}) {
  const say = useWords();
  const { spread, problem } = useSpread(field.name);
  const [typed, setTyped] = useState("");
  const counts = new Map(spread?.values.map(([value, , count]) => [value, count]));
  const listed = new Map<string, string>([
    ...(spread?.values ?? []).map(([value, title]) => [value, title] as const),
    ...field.values,
    ...chosen
      .filter((value) => !field.values.some(([one]) => one === value))
      .map((one) => [one, one] as const),
  ]);
  const most = Math.max(1, ...counts.values());
  const toggle = (value: string) => {
    if (!several) return onChange([value]);
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  };
  const add = () => {
    const value = typed.trim();
    if (value && !chosen.includes(value)) onChange(several ? [...chosen, value] : [value]);
    setTyped("");
  };
  return (
    <div className="jk-choices">
      <fieldset aria-label={field.title}>
        {[...listed].map(([value, title], place) => (
          <label key={value}>
            <input
              {...(place === 0 ? { "data-first": true } : {})}
              type={several ? "checkbox" : "radio"}
              checked={chosen.includes(value)}
              onChange={() => toggle(value)}
            />
            <span className="jk-name">{title}</span>
            <span className="jk-share" aria-hidden="true">
              <i style={{ width: `${(100 * (counts.get(value) ?? 0)) / most}%` }} />
            </span>
            <span className="jk-count">{spread ? show(counts.get(value) ?? 0) : ""}</span>
          </label>
        ))}
      </fieldset>
      {!spread && <p className="jk-quiet">{problem || say("spreadLoading")}</p>}
      {spread && <Rest missing={spread.missing} others={spread.others} />}
      {!field.values.length && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <input
            aria-label={say("addValue")}
            placeholder={say("addValue")}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <button type="submit" disabled={!typed.trim()}>
            {say("add")}
          </button>
        </form>
      )}
    </div>
  );
}

/** Who is in none of the bars. */
export function Rest({ missing, others }: { missing: number; others: number }) {
  const say = useWords();
  const told = [others && say("others", others), missing && say("missing", missing)].filter(Boolean);
  return told.length ? <p className="jk-quiet">{told.join(" · ")}</p> : null;
}
