import { useMemo } from "react";
import { useSetting } from "./catalogue";
import { type DraftGroup, newGroup, newId, toTree } from "./draft";
import { Query } from "./Query";
import { useWords } from "./words";

/** Which of an event's rows count: rules about its columns, inside a rule about customers. */
export function SubEditor({
  event: name,
  where,
  onChange,
}: {
  event: string;
  where: DraftGroup;
  onChange: (where: DraftGroup) => void;
}) {
  const say = useWords();
  const outer = useSetting();
  const event = outer.catalogue.events.find((one) => one.name === name);
  const setting = useMemo(() => event && { ...outer, event }, [outer, event]);
  const { unfinished } = useMemo(
    () => toTree(where, { fields: event?.columns ?? [], events: [] }),
    [where, event],
  );
  if (!setting) return null;
  if (!where.rules.length) {
    const first = { ...newGroup(), rules: [{ id: newId(), field: "~", operator: "=", value: "" }] };
    return (
      <button type="button" className="jk-add" onClick={() => onChange(first)}>
        + {say("addCondition")}
      </button>
    );
  }
  return (
    <div className="jk-where">
      <small className="jk-quiet">{say("which")}</small>
      <Query setting={setting} draft={where} unfinished={unfinished} onChange={onChange} />
    </div>
  );
}
