import "./rules.css";

import { QueryBuilderDnD } from "@react-querybuilder/dnd";
import { useMemo, useState } from "react";
import { useEcho } from "../lib/echo";
import type { Kernel } from "../lib/kernel";
import { type Catalogue, type Purpose, type Setting, useCatalogue } from "./catalogue";
import { type DraftGroup, toDraft, toTree } from "./draft";
import { draggingWithin } from "./dragging";
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
  const [root, setRoot] = useState<HTMLElement | null>(null);
  const adapter = useMemo(() => root && draggingWithin(root), [root]);
  const setting = useMemo<Setting>(
    () => ({ kernel, catalogue, purpose, event: null }),
    [kernel, catalogue, purpose],
  );
  const known = useMemo(() => ({ fields: catalogue.tags, events: catalogue.events }), [catalogue]);
  const [draft, setDraft] = useState<DraftGroup>(() => toDraft(tree, known));
  const { unfinished } = useMemo(() => toTree(draft, known), [draft, known]);
  const told = useEcho(tree, (other) => setDraft(toDraft(other, known)));
  const changed = (next: DraftGroup) => {
    setDraft(next);
    const made = toTree(next, known);
    if (told(made.tree)) onChange(made.tree, made.unfinished.size);
  };
  return (
    <div className="jk-rules" ref={setRoot}>
      {adapter && (
        <QueryBuilderDnD dnd={adapter}>
          <Query setting={setting} draft={draft} unfinished={unfinished} onChange={changed} />
        </QueryBuilderDnD>
      )}
      {!draft.rules.length && <p className="jk-quiet">{say("nothing")}</p>}
      {unfinished.size > 0 && (
        <p className="jk-quiet" role="status">
          ◔ {say("unfinished")}
        </p>
      )}
    </div>
  );
}
