import { Input, Select } from "./inputs";
import type { Choices, Field } from "./types";
import { useWords } from "./words";

interface FieldsProps {
  fields: Field[];
  /** The definition or node whose fields they are. */
  of: Record<string, unknown>;
  change: (field: string, value: unknown) => void;
  choices: Choices;
  but?: readonly string[];
}

/** The plain fields of a part of a strategy, as its schema has them. */
export function Fields({ fields, of, change, choices, but = [] }: FieldsProps) {
  return fields
    .filter((field) => field.input !== "rule" && !but.includes(field.name))
    .map((field) => (
      <OneField
        key={field.name}
        field={field}
        kind={String(of.kind ?? "")}
        value={of[field.name]}
        change={(value) => change(field.name, value)}
        choices={choices}
      />
    ));
}

function OneField({
  field,
  kind,
  value,
  change,
  choices,
}: {
  field: Field;
  kind: string;
  value: unknown;
  change: (value: unknown) => void;
  choices: Choices;
}) {
  const words = useWords();
  const text = value === undefined || value === null ? "" : String(value);
  if (field.name === "channel") {
    const to = kind === "assign" ? "manager" : "";
    const fitting = choices.channels.filter((one) => (to ? one.to === to : one.to !== "manager"));
    return <Select label={field.label} value={text} onChange={change} options={fitting} />;
  }
  if (field.name === "offer") {
    const offers = choices.offers.map((one) => ({
      name: one.name,
      title: one.over ? `${one.title} (${words("over")})` : one.title,
    }));
    return <Select label={field.label} value={text} onChange={change} options={offers} />;
  }
  if (field.input === "choice")
    return <Select label={field.label} value={text} onChange={change} options={field.options} />;
  const number = field.input === "whole" || field.input === "number";
  return (
    <Input
      label={field.label}
      value={text}
      type={number ? "number" : field.input === "date" ? "date" : LONG.includes(field.name) ? "area" : "text"}
      minimum={field.minimum}
      maximum={field.maximum}
      {...(field.input === "whole" ? { step: "1" } : {})}
      {...(field.name === "mark" ? { list: choices.marks } : {})}
      onChange={(typed) => change(read(field, typed))}
    />
  );
}

const LONG = ["template", "template_zh", "script", "script_zh"];

/** What was typed as the definition holds it; undefined leaves the field out. */
function read(field: Field, typed: string): unknown {
  if (typed.trim() === "") return field.needed ? typed : undefined;
  return field.input === "whole" ? Number(typed) : typed;
}
