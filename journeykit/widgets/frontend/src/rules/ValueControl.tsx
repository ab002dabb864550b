import type { ValueEditorProps } from "react-querybuilder";
import { Choices, Rest } from "./Choices";
import {
  BARE,
  EVENT,
  type Field,
  fieldsOf,
  isNumber,
  KEPT,
  LISTED,
  PAIRED,
  SEQUENCE,
  useSetting,
} from "./catalogue";
import { asText, shaped } from "./draft";
import { EventForm } from "./EventForm";
import { FieldPicker } from "./FieldPicker";
import { Histogram } from "./Histogram";
import { Kept } from "./Kept";
import { Popover } from "./Popover";
import { SequenceForm } from "./SequenceForm";
import { useSpread } from "./spread";
import { useWords } from "./words";

/** What a rule compares with: a control for each type of value, or a whole form. */
export function ValueControl({
  field: name,
  operator,
  value,
  valueSource,
  handleOnChange,
}: ValueEditorProps) {
  const setting = useSetting();
  if (name === KEPT) return <Kept rule={value} />;
  if (name === SEQUENCE) return <SequenceForm value={value} onChange={handleOnChange} />;
  if (name.startsWith(EVENT))
    return <EventForm name={name.slice(EVENT.length)} value={value} onChange={handleOnChange} />;
  const field = fieldsOf(setting).find((one) => one.name === name);
  if (!field || BARE.has(operator)) return null;
  if (valueSource === "field")
    return <OtherFields {...{ field, operator, value }} onChange={handleOnChange} />;
  return <Constants {...{ field, operator, value }} onChange={handleOnChange} />;
}

