import "./rules.css";

import { QueryBuilderDnD } from "@react-querybuilder/dnd";
import { createReactDnDAdapter } from "@react-querybuilder/dnd/react-dnd";
import { useEffect, useMemo, useRef, useState } from "react";
import * as ReactDnD from "react-dnd";
import * as ReactDnDHTML5Backend from "react-dnd-html5-backend";
import type { Kernel } from "../lib/kernel";
import { type Catalogue, type Purpose, type Setting, useCatalogue } from "./catalogue";
import { type DraftGroup, toDraft, toTree } from "./draft";
import { Query } from "./Query";
import type { Group } from "./tree";
import { useWords } from "./words";

export interface RuleEditorProps {
  tree: Group;
  /** Tells each change: the tree without unfinished rules, and how many of these there are. */
  onChange: (tree: Group, unfinished: number) => void;
  // biome-ignore lint/suspicious/noExplicitAny: of whatever state; the editor only asks
  kernel: Kernel<any>;
  /** Of a journey, "since entering it" can be said. */
  purpose?: Purpose;
}

/** Edits a rule tree: groups in groups, moved by dragging, with a form for all that the language says. */
export function RuleEditor({ kernel, ...others }: RuleEditorProps) {
  const say = useWords();
  const [problem, setProblem] = useState("");
  const [fail] = useState(
    () => (found: unknown) => setProblem(String(found instanceof Error ? found.message : found)),
  );
  const catalogue = useCatalogue(kernel, fail);
  if (!catalogue) return <p className="jk-quiet">{problem || say("loading")}</p>;
  return <Editor kernel={kernel} catalogue={catalogue} {...others} />;
}

function Editor({
  tree,
  onChange,
  kernel,
  catalogue,
  purpose = "segment",
}: RuleEditorProps & { catalogue: Catalogue }) {
  const say = useWords();
  const [adapter] = useState(() => createReactDnDAdapter({ ...ReactDnD, ...ReactDnDHTML5Backend }));
  const setting = useMemo<Setting>(
    () => ({ kernel, catalogue, purpose, event: null }),
    [kernel, catalogue, purpose],
  );
  const known = useMemo(() => ({ fields: catalogue.tags, events: catalogue.events }), [catalogue]);
  const [draft, setDraft] = useState<DraftGroup>(() => toDraft(tree, known));
  const { unfinished } = useMemo(() => toTree(draft, known), [draft, known]);
  const told = useTold(tree, () => setDraft(toDraft(tree, known)));
  const changed = (next: DraftGroup) => {
    setDraft(next);
    const made = toTree(next, known);
    if (told(made.tree)) onChange(made.tree, made.unfinished.size);
  };
  return (
    <div className="jk-rules">
      <QueryBuilderDnD dnd={adapter}>
        <Query setting={setting} draft={draft} unfinished={unfinished} onChange={changed} />
      </QueryBuilderDnD>
      {!draft.rules.length && <p className="jk-quiet">{say("nothing")}</p>}
      {unfinished.size > 0 && (
        <p className="jk-quiet" role="status">
          ◔ {say("unfinished")}
        </p>
      )}
    </div>
  );
}

const REMEMBERED = 100;

/**
 * Tells a tree that came back from one that somebody else made.
 *
 * What the editor told comes back after a while, perhaps when newer things were told already, and must not
 * undo these; anything else (undo, another view, Python) replaces what is being edited.
 *
 * @returns whether a tree is news to those who listen
 */
function useTold(tree: Group, replace: () => void): (next: Group) => boolean {
  const waiting = useRef<string[]>([]);
  const current = useRef(JSON.stringify(tree));
  const last = useRef(replace);
  last.current = replace;
  useEffect(() => {
    const came = JSON.stringify(tree);
    const place = waiting.current.indexOf(came);
    if (place >= 0) waiting.current.splice(0, place + 1);
    else if (came !== current.current) {
      waiting.current = [];
      current.current = came;
      last.current();
    }
  }, [tree]);
  return (next) => {
    const text = JSON.stringify(next);
    if (text === current.current) return false;
    current.current = text;
    waiting.current = [...waiting.current, text].slice(-REMEMBERED);
    return true;
  };
}
