import { Bars, percent } from "../tag-explorer/Bars";
import type { Segment } from "./types";
import { useWords } from "./words";

/** A segment: its size, what sets it apart, and how some tags are spread in it. */
export function Portrait({ state }: { state: Segment }) {
  const say = useWords();
  return (
    <div className="jk-cv jk-cv-portrait">
      <header>
        <h3>{state.title}</h3>
        <span className="jk-quiet">{say("as_of", state.as_of)}</span>
      </header>
      <p>{state.rule}</p>
      <p className="jk-cv-size">
        <strong>{state.size.toLocaleString("en-US")}</strong> {say("size")}{" "}
        <span className="jk-quiet">{say("share", percent(state.size / (state.everyone || 1)))}</span>
      </p>
      {state.size === 0 && <p>{say("empty")}</p>}
      {state.profile.length > 0 && <Apart state={state} />}
      {state.spreads.length > 0 && (
        <section aria-label={say("spreads")}>
          <h4>{say("spreads")}</h4>
          <p className="jk-quiet">{say("legend")}</p>
          <div className="jk-cv-spreads">
            {state.spreads.map((spread) => (
              <Spread key={spread.title} {...spread} />
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

function Apart({ state }: { state: Segment }) {
  const say = useWords();
  return (
    <section aria-label={say("apart")}>
      <h4>{say("apart")}</h4>
      <div className="jk-cv-scroll">
        <table>
          <thead>
            <tr>
              <th>{say("tag")}</th>
              <th className="jk-number">{say("in_segment")}</th>
              <th className="jk-number">{say("base")}</th>
              <th className="jk-cv-wide">{say("lift")}</th>
              <th className="jk-cv-wide">{say("distance")}</th>
              <td className="jk-cv-wide" />
            </tr>
          </thead>
          <tbody>
            {state.profile.map((line) => (
              <tr key={line.title}>
                <td>{line.title}</td>
                <td className="jk-number">{line.group}</td>
                <td className="jk-number">{line.base}</td>
                <td className="jk-cv-wide">{line.lift}</td>
                <td className="jk-cv-wide">{line.apart}</td>
                <td className="jk-cv-wide" aria-hidden="true">
                  <Distance share={line.bar} quiet={line.used} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {state.notes.map((note) => (
        <p key={note} className="jk-quiet">
          {note}
        </p>
      ))}
    </section>
  );
}

/** A bar to the right when the segment has more, to the left when it has less. */
function Distance({ share, quiet }: { share: number; quiet: boolean }) {
  const width = 50 * Math.abs(share);
  return (
    <svg width="110" height="13" focusable="false" aria-hidden="true">
      <rect
        className={quiet ? "jk-bar-quiet" : "jk-bar"}
        x={`${share < 0 ? 50 - width : 50}%`}
        y="1"
        width={`${width}%`}
        height="11"
      />
      <line className="jk-cv-axis" x1="50%" x2="50%" y1="0" y2="13" />
    </svg>
  );
}

function Spread({ title, bars }: Segment["spreads"][number]) {
  const say = useWords();
  const longest = Math.max(0.001, ...bars.flatMap((bar) => [bar.group, bar.base]));
  const rows = bars.map((bar) => ({
    label: bar.label,
    length: bar.group / longest,
    other: bar.base / longest,
    text: `${percent(bar.group)} / ${percent(bar.base)}`,
  }));
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Bars rows={rows} heads={[say("value"), `${say("in_segment")} / ${say("base")}`]} title={title} />
    </figure>
  );
}
