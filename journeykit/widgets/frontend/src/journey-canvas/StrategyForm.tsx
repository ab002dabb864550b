import type { Json, Kernel } from "../lib/kernel";
import { ConditionEditor } from "../rules/ConditionEditor";
import { Fields } from "./Fields";
import { Input, Part } from "./inputs";
import { withField } from "./NodeForm";
import type { CanvasState, Choices, Definition } from "./types";
import type { Draw } from "./useJourney";
import { useWords } from "./words";

interface StrategyFormProps {
  plan: Definition;
  draw: Draw;
  kernel: Kernel<CanvasState>;
  complain: (problem: unknown) => void;
  choices: Choices;
  fixed: boolean;
}

const EVERYBODY: Json = { node: "and", operands: [] };

/** What the whole strategy is: its names, its goal, and who leaves before. */
export function StrategyForm({ plan, draw, kernel, complain, choices, fixed }: StrategyFormProps) {
  const words = useWords();
  const set = (field: string, value: unknown) => draw((known) => withField(known, field, value));
  const { goal, exit_when: leaving } = plan;
  const editing = { kernel, complain, purpose: "journey" as const };
  return (
    <fieldset className="jk-form" disabled={fixed}>
      <Fields fields={choices.forms.strategy ?? []} of={plan} change={set} choices={choices} />
      <Part title={words("goal")}>
        {goal ? (
          <>
            <ConditionEditor
              condition={goal.expression}
              onChange={(expression) =>
                draw((known) => (known.goal ? { ...known, goal: { ...known.goal, expression } } : known))
              }
              {...editing}
            />
            <Input
              label={words("within")}
              type="number"
              step="1"
              minimum={1}
              value={String(goal.within_days)}
              onChange={(typed) => set("goal", { ...goal, within_days: Number(typed) })}
            />
            <button type="button" onClick={() => set("goal", undefined)}>
              {words("removeGoal")}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => set("goal", { expression: EVERYBODY, within_days: 30 })}>
            {words("addGoal")}
          </button>
        )}
      </Part>
      <Part title={words("exitWhen")}>
        {leaving ? (
          <>
            <ConditionEditor
              condition={leaving}
              onChange={(condition) => set("exit_when", condition)}
              {...editing}
            />
            <button type="button" onClick={() => set("exit_when", undefined)}>
              {words("removeExit")}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => set("exit_when", EVERYBODY)}>
            {words("addExit")}
          </button>
        )}
      </Part>
    </fieldset>
  );
}
