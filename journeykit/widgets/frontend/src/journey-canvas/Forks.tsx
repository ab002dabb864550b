import { ConditionEditor } from "../rules/ConditionEditor";
import { END } from "./graph";
import { Input, Part } from "./inputs";
import type { FormProps } from "./NodeForm";
import { percent, shareOf } from "./StartFields";
import type { CaseJson, VariantJson } from "./types";
import { useWords } from "./words";

const MOST = 50; // ways of one fork

/** The ways of a branch: each with its name and condition, in the order in which they are asked. */
export function BranchWays({ node, change, kernel, complain }: FormProps) {
  const words = useWords();
  const cases = node.cases ?? [];
  const set = (make: (cases: CaseJson[]) => CaseJson[]) =>
    change((one) => ({ ...one, cases: make(one.cases ?? []) }));
  const part = (place: number, parts: Partial<CaseJson>) =>
    set((known) => known.map((one, at) => (at === place ? { ...one, ...parts } : one)));
  return (
    <>
      {cases.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
        <Part key={place} title={words("case", place + 1)}>
          <Input label={words("wayName")} value={one.name} onChange={(name) => part(place, { name })} />
          <ConditionEditor
            condition={one.when}
            onChange={(when) => part(place, { when })}
            kernel={kernel}
            complain={complain}
            purpose="journey"
          />
          {cases.length > 1 && (
            <button type="button" onClick={() => set((known) => known.filter((_, at) => at !== place))}>
              {words("removeWay", one.name)}
            </button>
          )}
        </Part>
      ))}
      <p className="jk-quiet">{words("otherwise")}</p>
      {cases.length < MOST && (
        <button
          type="button"
          onClick={() =>
            set((known) => [
              ...known,
              { name: freeName(known), when: { node: "and", operands: [] }, next: END },
            ])
          }
        >
          {words("addWay")}
        </button>
      )}
    </>
  );
}

/** The variants of a split and their shares. */
export function SplitWays({ node, change }: FormProps) {
  const words = useWords();
  const variants = node.variants ?? [];
  const set = (made: VariantJson[]) => change((one) => ({ ...one, variants: made }));
  const part = (place: number, parts: Partial<VariantJson>) =>
    set(variants.map((one, at) => (at === place ? { ...one, ...parts } : one)));
  return (
    <>
      {variants.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
        <div key={place} className="jk-variant">
          <Input label={words("wayName")} value={one.name} onChange={(name) => part(place, { name })} />
          <Input
            label={words("share")}
            type="number"
            minimum={0}
            maximum={100}
            value={percent(one.weight)}
            onChange={(typed) => part(place, { weight: shareOf(typed) })}
          />
          {variants.length > 2 && (
            <button
              type="button"
              aria-label={words("removeWay", one.name)}
              onClick={() => set(equal(variants.filter((_, at) => at !== place)))}
            >
              ×
            </button>
          )}
        </div>
      ))}
      <div className="jk-row">
        {variants.length < MOST && (
          <button
            type="button"
            onClick={() => set(equal([...variants, { name: freeName(variants), weight: "0", next: END }]))}
          >
            {words("addWay")}
          </button>
        )}
        <button type="button" onClick={() => set(equal(variants))}>
          {words("equal")}
        </button>
      </div>
    </>
  );
}

/** The same share for each, the last one taking what is left over. */
export function equal(variants: VariantJson[]): VariantJson[] {
  const each = Math.floor(1_000_000 / variants.length);
  return variants.map((one, at) => {
    const millionths = at < variants.length - 1 ? each : 1_000_000 - each * (variants.length - 1);
    return { ...one, weight: String(millionths / 1_000_000) };
  });
}

/** A name that no way has. */
function freeName(ways: readonly { name: string }[]): string {
  const taken = new Set(ways.map((one) => one.name));
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  return letters.find((one) => !taken.has(one)) ?? `way_${ways.length + 1}`;
}
