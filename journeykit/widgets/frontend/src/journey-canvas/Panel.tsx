import { useId, useState } from "react";
import type { WidgetProps } from "../lib/mount";
import type { Shown } from "./drawn";
import { connect, nodeOf } from "./graph";
import { NodeForm } from "./NodeForm";
import { Outline } from "./Outline";
import { Simulate } from "./Simulate";
import { StrategyForm } from "./StrategyForm";
import { Submit } from "./Submit";
import { Today } from "./Today";
import type { CanvasState, Replay } from "./types";
import type { Figures } from "./useFigures";
import type { Draw, Journey } from "./useJourney";
import { useWords } from "./words";

interface PanelProps extends WidgetProps<CanvasState> {
  tab: string;
  setTab: (tab: string) => void;
  shown: Shown;
  figures: Figures;
  draw: Draw;
  settled: Journey["settled"];
  select: (ids: ReadonlySet<string>) => void;
  remove: () => void;
  choose: (id: string) => void;
  replay: Replay | null;
  setReplay: (replay: Replay) => void;
  day: number;
  setDay: (day: number) => void;
}

const TABS = ["step", "strategy", "today", "simulation", "submission", "outline"] as const;

/** Beside the drawing: the form of what is selected, and everything that is told of the whole. */
export function Panel(props: PanelProps) {
  const { tab, setTab, state, kernel, complain, shown, figures } = props;
  const words = useWords();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const tabs = TABS.filter((one) => one !== "submission" || !state.read_only);
  const run = (days: number) => {
    setBusy(true);
    complain("");
    kernel
      .ask<Replay>("simulate", { days })
      .then((answer) => {
        props.setDay(0);
        props.setReplay(answer);
      }, complain)
      .finally(() => setBusy(false));
  };
  return (
    <section className="jk-panel" aria-label={words("panels")}>
      <div role="tablist" aria-label={words("panels")}>
        {tabs.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`${id}-${one}`}
            aria-selected={tab === one}
            aria-controls={`${id}-panel`}
            onClick={() => setTab(one)}
          >
            {words(one)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} className="jk-scroll">
        {tab === "step" && <Step {...props} />}
        {tab === "strategy" && figures.choices && (
          <StrategyForm
            plan={shown.plan}
            draw={props.draw}
            kernel={kernel}
            complain={complain}
            choices={figures.choices}
            fixed={shown.fixed}
          />
        )}
        {tab === "today" && (
          <Today
            numbers={figures.numbers}
            findings={state.findings}
            audience={figures.audience}
            live={figures.live}
            choose={props.choose}
          />
        )}
        {tab === "simulation" && (
          <Simulate
            replay={props.replay}
            revision={state.revision}
            busy={busy}
            run={run}
            day={props.day}
            setDay={props.setDay}
          />
        )}
        {tab === "submission" && figures.choices && (
          <Submit
            revision={state.revision}
            settled={props.settled}
            kernel={kernel}
            complain={complain}
            choices={figures.choices}
            live={figures.live?.version ?? ""}
          />
        )}
        {tab === "outline" && (
          <Outline plan={shown.plan} told={shown.told} people={shown.people} choose={props.choose} />
        )}
      </div>
    </section>
  );
}

function Step({ shown, figures, draw, select, remove, kernel, complain }: PanelProps) {
  const words = useWords();
  const [id] = shown.selected;
  const node = id && shown.selected.size === 1 ? nodeOf(shown.plan, id) : undefined;
  if (!node || !figures.choices) return <p className="jk-quiet">{words("noStep")}</p>;
  return (
    <NodeForm
      key={node.id}
      node={node}
      plan={shown.plan}
      told={shown.told}
      findings={shown.findings}
      draw={draw}
      connect={(place, target) => draw((plan) => connect(plan, { source: node.id, place }, target))}
      renamed={(name) => select(new Set([name]))}
      remove={remove}
      kernel={kernel}
      complain={complain}
      choices={figures.choices}
      fixed={shown.fixed}
    />
  );
}
