import { Icon } from "./Box";
import { DRAGGED } from "./Flow";
import { family, type Kind, PALETTE } from "./kinds";
import { useWords } from "./words";

/** The steps to add: dragged to their place, or chosen by click or key, which puts one behind what is selected. */
export function Palette({ add, started }: { add: (kind: Kind) => void; started: boolean }) {
  const words = useWords();
  return (
    <div className="jk-palette" role="toolbar" aria-label={words("palette")} aria-orientation="vertical">
      {PALETTE.map((group) => (
        <div key={group[0]}>
          {group.map((kind) => (
            <button
              key={kind}
              type="button"
              className={`jk-${family(kind)}`}
              draggable
              disabled={kind === "start" && started}
              aria-label={words("add", words(kind))}
              title={words(kind)}
              onClick={() => add(kind)}
              onDragStart={(event) => {
                event.dataTransfer.setData(DRAGGED, kind);
                event.dataTransfer.effectAllowed = "copy";
              }}
            >
              <Icon kind={kind} />
              <span>{words(kind)}</span>
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
