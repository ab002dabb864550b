import { useEffect, useState } from "react";
import type { Kernel } from "../lib/kernel";
import type { State, Tags } from "./types";
import { useWords } from "./words";

interface Props {
  kernel: Kernel<State>;
  complain: (problem: unknown) => void;
}

/** The customer's tags by family, each with what it means. */
export function TagList({ kernel, complain }: Props) {
  const say = useWords();
  const [found, setFound] = useState<Tags | null>(null);
  const [text, setText] = useState("");
  const [unknown, setUnknown] = useState(false);
  useEffect(() => {
    kernel.ask<Tags>("tags").then(setFound, complain);
  }, [kernel, complain]);
  if (!found) return null;
  const shown = found.tags.filter((tag) => (unknown || tag.known) && matches(tag, text));
  return (
    <>
      <div className="jk-cv-filter">
        <input
          type="search"
          aria-label={say("filter")}
          placeholder={say("filter_hint")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label>
          <input type="checkbox" checked={unknown} onChange={() => setUnknown(!unknown)} /> {say("unknown")}
        </label>
      </div>
      <div className="jk-cv-scroll">
        <table>
          <thead>
            <tr>
              <th>{say("tag")}</th>
              <th className="jk-number">{say("value")}</th>
            </tr>
          </thead>
          {byFamily(shown).map(([family, tags]) => (
            <tbody key={family}>
              <tr>
                <th colSpan={2} scope="rowgroup" className="jk-cv-family">
                  {family}
                </th>
              </tr>
              {tags.map((tag) => (
                <tr key={tag.name} title={`${tag.name}: ${tag.meaning}`}>
                  <td>
                    {tag.title}
                    <span className="jk-cv-meaning jk-quiet">{tag.meaning}</span>
                  </td>
                  <td className="jk-number">{tag.value}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
        {found.withheld > 0 && <p className="jk-quiet">{say("withheld", found.withheld)}</p>}
      </div>
    </>
  );
}

type Tag = Tags["tags"][number];

/** Whether every word stands somewhere in what is shown of a tag. */
export function matches(tag: Tag, text: string): boolean {
  const told = [tag.name, tag.title, tag.value, tag.family].join(" ").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word));
}

function byFamily(tags: Tag[]): [string, Tag[]][] {
  const families = new Map<string, Tag[]>();
  for (const tag of tags) families.set(tag.family, [...(families.get(tag.family) ?? []), tag]);
  return [...families];
}
