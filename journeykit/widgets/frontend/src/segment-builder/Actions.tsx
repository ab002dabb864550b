import { useEffect, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { Popover } from "../rules/Popover";
import { useWords } from "./words";

// biome-ignore lint/suspicious/noExplicitAny: of whatever state; only asks
type Asker = Kernel<any>;

interface Saving {
  kernel: Asker;
  /** Resolves to the revision once all that was edited is taken over; rejects where the last of it is not. */
  ready: () => Promise<number>;
  /** Whether what is shown is not what would be saved. */
  refused: boolean;
}

/** Saves the segment, with a reason. */
export function Save(saving: Saving) {
  const say = useWords();
  return (
    <Popover face={say("save")} title={say("save")} className="jk-main">
      {() => <SaveForm {...saving} />}
    </Popover>
  );
}

function SaveForm({ kernel, ready, refused }: Saving) {
  const say = useWords();
  const [reason, setReason] = useState("");
  const [told, setTold] = useState("");
  const save = async () => {
    try {
      const revision = await ready();
      const { name } = await kernel.ask<{ name: string }>("save", { reason, revision });
      setTold(say("saved", name));
    } catch (problem) {
      setTold((problem as Error).message);
    }
  };
  return (
    <form
      className="jk-save"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        {say("reason")}
        <input
          data-first
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <small className="jk-quiet">{say("reasonHint")}</small>
      {refused && <p>{say("notSaved")}</p>}
      <button type="submit" className="jk-main" disabled={refused}>
        {say("save")}
      </button>
      {told && <p role="status">{told}</p>}
    </form>
  );
}

/** Shows the segment as Python, to be copied. */
export function Code({ kernel, ready }: { kernel: Asker; ready: () => Promise<number> }) {
  const say = useWords();
  return (
    <Popover face={say("code")} title={say("codeHint")}>
      {() => <CodePanel kernel={kernel} ready={ready} />}
    </Popover>
  );
}

function CodePanel({ kernel, ready }: { kernel: Asker; ready: () => Promise<number> }) {
  const say = useWords();
  const [code, setCode] = useState("");
  const [copied, setCopied] = useState(false);
  const [first] = useState(() => ready);
  useEffect(() => {
    let gone = false;
    first()
      .catch(() => {}) // what was refused is told of, and not in the code
      .then(() => kernel.ask<{ code: string }>("code"))
      .then((answer) => !gone && setCode(answer.code));
    return () => {
      gone = true;
    };
  }, [kernel, first]);
  return (
    <div className="jk-code">
      <pre>{code}</pre>
      <button type="button" data-first onClick={() => void copy(code).then(() => setCopied(true))}>
        {copied ? say("copied") : say("copy")}
      </button>
    </div>
  );
}

/** The clipboard where the page may use it, and the old way where it may not. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
