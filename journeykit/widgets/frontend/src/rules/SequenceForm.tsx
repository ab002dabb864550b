import { useSetting } from "./catalogue";
import { type DraftSequence, type DraftStep, newStep } from "./draft";
import { Whole, Window } from "./EventForm";
import { SubEditor } from "./SubEditor";
import { useWords } from "./words";

const MOST = 10;
/** Where the number stands in a sentence. */
const GAP = "\u0001";

/** Steps one after the other, and what must not follow. */
export function SequenceForm({
  value,
  onChange,
}: {
  value: DraftSequence;
  onChange: (value: DraftSequence) => void;
}) {
  const say = useWords();
  const { steps, without } = value;
  const set = (change: Partial<DraftSequence>) => onChange({ ...value, ...change });
  const put = (step: DraftStep) => set({ steps: steps.map((one) => (one.id === step.id ? step : one)) });
  return (
    <div className="jk-sequence">
      <Window value={value} onChange={({ within_days, since_entry }) => set({ within_days, since_entry })} />
      <ol>
        {steps.map((step, place) => (
          <li key={step.id} aria-label={say("step", place + 1)}>
            <StepForm
              step={step}
              head={place ? say("next") : say("first")}
              within={place ? say("stepWithin", GAP) : ""}
              counted
              onChange={put}
            />
            {steps.length > 2 && (
              <button
                type="button"
                className="jk-icon"
                aria-label={say("removeStep", place + 1)}
                title={say("removeStep", place + 1)}
                onClick={() => set({ steps: steps.filter((one) => one !== step) })}
              >
                ×
              </button>
            )}
          </li>
        ))}
        {without && (
          <li className="jk-without">
            <StepForm
              step={without}
              head={say("without")}
              within={say("withoutWithin", GAP)}
              onChange={(step) => set({ without: step })}
            />
            <button
              type="button"
              className="jk-icon"
              aria-label={say("removeWithout")}
              title={say("removeWithout")}
              onClick={() => set({ without: null })}
            >
              ×
            </button>
          </li>
        )}
      </ol>
      <span className="jk-pair">
        <button
          type="button"
          className="jk-add"
          title={say("addStepHint")}
          disabled={steps.length >= MOST}
          onClick={() => set({ steps: [...steps, newStep("view")] })}
        >
          + {say("addStep")}
        </button>
        {!without && (
          <button type="button" className="jk-add" onClick={() => set({ without: newStep("apply") })}>
            + {say("addWithout")}
          </button>
        )}
      </span>
    </div>
  );
}

function StepForm({
  step,
  head,
  within,
  counted = false,
  onChange,
}: {
  step: DraftStep;
  head: string;
  /** What its days count from, with a gap for their number; "" where it may have none. */
  within: string;
  counted?: boolean;
  onChange: (step: DraftStep) => void;
}) {
  const say = useWords();
  const { catalogue } = useSetting();
  const [before, after] = within.split(GAP);
  const set = (change: Partial<DraftStep>) => onChange({ ...step, ...change });
  return (
    <div className="jk-step">
      <span className="jk-pair">
        <b>{head}</b>
        <select
          aria-label={say("event")}
          value={step.event}
          onChange={(event) =>
            onChange({ ...newStep(event.target.value), id: step.id, threshold: step.threshold })
          }
        >
          {catalogue.events.map((one) => (
            <option key={one.name} value={one.name}>
              {one.title}
            </option>
          ))}
        </select>
        {counted && (
          <>
            {say("atLeast")}
            <Whole
              label={say("threshold")}
              value={step.threshold}
              least={1}
              onChange={(threshold) => set({ threshold })}
            />
            {say("times")}
          </>
        )}
      </span>
      {within && (
        <span className="jk-pair">
          {before}
          <Whole
            label={within.replace(GAP, "…")}
            value={step.within_days}
            least={1}
            empty={say("anyDays")}
            onChange={(within_days) => set({ within_days })}
          />
          {after}
        </span>
      )}
      <SubEditor event={step.event} where={step.where} onChange={(where) => set({ where })} />
    </div>
  );
}
