import { ConditionEditor } from "../rules/ConditionEditor";
import { Input, Part, Select } from "./inputs";
import { type FormProps, withField } from "./NodeForm";
import type { SegmentJson } from "./types";
import { useWords } from "./words";

/** Who enters, how many of them only as control, and who may come again. */
export function StartFields({ node, change, kernel, complain }: FormProps) {
  const words = useWords();
  const segment = node.segment as SegmentJson;
  const reentry = node.reentry ?? "never";
  const set = (parts: Partial<SegmentJson>) =>
    change((one) => ({ ...one, segment: { ...(one.segment as SegmentJson), ...parts } }));
  const titled = "title_zh" in segment && segment.title_zh && !segment.title ? "title_zh" : "title";
  return (
    <>
      <Input label={words("segmentName")} value={segment.name} onChange={(name) => set({ name })} />
      <Input
        label={words("segmentTitle")}
        value={segment[titled] ?? ""}
        onChange={(title) => set({ [titled]: title })}
      />
      <Part title={words("rules")}>
        <ConditionEditor
          condition={segment.where}
          onChange={(where) => set({ where })}
          kernel={kernel}
          complain={complain}
          purpose="segment"
        />
      </Part>
      <Input
        label={words("control")}
        type="number"
        minimum={0}
        maximum={100}
        value={percent(String(node.control ?? "0"))}
        onChange={(typed) => change((one) => ({ ...one, control: shareOf(typed) }))}
      />
      <Select
        label={words("reentry")}
        value={typeof reentry === "number" ? "days" : String(reentry)}
        options={[
          { name: "never", title: words("never") },
          { name: "whenever", title: words("whenever") },
          { name: "days", title: words("afterDays") },
        ]}
        onChange={(chosen) => change((one) => withField(one, "reentry", chosen === "days" ? 90 : chosen))}
      />
      {typeof reentry === "number" && (
        <Input
          label={words("days")}
          type="number"
          step="1"
          minimum={1}
          value={String(reentry)}
          onChange={(typed) => change((one) => ({ ...one, reentry: Number(typed) }))}
        />
      )}
    </>
  );
}

/** A share as a percentage without needless digits: "0.1" is "10". */
export function percent(share: string): string {
  return String(Number((Number(share) * 100).toFixed(6)));
}

/** A percentage as a share: "10" is "0.1". */
export function shareOf(typed: string): string {
  return String(Number((Number(typed) / 100).toFixed(6)));
}
