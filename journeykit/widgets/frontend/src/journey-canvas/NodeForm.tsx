import type { Json, Kernel } from "../lib/kernel";
import { ConditionEditor } from "../rules/ConditionEditor";
import { Fields } from "./Fields";
import { BranchWays, SplitWays } from "./Forks";
import { END, lead, nodeOf, renameNode, targets } from "./graph";
import { Input, Part, Select } from "./inputs";
import { StartFields } from "./StartFields";
import type { CanvasState, Choices, Definition, Finding, NodeJson, Told } from "./types";
import type { Draw } from "./useJourney";
import { useWords } from "./words";

export interface FormProps {
  node: NodeJson;
  change: (made: (node: NodeJson) => NodeJson) => void;
  kernel: Kernel<CanvasState>;
  complain: (problem: unknown) => void;
  choices: Choices;
}

interface NodeFormProps extends Omit<FormProps, "change"> {
  plan: Definition;
  told: Record<string, Told>;
  findings: Finding[];
  draw: Draw;
  connect: (place: number, target: string) => void;
  renamed: (id: string) => void;
  remove: () => void;
  fixed: boolean;
}

/** Everything about one step. */
export function NodeForm(props: NodeFormProps) {
  const { node, plan, told, findings, draw, choices, kernel, complain, fixed } = props;
  const words = useWords();
  const change: FormProps["change"] = (made) =>
    draw((known) => ({
      ...known,
      nodes: known.nodes.map((one) => (one.id === node.id ? made(one) : one)),
    }));
  const set = (field: string, value: unknown) => change((one) => withField(one, field, value));
  const own = findings.filter((one) => one.node === node.id);
  const form = { node, change, kernel, complain, choices };
  return (
    <fieldset className="jk-form" disabled={fixed} key={node.id}>
      <p className="jk-sentence">{told[node.id]?.sentence}</p>
      {own.map((one) => (
        <p key={one.text} className={one.severity === "error" ? "jk-finding jk-bad" : "jk-finding"}>
          <b>{words(one.severity)}</b> {one.text}
        </p>
      ))}
      {node.kind === "start" && <StartFields {...form} />}
      {node.kind === "branch" && <BranchWays {...form} />}
      {node.kind === "split" && <SplitWays {...form} />}
      {node.kind === "wait_date" && <DateField {...form} told={told[node.id]?.detail ?? ""} />}
      <Fields
        fields={choices.forms[node.kind] ?? []}
        of={node}
        change={set}
        choices={choices}
        but={node.kind === "start" ? ["control", "reentry"] : node.kind === "assign" ? ASSIGNED : []}
      />
      {node.kind === "wait_until" && (
        <Part title={words("condition")}>
          <ConditionEditor
            key={node.id}
            condition={node.condition as Json}
            onChange={(condition) => set("condition", condition)}
            kernel={kernel}
            complain={complain}
            purpose="journey"
          />
        </Part>
      )}
      <Part title={words("next")}>
        {targets(node).map((target, place) => (
          <Select
            // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
            key={place}
            label={told[node.id]?.ways[place]?.name || words("next")}
            value={nodeOf(plan, target) ? target : END}
            onChange={(to) =>
              to === END
                ? draw((known) => lead(known, { source: node.id, place }, END))
                : props.connect(place, to)
            }
            options={[
              { name: END, title: words("endsHere") },
              ...plan.nodes
                .filter((one) => one.kind !== "start")
                .map((one) => ({ name: one.id, title: titleOf(one, told) })),
            ]}
          />
        ))}
      </Part>
      {node.kind !== "start" && (
        <Input
          label={words("id")}
          value={node.id}
          onChange={(name) => {
            draw((known) => renameNode(known, node.id, name));
            props.renamed(name);
          }}
        />
      )}
      <button type="button" onClick={props.remove}>
        {words("remove")}
      </button>
    </fieldset>
  );
}

const ASSIGNED = ["channel", "template", "template_zh"];

export function titleOf(node: NodeJson, told: Record<string, Told>): string {
  const own = told[node.id];
  return `${[own?.head, own?.detail].filter(Boolean).join(" · ")} (${node.id})`;
}

/** A node with a field set, or left out. */
export function withField<Part extends object>(part: Part, field: string, value: unknown): Part {
  const { [field as keyof Part]: _, ...rest } = part;
  return (value === undefined ? rest : { ...part, [field]: value }) as Part;
}

interface DaysLater {
  node: "days_later";
  operand: { node: string; name?: string };
  days: number;
}

/** A tag that is a day, and some days after or before it; any other expression is only told. */
function DateField({ node, change, choices, told }: FormProps & { told: string }) {
  const words = useWords();
  const given = node.date as DaysLater | { node: string; name?: string };
  const operand = given.node === "days_later" ? (given as DaysLater).operand : given;
  const shift = given.node === "days_later" ? (given as DaysLater).days : 0;
  if (operand.node !== "tag") return <p>{words("asDefined", told)}</p>;
  const set = (name: string, days: number) => {
    const tag = { node: "tag", name };
    change((one) => ({ ...one, date: days ? { node: "days_later", operand: tag, days } : tag }));
  };
  return (
    <>
      <Select
        label={words("dateTag")}
        value={String((operand as { name?: string }).name)}
        options={choices.days}
        onChange={(name) => set(name, shift)}
      />
      <Input
        label={words("offset")}
        type="number"
        step="1"
        value={String(shift)}
        onChange={(typed) => set(String((operand as { name?: string }).name), Math.round(Number(typed)) || 0)}
      />
    </>
  );
}
