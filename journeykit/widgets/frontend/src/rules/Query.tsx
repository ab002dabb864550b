import { useMemo } from "react";
import { QueryBuilder, type RuleType } from "react-querybuilder";
import {
  BARE,
  COMPARING,
  EVENT,
  fieldsOf,
  firstOperator,
  KEPT,
  SEQUENCE,
  type Setting,
  SettingContext,
} from "./catalogue";
import { CONTROLS } from "./controls";
import { type DraftGroup, newEvent, newSequence } from "./draft";
import { useWords } from "./words";

/** A group of rules and all that is in it, set up for react-querybuilder. */
export function Query({
  setting,
  draft,
  unfinished,
  onChange,
}: {
  setting: Setting;
  draft: DraftGroup;
  unfinished: Set<string>;
  onChange: (draft: DraftGroup) => void;
}) {
  const say = useWords();
  const fields = useMemo(() => {
    const own = fieldsOf(setting).map((one) => one.name);
    const others = setting.event
      ? []
      : [...setting.catalogue.events.map((one) => EVENT + one.name), SEQUENCE];
    return [...own, ...others, KEPT].map((name) => ({ name, label: name }));
  }, [setting]);
  const field = (name: string) => fieldsOf(setting).find((one) => one.name === name);
  const starting = (name: string) => {
    const known = field(name);
    return known ? firstOperator(known) : name === SEQUENCE ? "isTrue" : "=";
  };
  return (
    <SettingContext value={setting}>
      <QueryBuilder
        query={draft}
        onQueryChange={(next) => onChange(next as DraftGroup)}
        enableMountQueryChange={false}
        fields={fields}
        controlElements={CONTROLS}
        autoSelectField={false}
        addRuleToNewGroups
        showNotToggle
        showCloneButtons
        showShiftActions
        getOperators={(name) => [starting(name), ...operatorNames].map((one) => bare(one))}
        getDefaultOperator={starting}
        getDefaultValue={startingValue}
        getValueSources={(name, operator) =>
          field(name) && COMPARING.has(operator) ? ["value", "field"] : ["value"]
        }
        getRuleClassname={(rule) => (rule.id && unfinished.has(rule.id) ? "jk-unfinished" : "")}
        translations={{
          dragHandle: { label: "⠿", title: say("drag") },
          fields: { placeholderName: "~", placeholderLabel: "", placeholderGroupLabel: "" },
        }}
      />
    </SettingContext>
  );
}

const operatorNames = [...COMPARING, "in", "notIn", "contains", "doesNotContain", "beginsWith"].concat(
  ["doesNotBeginWith", "endsWith", "doesNotEndWith"],
  [...BARE],
);

/** An operator as react-querybuilder wants it; the selector names and limits them itself. */
const bare = (name: string) => ({ name, label: name });

function startingValue(rule: RuleType): unknown {
  if (rule.field === SEQUENCE) return newSequence();
  return rule.field.startsWith(EVENT) ? newEvent() : "";
}
