import type { ReactNode } from "react";
import type {
  ActionProps,
  CombinatorSelectorProps,
  ControlElementsProp,
  FieldSelectorProps,
  FullField,
  NotToggleProps,
  OperatorSelectorProps,
  ShiftActionsProps,
  ValueSourceSelectorProps,
} from "react-querybuilder";
import { EVENT, fieldsOf, KEPT, operatorsOf, SEQUENCE, useSetting } from "./catalogue";
import { FieldPicker } from "./FieldPicker";
import { ValueControl } from "./ValueControl";
import { useWords } from "./words";

/** The parts that react-querybuilder puts together, in this product's look and words. */
export const CONTROLS: ControlElementsProp<FullField, string> = {
  addRuleAction: (props: ActionProps) => <Add {...props} what="Rule" />,
  addGroupAction: (props: ActionProps) => <Add {...props} what="Group" />,
  cloneRuleAction: (props: ActionProps) => <Icon {...props} face={<Copies />} what="clone" />,
  cloneGroupAction: (props: ActionProps) => <Icon {...props} face={<Copies />} what="cloneGroup" />,
  removeRuleAction: (props: ActionProps) => <Icon {...props} face="×" what="remove" />,
  removeGroupAction: (props: ActionProps) => <Icon {...props} face="×" what="removeGroup" />,
  combinatorSelector: Combinator,
  notToggle: Not,
  fieldSelector: FieldSelector,
  operatorSelector: OperatorSelector,
  valueSourceSelector: SourceSelector,
  valueEditor: ValueControl,
  shiftActions: Shift,
};

function Add({ handleOnClick, disabled, what }: ActionProps & { what: "Rule" | "Group" }) {
  const say = useWords();
  return (
    <button
      type="button"
      className="jk-add"
      title={say(`add${what}Hint`)}
      aria-label={say(`add${what}Hint`)}
      disabled={disabled}
      onClick={(event) => handleOnClick(event)}
    >
      + {say(`add${what}`)}
    </button>
  );
}

function Icon({
  handleOnClick,
  disabled,
  face,
  what,
}: ActionProps & { face: ReactNode; what: "clone" | "cloneGroup" | "remove" | "removeGroup" }) {
  const say = useWords();
  return (
    <button
      type="button"
      className="jk-icon"
      title={say(what)}
      aria-label={say(what)}
      disabled={disabled}
      onClick={(event) => handleOnClick(event)}
    >
      {face}
    </button>
  );
}

const Copies = () => (
  <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
    <path d="M4 4h7v7H4zM8 4V1H1v7h3" fill="none" stroke="currentColor" strokeWidth="1.2" />
  </svg>
);

function Shift({ shiftUp, shiftDown, shiftUpDisabled, shiftDownDisabled }: ShiftActionsProps) {
  const say = useWords();
  const moves = [
    ["up", "↑", shiftUp, shiftUpDisabled],
    ["down", "↓", shiftDown, shiftDownDisabled],
  ] as const;
  return (
    <span className="jk-shift">
      {moves.map(([name, face, move, disabled]) => (
        <button
          key={name}
          type="button"
          className="jk-icon"
          title={say(name)}
          aria-label={say(name)}
          disabled={Boolean(disabled)}
          onClick={() => move?.()}
        >
          {face}
        </button>
      ))}
    </span>
  );
}

function Combinator({ value, handleOnChange }: CombinatorSelectorProps) {
  const say = useWords();
  return (
    <select
      className="jk-combinator"
      aria-label={say("combinator")}
      value={value ?? "and"}
      onChange={(event) => handleOnChange(event.target.value)}
    >
      <option value="and">{say("and")}</option>
      <option value="or">{say("or")}</option>
    </select>
  );
}

function Not({ checked, handleOnChange }: NotToggleProps) {
  const say = useWords();
  return (
    <button
      type="button"
      className="jk-not"
      title={say("notHint")}
      aria-pressed={Boolean(checked)}
      onClick={() => handleOnChange(!checked)}
    >
      {say("not")}
    </button>
  );
}

function FieldSelector({ value, handleOnChange }: FieldSelectorProps) {
  const say = useWords();
  const { event } = useSetting();
  if (value === KEPT) return null;
  return (
    <FieldPicker
      value={value ?? ""}
      label={say("field")}
      behaviour={!event}
      onChange={(name) => name !== value && handleOnChange(name)}
    />
  );
}

function OperatorSelector({ value, field: name, handleOnChange }: OperatorSelectorProps) {
  const say = useWords();
  const setting = useSetting();
  const field = fieldsOf(setting).find((one) => one.name === name);
  if (name === KEPT || name.startsWith(EVENT) || !(field || name === SEQUENCE)) return null;
  const days = field?.type === "date" || field?.type === "timestamp";
  const named = (operator: string) => {
    if (!field) return say(operator === "isTrue" ? "happened" : "notHappened");
    return say((days && /^[<>]/.test(operator) ? `day ${operator}` : operator) as Parameters<typeof say>[0]);
  };
  const operators = field ? operatorsOf(field.type) : ["isTrue", "isNotTrue"];
  return (
    <select
      aria-label={say("operator")}
      value={value ?? ""}
      onChange={(event) => handleOnChange(event.target.value)}
    >
      {operators.map((operator) => (
        <option key={operator} value={operator}>
          {named(operator)}
        </option>
      ))}
    </select>
  );
}

function SourceSelector({ value, handleOnChange }: ValueSourceSelectorProps) {
  const say = useWords();
  const other = value === "field";
  return (
    <button
      type="button"
      className="jk-icon jk-source"
      title={say("source")}
      aria-label={say("source")}
      aria-pressed={other}
      onClick={() => handleOnChange(other ? "value" : "field")}
    >
      <svg viewBox="0 0 14 12" width="14" height="12" aria-hidden="true">
        <path
          d="M1 4h10M8 1l3 3-3 3M13 9H3M6 6 3 9l3 3"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
        />
      </svg>
    </button>
  );
}
