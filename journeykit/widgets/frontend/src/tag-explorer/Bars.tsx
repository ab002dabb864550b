import "./bars.css";

interface BarRow {
  label: string;
  /** As a share of the longest, from 0 to 1. */
  length: number;
  text: string;
  quiet?: boolean;
  /** A second bar below, such as everyone's beside a segment's. */
  other?: number;
}

/** Horizontal bars with their labels before and their figures behind; a table to a screen reader. */
export function Bars({ rows, heads, title }: { rows: BarRow[]; heads: [string, string]; title: string }) {
  return (
    <table className="jk-bars" aria-label={title}>
      <thead className="jk-hidden">
        <tr>
          <th>{heads[0]}</th>
          <td />
          <th>{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label}>
            <th scope="row" title={row.label}>
              {row.label}
            </th>
            <td aria-hidden="true">
              <svg width="100%" height="13" focusable="false" aria-hidden="true">
                <rect
                  className={row.quiet ? "jk-bar-quiet" : "jk-bar"}
                  y={row.other === undefined ? 1 : 0}
                  width={`${100 * row.length}%`}
                  height={row.other === undefined ? 11 : 7}
                />
                {row.other !== undefined && (
                  <rect className="jk-bar-quiet" y="8" width={`${100 * row.other}%`} height="4" />
                )}
              </svg>
            </td>
            <td className="jk-number">{row.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A share in per cent, never rounded to nobody when it is somebody. */
export function percent(share: number): string {
  return share > 0 && share < 0.0005 ? "<0.1%" : `${(100 * share).toFixed(1)}%`;
}
