import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { EVENT, type Field, SEQUENCE, useSetting } from "./catalogue";
import { Popover } from "./Popover";
import { useWords } from "./words";

/** One thing that can be chosen. */
interface Choice {
  name: string;
  title: string;
  also: string;
  hint: string;
}

interface Section {
  title: string;
  choices: Choice[];
}

/** Finds a field by either title or its name, in its family; letters and arrows suffice. */
export function FieldPicker({
  value,
  onChange,
  label,
  only,
  behaviour = false,
}: {
  value: string;
  onChange: (name: string) => void;
  label: string;
  /** Which fields may be chosen; all by default. */
  only?: (field: Field) => boolean;
  /** Whether what customers did can be chosen too. */
  behaviour?: boolean;
}) {
  const say = useWords();
  const sections = useSections(only, behaviour);
  const chosen = sections.flatMap((one) => one.choices).find((one) => one.name === value);
  return (
    <Popover
      face={chosen?.title ?? (value && value !== "~" ? value : say("chooseField"))}
      title={label}
      className={`jk-field${chosen ? "" : " jk-empty"}`}
    >
      {(close) => (
        <Finder
          sections={sections}
          value={value}
          choose={(name) => {
            close();
            onChange(name);
          }}
        />
      )}
    </Popover>
  );
}

function useSections(only: ((field: Field) => boolean) | undefined, behaviour: boolean): Section[] {
  const say = useWords();
  const { catalogue, event } = useSetting();
  const named = (field: Field): Choice => ({
    name: field.name,
    title: field.title,
    also: field.also,
    hint: field.unit,
  });
  if (event) return [{ title: event.title, choices: event.columns.filter(only ?? Boolean).map(named) }];
  const families = catalogue.families.map(([name, title]) => ({
    title,
    choices: catalogue.tags.filter((tag) => tag.family === name && (!only || only(tag))).map(named),
  }));
  const done = catalogue.events.map((one) => ({ ...one, name: EVENT + one.name, hint: "" }));
  const sequence = { name: SEQUENCE, title: say("sequence"), also: "sequence 序列", hint: "" };
  const did = { title: say("behaviour"), choices: [...done, sequence] };
  return [...(behaviour ? [did] : []), ...families.filter((one) => one.choices.length)];
}

function Finder({
  sections,
  value,
  choose,
}: {
  sections: Section[];
  value: string;
  choose: (name: string) => void;
}) {
  const say = useWords();
  const list = useId();
  const [sought, setSought] = useState("");
  const found = useMemo(() => search(sections, sought), [sections, sought]);
  const flat = found.flatMap((one) => one.choices);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      flat.findIndex((one) => one.name === value),
    ),
  );
  const current = flat[Math.min(at, flat.length - 1)];
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(flat.length - 1, at + step)));
    } else if (event.key === "Enter" && current) {
      event.preventDefault();
      choose(current.name);
    }
  };
  return (
    <div className="jk-finder">
      <input
        data-first
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={current && `${list}-${current.name}`}
        aria-label={say("searchField")}
        placeholder={say("searchField")}
        value={sought}
        onChange={(event) => {
          setSought(event.target.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <div role="listbox" id={list} aria-label={say("field")} tabIndex={-1}>
        {found.map((section) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a list box
          <div role="group" key={section.title} aria-label={section.title}>
            <div className="jk-family">{section.title}</div>
            {section.choices.map((one) => (
              <Line
                key={one.name}
                id={`${list}-${one.name}`}
                one={one}
                current={one === current}
                choose={choose}
              />
            ))}
          </div>
        ))}
        {!flat.length && <p className="jk-quiet">{say("nothingFound")}</p>}
      </div>
    </div>
  );
}

function Line({
  id,
  one,
  current,
  choose,
}: {
  id: string;
  one: Choice;
  current: boolean;
  choose: (name: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are pressed in the search field above
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      ref={current ? (line) => line?.scrollIntoView({ block: "nearest" }) : undefined}
      onClick={() => choose(one.name)}
    >
      <span>{one.title}</span>
      <small>{one.hint}</small>
    </div>
  );
}

/** "viewed" and "viewing" find "Views". */
const stem = (word: string) => (word.length > 4 ? word.replace(/(ed|ing|s)$/, "") : word);

/** The choices in which every word stands, those that begin with it first. */
export function search(sections: Section[], sought: string): Section[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return sections;
  const hit = (one: Choice) => {
    const told = `${one.title} ${one.also} ${one.name} ${one.name.replaceAll("_", " ")}`.toLowerCase();
    return words.every((word) => told.includes(word) || told.includes(stem(word)));
  };
  return sections
    .map((section) => ({ ...section, choices: section.choices.filter(hit) }))
    .filter((section) => section.choices.length);
}
