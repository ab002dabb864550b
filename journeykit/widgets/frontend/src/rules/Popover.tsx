import { type ReactNode, useEffect, useRef, useState } from "react";

/** A button that opens a panel above everything else, which Escape or a click elsewhere closes. */
export function Popover({
  face,
  title,
  className = "",
  children,
}: {
  face: ReactNode;
  title: string;
  className?: string;
  children: (close: () => void) => ReactNode;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        title={title}
        aria-label={typeof face === "string" ? `${title}: ${face}` : title}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <Panel anchor={button.current} title={title} closed={() => setOpen(false)}>
          {children(close)}
        </Panel>
      )}
    </>
  );
}

function Panel({
  anchor,
  title,
  closed,
  children,
}: {
  anchor: HTMLElement | null;
  title: string;
  closed: () => void;
  children: ReactNode;
}) {
  const panel = useRef<HTMLDivElement>(null);
  const last = useRef(closed);
  last.current = closed;
  useEffect(() => {
    const element = panel.current;
    if (!element || !anchor) return;
    const toggled = (event: Event) => (event as ToggleEvent).newState === "closed" && last.current();
    const put = () => place(element, anchor);
    element.addEventListener("toggle", toggled);
    element.showPopover();
    put();
    element.querySelector<HTMLElement>("[data-first]")?.focus();
    const grown = new ResizeObserver(put);
    grown.observe(element);
    return () => {
      grown.disconnect();
      element.removeEventListener("toggle", toggled);
    };
  }, [anchor]);
  return (
    <div ref={panel} popover="auto" role="dialog" aria-label={title} className="jk-popover">
      {children}
    </div>
  );
}

/** Below its button, or above where there is more room, and never beyond the window. */
function place(panel: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const below = window.innerHeight - at.bottom;
  const top = below >= size.height + 8 || below >= at.top ? at.bottom + 4 : at.top - size.height - 4;
  const left = Math.min(at.left, window.innerWidth - size.width - 8);
  panel.style.top = `${Math.max(4, Math.min(top, window.innerHeight - size.height - 4))}px`;
  panel.style.left = `${Math.max(4, left)}px`;
}
