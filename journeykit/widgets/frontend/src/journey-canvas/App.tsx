import { ReactFlowProvider } from "@xyflow/react";
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import { show } from "../lib/language";
import type { WidgetProps } from "../lib/mount";
import { peopleText } from "./Box";
import { type Shown, wayId } from "./drawn";
import { Flow } from "./Flow";
import {
  connect,
  copies,
  END,
  insert,
  lead,
  newId,
  nodeOf,
  openWay,
  remove,
  targets,
  type Way,
} from "./graph";
import { fresh, type Kind } from "./kinds";
import { placesOf } from "./layout";
import { Palette } from "./Palette";
import { Panel } from "./Panel";
import { Toolbar } from "./Toolbar";
import type { CanvasState, Definition, NodeJson, Replay } from "./types";
import { useFigures } from "./useFigures";
import { type Draw, useJourney } from "./useJourney";
import { useWords, type WORDS } from "./words";

export function App({ state, kernel, complain }: WidgetProps<CanvasState>) {
  const words = useWords();
  const [picked, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState("");
  const [tab, setTab] = useState("today");
  const [replay, setReplay] = useState<Replay | null>(null);
  const [day, setDay] = useState(0);
  const whole = useRef<HTMLDivElement>(null);
  const copied = useRef<NodeJson[]>([]);
  const follow = useCallback((names: Record<string, string>) => {
    setSelected((known) => new Set([...known].map((id) => names[id] ?? id)));
  }, []);
  const journey = useJourney(state, kernel, complain, follow);
  const figures = useFigures(state.revision, kernel, complain);
  const { plan } = journey;
  // What undoing took away is selected no longer.
  const selected = useMemo(() => new Set([...picked].filter((id) => nodeOf(plan, id))), [picked, plan]);
  const { choices, numbers, live } = figures;
  const fixed = state.read_only;

  const select = useCallback((ids: ReadonlySet<string>) => {
    setSelected(ids);
    if (ids.size === 1) setTab("step");
  }, []);
  const draw: Draw = (change, places) => !fixed && journey.draw(change, places);
  const add = (kind: Kind, way: Way | undefined, at?: [number, number]) => {
    const second = kind === "start" && plan.nodes.some((node) => node.kind === "start");
    if (!choices || fixed || second) return;
    const made = fresh(kind, kind === "start" ? "start" : newId(plan), plan.name, choices);
    const first = kind === "start" ? undefined : way;
    const moved = Object.keys(journey.places).length > 0;
    const settle = kind === "start" ? adoptLoose : (drawn: Definition) => drawn;
    draw(
      (known) => settle(insert(known, made, first)),
      moved && at ? { ...journey.places, [made.id]: at } : journey.places,
    );
    setChosen("");
    select(new Set([made.id]));
  };
  const addByKey = (kind: Kind) => {
    const [one] = selected;
    const way = wayOf(plan, chosen) ?? openWay(plan, one);
    add(kind, way);
  };
  const removeChosen = () => {
    const way = wayOf(plan, chosen);
    if (selected.size) draw((known) => remove(known, [...selected]));
    else if (way) draw((known) => lead(known, way, END));
    setSelected(new Set());
    setChosen("");
    whole.current?.focus(); // what had the focus may be gone, and the next key is for the canvas
  };
  const copy = () => {
    copied.current = plan.nodes.filter((node) => selected.has(node.id));
  };
  const paste = () => {
    const made = copies(plan, copied.current);
    if (!made.ids.length) return;
    draw(() => made.plan);
    setSelected(new Set(made.ids));
  };
  const keys = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    const held = event.ctrlKey || event.metaKey;
    const act =
      held && key === "z"
        ? event.shiftKey
          ? journey.redo
          : journey.undo
        : held && key === "y"
          ? journey.redo
          : held && key === "c"
            ? copy
            : held && key === "v"
              ? paste
              : key === "delete" || key === "backspace"
                ? removeChosen
                : null;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  const replayed = tab === "simulation" ? replay : null;
  const living = fixed && live?.version ? live : null;
  const shown: Shown = useMemo(
    () => ({
      plan,
      places: placesOf(plan, journey.places),
      told: state.told,
      findings: [...state.findings, ...(figures.audience ?? [])],
      live,
      selected,
      people: (id) => {
        if (replayed) return `${show(replayed.standing[id]?.[day] ?? 0)} ${words("standing")}`;
        if (living) return livingText(living.people[id], living.leads[id], words);
        return peopleText(words, numbers?.nodes?.[id]);
      },
      taken: (id, place) => (replayed || living ? undefined : numbers?.ways?.[id]?.[place]),
      nameOf: (kind) => (kind in NAMED ? words(kind as keyof typeof WORDS) : kind),
      fixed,
    }),
    [
      plan,
      journey.places,
      state.told,
      state.findings,
      figures.audience,
      live,
      selected,
      replayed,
      day,
      living,
      numbers,
      words,
      fixed,
    ],
  );
  const choose = (id: string) => {
    if (nodeOf(plan, id)) select(new Set([id]));
    else setTab("strategy");
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole canvas, beside buttons for each
    <div className="jk-canvas" onKeyDown={keys} tabIndex={-1} ref={whole}>
      <Toolbar
        state={state}
        kernel={kernel}
        complain={complain}
        journey={journey}
        copy={selected.size ? copy : undefined}
        paste={paste}
        remove={selected.size || chosen ? removeChosen : undefined}
      />
      {!fixed && (
        <Palette
          add={addByKey}
          ready={choices !== null}
          started={plan.nodes.some((node) => node.kind === "start")}
        />
      )}
      <div className="jk-flow">
        <ReactFlowProvider>
          <Flow
            shown={shown}
            chosen={chosen}
            onSelect={select}
            onChoose={setChosen}
            onMove={journey.move}
            onConnect={(way, target) => draw((known) => connect(known, way, target))}
            onDrop={add}
          />
        </ReactFlowProvider>
        {!plan.nodes.length && <p className="jk-empty">{words("empty")}</p>}
      </div>
      <Panel
        tab={tab}
        setTab={setTab}
        state={state}
        kernel={kernel}
        complain={complain}
        shown={shown}
        figures={figures}
        draw={draw}
        settled={journey.settled}
        select={select}
        remove={removeChosen}
        choose={choose}
        replay={replay}
        setReplay={setReplay}
        day={day}
        setDay={setDay}
      />
    </div>
  );
}

const NAMED = { start: 1, send: 1, assign: 1, branch: 1, split: 1, join: 1, update: 1, exit: 1, wait: 1 };

/** The way of an edge's id. */
function wayOf(plan: Definition, chosen: string): Way | undefined {
  return plan.nodes
    .flatMap((node) => targets(node).map((_, place) => ({ source: node.id, place })))
    .find((way) => wayId(way) === chosen);
}

/** A start that comes last leads to the first step that nothing leads to. */
function adoptLoose(plan: Definition): Definition {
  const led = new Set(plan.nodes.flatMap(targets));
  const first = plan.nodes.find((node) => node.kind !== "start" && !led.has(node.id));
  const ordered = [...plan.nodes].sort(
    (one, other) => Number(other.kind === "start") - Number(one.kind === "start"),
  );
  const sorted = { ...plan, nodes: ordered };
  return first ? lead(sorted, { source: "start", place: 0 }, first.id) : sorted;
}

function livingText(
  people: number | undefined,
  leads: number | undefined,
  words: (key: keyof typeof WORDS, ...parts: (string | number)[]) => string,
): string {
  const told = [people && words("inIt", people), leads && words("leadsToday", leads)];
  return told.filter(Boolean).join(" · ");
}
