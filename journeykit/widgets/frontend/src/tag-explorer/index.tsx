import "./explorer.css";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { mount, type WidgetProps } from "../lib/mount";
import { Details } from "./Details";
import { LastEditor } from "./inserting";
import { List } from "./List";
import type { Catalogue, State } from "./types";
import { useWords } from "./words";

function App({ state, kernel, complain }: WidgetProps<State>) {
  const say = useWords();
  const [catalogue, setCatalogue] = useState<Catalogue | null>(null);
  const details = useRef<HTMLElement>(null);
  const editor = useLastEditor();
  useEffect(() => {
    kernel.ask<Catalogue>("catalogue").then(setCatalogue, complain);
  }, [kernel, complain]);
  const choose = useCallback(
    (name: string) => {
      kernel.ask("choose", { name }).then(() => complain(""), complain);
      details.current?.scrollTo({ top: 0 });
    },
    [kernel, complain],
  );
  const { chosen } = state;
  return (
    <div className="jk-te">
      {catalogue && (
        <List
          catalogue={catalogue}
          kernel={kernel}
          chosen={chosen?.name ?? ""}
          choose={choose}
          complain={complain}
        />
      )}
      <article ref={details} className="jk-te-right" aria-label={chosen?.title ?? say("explorer")}>
        {chosen ? (
          <>
            <header>
              <h3>
                {chosen.title} <code>{chosen.name}</code>
              </h3>
              <Insert key={chosen.name} code={`t.${chosen.name}`} editor={editor} />
            </header>
            <Details key={chosen.name} state={state} chosen={chosen} choose={choose} />
          </>
        ) : (
          <p className="jk-quiet">{say("choose")}</p>
        )}
      </article>
    </div>
  );
}

/** Listens where somebody types, from the widget's first moment on. */
function useLastEditor(): RefObject<LastEditor | null> {
  const editor = useRef<LastEditor>(null);
  useEffect(() => {
    const last = new LastEditor(document);
    editor.current = last;
    return () => last.close();
  }, []);
  return editor;
}

/** Puts the code of a tag where somebody typed last, else on the clipboard. */
function Insert({ code, editor }: { code: string; editor: RefObject<LastEditor | null> }) {
  const say = useWords();
  const [told, setTold] = useState("");
  const insert = () => {
    if (editor.current?.insert(code)) return setTold(say("inserted", code));
    const copied = navigator.clipboard?.writeText(code) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
      () => setTold(say("copied", code)),
      () => setTold(say("uncopied", code)),
    );
  };
  return (
    <div className="jk-te-insert">
      <button type="button" className="jk-main" onClick={insert}>
        {say("insert", code)}
      </button>
      <span role="status" className="jk-quiet">
        {told}
      </span>
    </div>
  );
}

export default mount(App);
