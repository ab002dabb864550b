import { useEffect, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { show } from "../lib/language";
import { useAsked } from "./asked";
import { useWords } from "./words";

// biome-ignore lint/suspicious/noExplicitAny: of whatever state; only asks
type Asker = Kernel<any>;
const TABS = ["waterfall", "profile", "overlap"] as const;
type Tab = (typeof TABS)[number];

/** What a segment means: how many each rule leaves, what sets it apart, whom it shares with others. */
export function Meaning({ kernel, about, name }: { kernel: Asker; about: string; name: string }) {
  const say = useWords();
  const [tab, setTab] = useState<Tab>("waterfall");
  return (
    <section className="jk-meaning" aria-label={say("details")}>
      <div role="tablist" className="jk-tabs">
        {TABS.map((one) => (
          <button key={one} type="button" role="tab" aria-selected={one === tab} onClick={() => setTab(one)}>
            {say(one)}
          </button>
        ))}
      </div>
      <div role="tabpanel" aria-label={say(tab)}>
        {tab === "waterfall" && <Waterfall kernel={kernel} about={about} />}
        {tab === "profile" && <Profile kernel={kernel} about={about} />}
        {tab === "overlap" && <Overlap kernel={kernel} about={about} name={name} />}
      </div>
    </section>
  );
}

interface Fall {
  everyone: number;
  steps: { text: string; remain: number }[];
}

function Waterfall({ kernel, about }: { kernel: Asker; about: string }) {
  const say = useWords();
  const { answer, problem, fresh } = useAsked<Fall>(kernel, "waterfall", {}, about, 350);
  if (problem) return <p className="jk-quiet">{problem}</p>;
  if (!answer) return <p className="jk-quiet">{say("wait")}</p>;
  const rows = [{ text: say("everyone"), remain: answer.everyone }, ...answer.steps];
  const whole = answer.everyone || 1;
  return (
    <ol className={fresh ? "jk-fall" : "jk-fall jk-stale"}>
      {rows.map(({ text, remain }, place) => {
        const before = rows[place - 1]?.remain ?? remain;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
          <li key={place}>
            <span className="jk-said">{text}</span>
            <span className="jk-remain">{show(remain)}</span>
            <span className="jk-bars" aria-hidden="true">
              <i className="jk-kept" style={{ width: `${(100 * remain) / whole}%` }} />
              <i className="jk-gone" style={{ width: `${(100 * (before - remain)) / whole}%` }} />
            </span>
            <span className="jk-lost">{before > remain ? say("lost", before - remain) : ""}</span>
          </li>
        );
      })}
    </ol>
  );
}

interface Standing {
  tag: string;
  group: string;
  base: string;
  /** How far apart, with its interval. */
  apart: string;
  /** The same as a share of the widest, negative to the left. */
  bar: number;
  /** Apart by definition: the segment's own rules use it. */
  quiet: boolean;
}

function Profile({ kernel, about }: { kernel: Asker; about: string }) {
  const say = useWords();
  const { answer, problem, fresh } = useAsked<{ heads: string[]; rows: Standing[]; notes: string[] }>(
    kernel,
    "profile",
    {},
    about,
    500,
  );
  if (problem) return <p className="jk-quiet">{problem}</p>;
  if (!answer) return <p className="jk-quiet">{say("wait")}</p>;
  return (
    <div className={fresh ? "" : "jk-stale"}>
      <table className="jk-profile">
        <thead>
          <tr>
            {answer.heads.map((head, place) => (
              <th key={head} className={place ? "jk-number" : ""} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row) => (
            <tr key={row.tag} title={row.apart}>
              <th scope="row">
                {row.tag}
                <span className={row.quiet ? "jk-apart jk-dim" : "jk-apart"} aria-hidden="true">
                  <i style={sideways(row.bar)} />
                </span>
              </th>
              <td className="jk-number">{row.group}</td>
              <td className="jk-number">{row.base}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer.notes.map((note) => (
        <p key={note} className="jk-quiet">
          {note}
        </p>
      ))}
    </div>
  );
}

/** A bar from the middle, to the right where there is more of it. */
function sideways(bar: number) {
  const share = 50 * Math.min(1, Math.abs(bar));
  return { width: `${share}%`, marginInlineStart: `${bar < 0 ? 50 - share : 50}%` };
}

function Overlap({ kernel, about, name }: { kernel: Asker; about: string; name: string }) {
  const say = useWords();
  const [saved, setSaved] = useState<[name: string, title: string][]>([]);
  const [chosen, setChosen] = useState<string[]>([]);
  useEffect(() => {
    let gone = false;
    kernel
      .ask<{ segments: [string, string][] }>("saved")
      .then((answer) => !gone && setSaved(answer.segments.filter(([one]) => one !== name)));
    return () => {
      gone = true;
    };
  }, [kernel, name]);
  if (!saved.length) return <p className="jk-quiet">{say("noSaved")}</p>;
  const toggle = (one: string) =>
    setChosen(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);
  return (
    <>
      <fieldset className="jk-others">
        <legend>{say("against")}</legend>
        {saved.map(([one, title]) => (
          <label key={one}>
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              disabled={!chosen.includes(one) && chosen.length >= 7}
              onChange={() => toggle(one)}
            />
            {title}
          </label>
        ))}
      </fieldset>
      {chosen.length >= 7 && <p className="jk-quiet">{say("most")}</p>}
      {chosen.length > 0 && <Parts kernel={kernel} names={chosen} about={about} />}
    </>
  );
}

interface Overlapping {
  segments: [title: string, size: number][];
  /** How many are in exactly these segments. */
  parts: [inside: boolean[], count: number][];
}

const letter = (place: number) => String.fromCharCode(65 + place);

/** Every combination of the segments; each customer is in one. */
function Parts({ kernel, names, about }: { kernel: Asker; names: string[]; about: string }) {
  const say = useWords();
  const { answer, problem, fresh } = useAsked<Overlapping>(kernel, "overlap", { names }, about, 400);
  if (problem) return <p className="jk-quiet">{problem}</p>;
  if (!answer) return <p className="jk-quiet">{say("wait")}</p>;
  const most = Math.max(1, ...answer.parts.map(([, count]) => count));
  return (
    <div className={fresh ? "" : "jk-stale"}>
      <ul className="jk-letters">
        {answer.segments.map(([title, size], place) => (
          <li key={letter(place)}>
            <b>{letter(place)}</b> {title} <span>{show(size)}</span>
          </li>
        ))}
      </ul>
      <table className="jk-profile">
        <thead>
          <tr>
            <th scope="col" colSpan={2}>
              {say("exactly")}
            </th>
            <th className="jk-number" scope="col">
              {say("heads")}
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.parts.map(([inside, count]) => (
            <tr key={inside.join()}>
              <th scope="row" aria-label={inside.map((one, at) => (one ? letter(at) : "")).join(" ")}>
                {inside.map((one, at) => (
                  <span key={letter(at)} className={one ? "jk-dot jk-full" : "jk-dot"}>
                    {one ? letter(at) : "·"}
                  </span>
                ))}
                {!inside.includes(true) && <small className="jk-quiet">{say("nowhere")}</small>}
              </th>
              <td>
                <span className="jk-bars" aria-hidden="true">
                  <i className="jk-kept" style={{ width: `${(100 * count) / most}%` }} />
                </span>
              </td>
              <td className="jk-number">{show(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
