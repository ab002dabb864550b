import { useState } from "react";
import type { WidgetProps } from "../lib/mount";
import type { CanvasState } from "./types";
import type { Journey } from "./useJourney";
import { useWords } from "./words";

interface ToolbarProps extends WidgetProps<CanvasState> {
  journey: Journey;
  copy: (() => void) | undefined;
  paste: () => void;
  remove: (() => void) | undefined;
}

export function Toolbar({ state, kernel, complain, journey, copy, paste, remove }: ToolbarProps) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const save = () => {
    complain("");
    journey
      .settled()
      .then((revision) => kernel.ask("save", { revision }))
      .catch(complain);
  };
  const code = async () => {
    await journey.settled();
    const answer = await kernel.ask<{ code: string }>("code");
    await navigator.clipboard.writeText(answer.code);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className="jk-toolbar" role="toolbar" aria-label={words("canvas")}>
      <b className="jk-title">{state.rules.title}</b>
      {state.read_only ? (
        <span className="jk-quiet">{words("readOnly")}</span>
      ) : (
        <>
          <button type="button" onClick={journey.undo} disabled={!journey.canUndo} title="Ctrl+Z">
            {words("undo")}
          </button>
          <button type="button" onClick={journey.redo} disabled={!journey.canRedo} title="Ctrl+Shift+Z">
            {words("redo")}
          </button>
          <button type="button" onClick={copy} disabled={!copy} title="Ctrl+C">
            {words("copy")}
          </button>
          <button type="button" onClick={paste} title="Ctrl+V">
            {words("paste")}
          </button>
          <button type="button" onClick={remove} disabled={!remove} title="Del">
            {words("remove")}
          </button>
          <button type="button" onClick={() => journey.move({})}>
            {words("tidy")}
          </button>
        </>
      )}
      <span className="jk-space" />
      <button type="button" onClick={() => void code().catch(complain)}>
        {words(copied ? "copied" : "python")}
      </button>
      {!state.read_only && (
        <>
          <span className="jk-quiet" role="status">
            {words(state.saved ? "saved" : "unsaved")}
          </span>
          <button type="button" className="jk-main" onClick={save} disabled={state.saved}>
            {words("save")}
          </button>
        </>
      )}
    </div>
  );
}
