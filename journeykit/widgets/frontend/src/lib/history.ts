/** What was, what is, and what was undone. */
export interface History<Value> {
  past: Value[];
  present: Value;
  future: Value[];
}

const MOST = 200;

export const begin = <Value>(present: Value): History<Value> => ({ past: [], present, future: [] });

/** Something new: what was undone is gone. */
export function step<Value>({ past, present }: History<Value>, next: Value): History<Value> {
  return { past: [...past, present].slice(-MOST), present: next, future: [] };
}

export function undo<Value>(history: History<Value>): History<Value> {
  const { past, present, future } = history;
  const last = past.at(-1);
  if (last === undefined) return history;
  return { past: past.slice(0, -1), present: last, future: [present, ...future] };
}

export function redo<Value>(history: History<Value>): History<Value> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future };
}
