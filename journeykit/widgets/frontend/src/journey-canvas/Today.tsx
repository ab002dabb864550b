import { show } from "../lib/language";
import type { Finding, Live, Load, Numbers } from "./types";
import { useWords } from "./words";

interface TodayProps {
  numbers: Numbers | null;
  findings: Finding[];
  audience: Finding[] | null;
  live: Live | null;
  choose: (node: string) => void;
}

/** Today's people, what a day holds, what is wrong, and what differs from the live version. */
export function Today({ numbers, findings, audience, live, choose }: TodayProps) {
  const words = useWords();
  return (
    <div className="jk-form">
      {numbers?.problem && <p className="jk-finding jk-bad">{numbers.problem}</p>}
      {numbers?.nodes && <Figures numbers={numbers} />}
      {numbers === null && <p className="jk-quiet">{words("counting")}</p>}
      <h3>{words("findings")}</h3>
      <Findings findings={[...findings, ...(audience ?? [])]} choose={choose} />
      {audience === null && <p className="jk-quiet">{words("lookingAtAudience")}</p>}
      {live && <Difference live={live} choose={choose} />}
    </div>
  );
}

function Figures({ numbers }: { numbers: Numbers }) {
  const words = useWords();
  const treated = numbers.members - numbers.goal_met - numbers.exit_met - numbers.control;
  const rows = [
    ["members", numbers.members],
    ["goalMet", numbers.goal_met],
    ["exitMet", numbers.exit_met],
    ["controls", numbers.control],
    ["treated", treated],
  ] as const;
  return (
    <>
      <table>
        <caption>
          {words("asOf", numbers.as_of)}
          {numbers.looked_at < numbers.members && ` · ${words("sampled", numbers.looked_at)}`}
        </caption>
        <tbody>
          {rows.map(([key, count]) => (
            <tr key={key}>
              <th scope="row">{words(key)}</th>
              <td className="jk-number">{show(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {numbers.loads.length > 0 && (
        <>
          <h3>{words("loads")}</h3>
          {numbers.loads.map((one) => (
            <LoadBar key={one.title} load={one} />
          ))}
        </>
      )}
    </>
  );
}

function LoadBar({ load }: { load: Load }) {
  const words = useWords();
  const { people, capacity } = load;
  const over = capacity !== null && people > capacity;
  const text = capacity === null ? words("noLimit", people) : words("capacity", people, capacity);
  const share = capacity ? Math.min(1, people / capacity) : people && capacity === 0 ? 1 : 0;
  return (
    <div className="jk-load">
      <span>{load.title}</span>
      <span className="jk-number">
        {over && <b aria-hidden="true">! </b>}
        {text}
      </span>
      <div className="jk-bar" aria-hidden="true">
        <div className={over ? "jk-over" : ""} style={{ width: `${share * 100}%` }} />
      </div>
      {over && <b>{words("overCapacity")}</b>}
    </div>
  );
}

function Findings({ findings, choose }: { findings: Finding[]; choose: (node: string) => void }) {
  const words = useWords();
  if (!findings.length) return <p>✓ {words("sound")}</p>;
  return (
    <ul className="jk-findings">
      {findings.map((one) => (
        <li key={`${one.node} ${one.text}`} className={one.severity === "error" ? "jk-bad" : "jk-warn"}>
          <button type="button" className="jk-link" onClick={() => choose(one.node)}>
            {one.severity === "error" ? "✕" : "!"} {words(one.severity)} · {one.node}
          </button>
          <div>{one.text}</div>
        </li>
      ))}
    </ul>
  );
}

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;

function Difference({ live, choose }: { live: Live; choose: (node: string) => void }) {
  const words = useWords();
  if (!live.version) return <p className="jk-quiet">{words("notLive")}</p>;
  return (
    <>
      <h3>{words("changes")}</h3>
      <p className="jk-quiet">{words("live", live.version, live.state)}</p>
      {!live.changes.length && <p>{words("noChange")}</p>}
      <ul className="jk-findings">
        {live.changes.map((one) => (
          <li key={`${one.name} ${one.text}`} className={one.kind}>
            <button type="button" className="jk-link" onClick={() => choose(one.name)}>
              {SIGNS[one.kind]} {words(one.kind)}
            </button>
            <div>{one.text}</div>
          </li>
        ))}
      </ul>
    </>
  );
}
