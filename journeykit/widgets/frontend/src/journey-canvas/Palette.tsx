import { Icon } from "./Box";
import { DRAGGED } from "./Flow";
import { family, type Kind, PALETTE } from "./kinds";
import { useWords } from "./words";

interface PaletteProps {
  add: (kind: Kind) => void;
  /** Whether it is known what can be chosen. */
  ready: boolean;
  /** Whether there is a start. */
  started: boolean;
}

/** The steps to add: dragged to their place, or chosen by click or key, which puts one behind what is selected. */
export function Palette({ add, ready, started }: PaletteProps) {
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
              draggable={ready}
              disabled={!ready}
              // Disabled while it is dragged, a button would never tell that this is over.
              aria-disabled={kind === "start" && started}
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
