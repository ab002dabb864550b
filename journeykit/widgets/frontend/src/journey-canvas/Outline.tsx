import { nodeOf, targets } from "./graph";
import { titleOf } from "./NodeForm";
import type { Definition, Told } from "./types";
import { useWords } from "./words";

interface OutlineProps {
  plan: Definition;
  told: Record<string, Told>;
  people: (id: string) => string;
  choose: (id: string) => void;
}

/** The journey as a list: each step with its people and where its ways lead. */
export function Outline({ plan, told, people, choose }: OutlineProps) {
  const words = useWords();
  return (
    <ol className="jk-outline">
      {plan.nodes.map((node) => (
        <li key={node.id}>
          <button type="button" className="jk-link" onClick={() => choose(node.id)}>
            {titleOf(node, told)}
          </button>{" "}
          <span className="jk-quiet">{people(node.id)}</span>
          <ul>
            {targets(node).map((target, place) => {
              const next = nodeOf(plan, target);
              const name = told[node.id]?.ways[place]?.name ?? "";
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a way is its place
                <li key={place}>
                  {name} {words("leadsTo")} {next ? titleOf(next, told) : words("endsHere")}
                </li>
              );
            })}
          </ul>
        </li>
      ))}
    </ol>
  );
}
