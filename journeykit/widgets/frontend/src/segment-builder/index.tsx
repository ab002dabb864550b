import "./builder.css";

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useEcho } from "../lib/echo";
import { begin, type History, redo, step, undo } from "../lib/history";
import { show } from "../lib/language";
import { Latest } from "../lib/latest";
import { type BaseState, mount, type WidgetProps } from "../lib/mount";
import { RuleEditor } from "../rules/RuleEditor";
import type { Group } from "../rules/tree";
import { Code, Save } from "./Actions";
import { Meaning } from "./Meaning";
import { useWords } from "./words";

interface Edited {
  name: string;
  title: string;
  tree: Group;
}

interface State extends BaseState, Edited {
  revision: number;
  count: number;
  everyone: number;
  as_of: string;
}

const NAME = /^[a-z][a-z0-9_]{0,119}$/;
/** After the last change; with it a new count is there in far less than a third of a second. */
const PAUSE = 80;

function App({ state, kernel, complain }: WidgetProps<State>) {
  const say = useWords();
  const [history, setHistory] = useState<History<Edited>>(() => begin(pick(state)));
  const [waiting, setWaiting] = useState(false);
  const [refused, setRefused] = useState(false);
  const newest = useRef<{ edited: Edited; done: PromiseWithResolvers<number> } | null>(null);
  const revision = useRef(state.revision); // of what is shown, and of what was edited since
  const told = useEcho(useStable(pick(state)), (other) => {
    setHistory((known) => step(known, other));
    setRefused(false);
  });
  const [latest] = useState(() => {
    const end = (edited: Edited, problem: unknown) => {
      if (edited !== newest.current?.edited) return; // a newer one is on its way
      const { done } = newest.current;
      newest.current = null;
      // What somebody else has set came while this was under way, and is shown already.
      const replaced = kernel.state().revision > revision.current;
      revision.current = Math.max(revision.current, kernel.state().revision);
      setWaiting(false);
      setRefused(Boolean(problem) && !replaced);
      complain(problem);
      if (problem) done.reject(problem);
      else done.resolve(revision.current);
    };
    return new Latest<Edited, { revision: number }>(
      (edited) => kernel.ask("edit", { ...edited, revision: revision.current }),
      (answer, edited) => {
        revision.current = answer.revision;
        end(edited, "");
      },
      (problem, edited) => end(edited, problem),
      PAUSE,
    );
  });
  useEffect(() => {
    if (!newest.current) revision.current = Math.max(revision.current, state.revision);
  }, [state]);
  const tell = (next: Edited) => {
    const edited = { ...next, title: next.title.trim() }; // a space that is typed stays in the field
    if (!NAME.test(edited.name) || !told(edited)) return;
    setWaiting(true);
    const done = newest.current?.done ?? Promise.withResolvers<number>();
    done.promise.catch(() => {}); // who waits for it is told; nobody need wait
    newest.current = { edited, done };
    latest.put(edited);
  };
  const { present } = history;
  const change = (part: Partial<Edited>) => {
    const next = { ...present, ...part };
    setHistory(step(history, next));
    tell(next);
  };
  const move = (to: History<Edited>) => {
    setHistory(to);
    tell(to.present);
  };
  const ready = async () => newest.current?.done.promise ?? revision.current;
  const pressed = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if ((event.target as HTMLElement).matches("input, textarea")) return; // these undo their own letters
    event.preventDefault();
    move(event.shiftKey ? redo(history) : undo(history));
  };
  return (
    <section className="jk-builder" aria-label={present.title || present.name} onKeyDown={pressed}>
      <header>
        <input
          className="jk-code-name"
          aria-label={say("name")}
          title={say("nameHint")}
          aria-invalid={!NAME.test(present.name)}
          value={present.name}
          onChange={(event) => change({ name: event.target.value })}
        />
        <input
          className="jk-title"
          aria-label={say("title")}
          placeholder={say("title")}
          maxLength={200}
          value={present.title}
          onChange={(event) => change({ title: event.target.value })}
        />
        <span className="jk-buttons">
          <Tool face="↶" title={say("undo")} off={!history.past.length} act={() => move(undo(history))} />
          <Tool face="↷" title={say("redo")} off={!history.future.length} act={() => move(redo(history))} />
          <Code kernel={kernel} ready={ready} />
          <Save kernel={kernel} ready={ready} refused={refused} />
        </span>
      </header>
      <div className="jk-columns">
        <RuleEditor tree={present.tree} onChange={(tree) => change({ tree })} kernel={kernel} />
        <aside>
          <Count state={state} waiting={waiting} refused={refused} />
          <Meaning kernel={kernel} about={JSON.stringify(state.tree)} name={state.name} />
        </aside>
      </div>
    </section>
  );
}

function Tool({ face, title, off, act }: { face: string; title: string; off: boolean; act: () => void }) {
  return (
    <button type="button" title={title} aria-label={title} disabled={off} onClick={act}>
      {face}
    </button>
  );
}

function Count({ state, waiting, refused }: { state: State; waiting: boolean; refused: boolean }) {
  const say = useWords();
  const share = state.everyone ? state.count / state.everyone : 0;
  return (
    <div
      className={refused || waiting ? "jk-total jk-stale" : "jk-total"}
      role="status"
      aria-live="polite"
      aria-busy={waiting}
    >
      <p>
        <strong>{show(state.count)}</strong> {say("customers")}
        {refused && <small> · {say("notCounted")}</small>}
      </p>
      <div className="jk-bars" aria-hidden="true">
        <i className="jk-kept" style={{ width: `${100 * share}%` }} />
      </div>
      <small className="jk-quiet">
        {say("ofEveryone", percent(share), show(state.everyone))} · {say("asOf", state.as_of)}
      </small>
    </div>
  );
}

/** Never rounded to all or to nobody when it is neither. */
function percent(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  if (share < 1 && share >= 0.9995) return ">99.9%";
  return `${(100 * share).toFixed(1)}%`;
}

const pick = ({ name, title, tree }: Edited): Edited => ({ name, title, tree });

/** The same object as long as it says the same. */
function useStable(value: Edited): Edited {
  const [kept, setKept] = useState(value);
  if (kept.name === value.name && kept.title === value.title && kept.tree === value.tree) return kept;
  setKept(value);
  return value;
}

export default mount(App);
