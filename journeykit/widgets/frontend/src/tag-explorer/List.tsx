import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { Latest } from "../lib/latest";
import type { Catalogue, Line, State } from "./types";
import { useWords } from "./words";

interface Props {
  catalogue: Catalogue;
  kernel: Kernel<State>;
  chosen: string;
  choose: (name: string) => void;
  complain: (problem: unknown) => void;
}

/** The tags that have the words somebody looks for; arrows move, Enter chooses. */
export function List({ catalogue, kernel, chosen, choose, complain }: Props) {
  const say = useWords();
  const id = useId();
  const [text, setText] = useState("");
  const [family, setFamily] = useState("");
  const [names, setNames] = useState<string[] | null>(null);
  const [at, setAt] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const latest = useMemo(
    () =>
      new Latest<string, { names: string[] }>(
        (asked) => kernel.ask("search", { text: asked }),
        (answer) => setNames(answer.names),
        complain,
        120,
      ),
    [kernel, complain],
  );
  useEffect(() => () => latest.stop(), [latest]);
  useEffect(() => {
    if (chosen) reveal(box.current, chosen);
  }, [chosen]);

  const shown = useMemo(() => select(catalogue.tags, names, family), [catalogue, names, family]);
  const current = [at, chosen].find((name) => shown.some((tag) => tag.name === name)) ?? "";
  useEffect(() => {
    if (names) box.current?.scrollTo({ top: 0 }); // the best hits come first
  }, [names]);
  const search = (asked: string) => {
    setText(asked);
    if (asked.trim()) latest.put(asked.slice(0, 200));
    else {
      latest.stop();
      setNames(null);
    }
  };
  const move = (event: KeyboardEvent) => {
    const place = shown.findIndex((tag) => tag.name === current);
    const next = { ArrowDown: place + 1, ArrowUp: Math.max(place - 1, 0), Home: 0, End: shown.length - 1 }[
      event.key
    ];
    const entered = event.key === "Enter" ? current || shown[0]?.name : undefined;
    if (entered) choose(entered);
    const tag = next === undefined ? undefined : shown[Math.min(next, shown.length - 1)];
    if (!tag) return;
    event.preventDefault();
    setAt(tag.name);
    reveal(box.current, tag.name);
  };

  return (
    <div className="jk-te-left">
      <input
        type="search"
        aria-label={say("search")}
        placeholder={say("search_hint")}
        value={text}
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => !["Home", "End"].includes(event.key) && move(event)}
      />
      <select aria-label={say("family")} value={family} onChange={(event) => setFamily(event.target.value)}>
        <option value="">{say("all_families")}</option>
        {catalogue.families.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
      <div
        ref={box}
        className="jk-te-list"
        role="listbox"
        tabIndex={0}
        aria-label={say("list")}
        aria-activedescendant={current ? `${id}-${current}` : undefined}
        onKeyDown={move}
      >
        {shown.map((tag) => (
          <Option
            key={tag.name}
            tag={tag}
            id={`${id}-${tag.name}`}
            chosen={tag.name === chosen}
            current={tag.name === current}
            choose={choose}
          />
        ))}
        {shown.length === 0 && <p className="jk-quiet">{say("none_found")}</p>}
      </div>
      <div className="jk-te-found jk-quiet" role="status">
        {say("found", shown.length, catalogue.tags.length)}
      </div>
    </div>
  );
}

function Option(props: {
  tag: Line;
  id: string;
  chosen: boolean;
  current: boolean;
  choose: (name: string) => void;
}) {
  const { tag, id, chosen, current, choose } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box itself hears the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list box has the focus, and names the active option
    <div
      id={id}
      data-name={tag.name}
      role="option"
      aria-selected={chosen}
      className={`jk-te-option${current ? " jk-te-current" : ""}`}
      onClick={() => choose(tag.name)}
    >
      <span className="jk-te-title">
        {!tag.built && <span aria-hidden="true">⚠ </span>}
        {tag.title}
      </span>
      <span className="jk-te-sub">
        <code>{tag.name}</code>
        <span>{tag.unit}</span>
      </span>
    </div>
  );
}

/** Scrolls the list, and nothing around it, until a tag is seen. */
function reveal(list: HTMLElement | null, name: string) {
  const option = list?.querySelector<HTMLElement>(`[data-name="${name}"]`);
  if (!list || !option) return;
  const { top, bottom } = option.getBoundingClientRect();
  const seen = list.getBoundingClientRect();
  if (top < seen.top) list.scrollTop -= seen.top - top;
  if (bottom > seen.bottom) list.scrollTop += bottom - seen.bottom;
}

/** The tags of a family that were found, in the order in which they were. */
export function select(tags: Line[], names: string[] | null, family: string): Line[] {
  const known = new Map(tags.map((tag) => [tag.name, tag]));
  const found = names === null ? tags : names.flatMap((name) => known.get(name) ?? []);
  return family ? found.filter((tag) => tag.family === family) : found;
}