interface Control {
  field: Field;
  operator: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

function OtherFields({ field, operator, value, onChange }: Control) {
  const say = useWords();
  const alike = (one: Field) => one.type === field.type || (isNumber(one.type) && isNumber(field.type));
  const pick = (given: unknown, label: string, change: (name: string) => void) => (
    <FieldPicker
      value={typeof given === "string" ? given : ""}
      label={label}
      only={alike}
      onChange={change}
    />
  );
  if (!PAIRED.has(operator)) return pick(shaped(value, operator), say("sourceField"), onChange);
  const [low, high] = shaped(value, operator) as [unknown, unknown];
  return (
    <span className="jk-pair">
      {pick(low, say("low"), (name) => onChange([name, high]))}
      {say("until")}
      {pick(high, say("high"), (name) => onChange([low, name]))}
    </span>
  );
}

function Constants({ field, operator, value, onChange }: Control) {
  const say = useWords();
  const given = shaped(value, operator);
  if (LISTED.has(operator)) return <ListControl {...{ field, operator, value: given, onChange }} />;
  if (PAIRED.has(operator)) {
    const [low, high] = given as [unknown, unknown];
    return (
      <span className="jk-pair">
        <Input field={field} value={low} label={say("low")} onChange={(one) => onChange([one, high])} />
        {say("until")}
        <Input field={field} value={high} label={say("high")} onChange={(one) => onChange([low, one])} />
        <Unit field={field} />
        <SpreadButton {...{ field, operator, value: given, onChange }} />
      </span>
    );
  }
  return (
    <span className="jk-pair">
      <Input field={field} value={given} label={say("value")} onChange={onChange} />
      <Unit field={field} />
      {field.type !== "boolean" && <SpreadButton {...{ field, operator, value: given, onChange }} />}
    </span>
  );
}

const Unit = ({ field }: { field: Field }) =>
  field.unit ? <small className="jk-quiet">{field.unit}</small> : null;

const INPUTS = { date: "date", timestamp: "datetime-local" } as const;

/** A plain input that is always there, whatever the pickers offer. */
function Input({
  field,
  value,
  label,
  onChange,
}: {
  field: Field;
  value: unknown;
  label: string;
  onChange: (value: unknown) => void;
}) {
  const say = useWords();
  const text = asText(value);
  if (field.type === "boolean")
    return (
      <select aria-label={label} value={text} onChange={(event) => onChange(event.target.value === "true")}>
        {text === "" && <option value="">{say("choose")}</option>}
        <option value="true">{say("yes")}</option>
        <option value="false">{say("no")}</option>
      </select>
    );
  if (field.values.length)
    return (
      <select aria-label={label} value={text} onChange={(event) => onChange(event.target.value)}>
        {!field.values.some(([one]) => one === text) && <option value={text}>{text || say("choose")}</option>}
        {field.values.map(([one, title]) => (
          <option key={one} value={one}>
            {title}
          </option>
        ))}
      </select>
    );
  return (
    <input
      className={isNumber(field.type) ? "jk-short" : "jk-text"}
      type={field.type in INPUTS ? INPUTS[field.type as keyof typeof INPUTS] : "text"}
      inputMode={isNumber(field.type) ? "decimal" : undefined}
      step={field.type === "timestamp" ? 1 : undefined}
      aria-label={label}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function ListControl({ field, value, onChange }: Control) {
  const say = useWords();
  const chosen = Array.isArray(value) ? value : [];
  const texts = chosen.map(asText);
  const named = texts.map((one) => field.values.find(([known]) => known === one)?.[1] ?? one);
  const face = named.length > 3 ? say("chosen", named.length) : named.join(", ");
  const isText = field.type === "text";
  // What is a constant of its own type stays so; what is new is read when the tree is made.
  const change = (next: string[]) => {
    const kept = next.map((one) => chosen[texts.indexOf(one)] ?? one);
    onChange(kept.length ? kept : "");
  };
  return (
    <Popover
      face={face || say("choose")}
      title={say("value")}
      className={`jk-list${face ? "" : " jk-empty"}`}
    >
      {() =>
        isText ? (
          <Choices field={field} chosen={texts} several onChange={change} />
        ) : (
          <Lines field={field} texts={texts} onChange={change} />
        )
      }
    </Popover>
  );
}

/** Numbers or days, one a line. */
function Lines({
  field,
  texts,
  onChange,
}: {
  field: Field;
  texts: string[];
  onChange: (next: string[]) => void;
}) {
  const say = useWords();
  const rows = [...texts, ""];
  return (
    <div className="jk-lines">
      {rows.map((text, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
        <span key={place} className="jk-pair">
          <Input
            field={field}
            value={text}
            label={`${say("value")} ${place + 1}`}
            onChange={(one) =>
              onChange([...texts.slice(0, place), asText(one), ...texts.slice(place + 1)].filter(Boolean))
            }
          />
        </span>
      ))}
    </div>
  );
}

/** Opens how the field is spread, from which the value can be taken. */
function SpreadButton(control: Control) {
  const say = useWords();
  const face = (
    <svg viewBox="0 0 14 12" width="14" height="12" aria-hidden="true">
      <path d="M1 12V8h2v4zM4 12V4h2v8zM7 12V1h2v11zM10 12V6h2v6z" fill="currentColor" />
    </svg>
  );
  return (
    <Popover face={face} title={say("spread")} className="jk-icon">
      {(close) => <SpreadPanel {...control} close={close} />}
    </Popover>
  );
}

function SpreadPanel({ field, operator, value, onChange, close }: Control & { close: () => void }) {
  const say = useWords();
  const { event } = useSetting();
  const { spread, problem } = useSpread(field.name);
  const choose = ([one = ""]: string[]) => {
    onChange(one);
    close();
  };
  if (field.type === "text" && !PAIRED.has(operator))
    return <Choices field={field} chosen={[asText(value)]} several={false} onChange={choose} />;
  const [low, high] = range(operator, value);
  const select = (from: string, to: string) => {
    if (PAIRED.has(operator)) onChange([from, to]);
    else onChange(operator.startsWith("<") ? to : from);
  };
  return (
    <div className="jk-spread">
      <b>{field.title}</b>
      {!spread && <p className="jk-quiet">{problem || say("spreadLoading")}</p>}
      {spread && spread.bins.length > 0 && (
        <Histogram bins={spread.bins} low={low} high={high} onSelect={select} />
      )}
      {spread && <Rest missing={spread.missing} others={spread.others} />}
      {event && <p className="jk-quiet">{say("rows")}</p>}
    </div>
  );
}

/** The ends of what an operator lets through; "" where it is open. */
function range(operator: string, value: unknown): [string, string] {
  if (Array.isArray(value)) return [asText(value[0]), asText(value[1])];
  const text = asText(value);
  if (operator.startsWith(">")) return [text, ""];
  return operator.startsWith("<") ? ["", text] : [text, text];
}
