import { type PointerEvent, useRef, useState } from "react";
import { show } from "../lib/language";
import { type Bin, inRange } from "./spread";
import { useWords } from "./words";

const WIDTH = 280;
const HEIGHT = 84;

/** Bars over which a range can be dragged; those in the range stand out by colour and by height of their foot. */
export function Histogram({
  bins,
  low,
  high,
  onSelect,
}: {
  bins: Bin[];
  low: string;
  high: string;
  onSelect: (low: string, high: string) => void;
}) {
  const say = useWords();
  const chart = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const most = ceiling(bins);
  const room = WIDTH / bins.length;
  const at = (event: PointerEvent) => {
    const box = chart.current?.getBoundingClientRect();
    const place = box ? Math.floor(((event.clientX - box.left) / box.width) * bins.length) : 0;
    return Math.max(0, Math.min(bins.length - 1, place));
  };
  const ended = () => {
    if (!drag) return;
    const [from, to] = drag[0] < drag[1] ? drag : [drag[1], drag[0]];
    onSelect(bins[from]?.low ?? "", bins[to]?.high ?? "");
    setDrag(null);
  };
  const chosen = (bin: Bin, place: number) =>
    drag ? place >= Math.min(...drag) && place <= Math.max(...drag) : inRange(bin, low, high);
  return (
    <figure className="jk-histogram">
      <svg
        ref={chart}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={say("bars")}
        onPointerDown={(event) => {
          chart.current?.setPointerCapture(event.pointerId);
          setDrag([at(event), at(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], at(event)])}
        onPointerUp={ended}
      >
        {bins.map((bin, place) => {
          const tall = bin.count ? Math.max(1.5, Math.min(1, bin.count / most) * (HEIGHT - 8)) : 0;
          const within = chosen(bin, place);
          return (
            <g key={bin.low} className={within ? "jk-in" : "jk-out"}>
              <rect className="jk-ground" x={place * room} y={0} width={room} height={HEIGHT}>
                <title>{say("fromBin", bin.low, bin.high, bin.count)}</title>
              </rect>
              <rect
                className="jk-bar"
                x={place * room + 0.5}
                y={HEIGHT - 5 - tall}
                width={room - 1}
                height={tall}
              />
              {bin.count > most && <path className="jk-break" d={`M${place * room} 14l${room} -5`} />}
              {within && <rect className="jk-foot" x={place * room} y={HEIGHT - 3} width={room} height={3} />}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{end(bins[0]?.low)}</span>
        <span>{say("brush")}</span>
        <span>{end(bins.at(-1)?.high)}</span>
      </figcaption>
    </figure>
  );
}

/** What the chart reaches up to: one bar that towers over all others is broken off. */
function ceiling(bins: Bin[]): number {
  const [first = 1, second = 1] = bins.map((bin) => bin.count).sort((one, other) => other - one);
  return Math.max(1, first > 3 * second && second > 0 ? 1.5 * second : first);
}

const end = (value = "") => (/^-?\d+(\.\d+)?$/.test(value) ? show(Number(value)) : value);
