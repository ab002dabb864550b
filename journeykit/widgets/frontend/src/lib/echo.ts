import { useEffect, useRef } from "react";

const REMEMBERED = 100;

/**
 * Tells a value that comes back from one that somebody else made.
 *
 * What an editor told comes back after a while, perhaps when newer things were told already, and must not
 * undo these. Anything else (undo, another view, Python) replaces what is being edited.
 *
 * @returns notes what is told; whether that is news
 */
export function useEcho<Value>(value: Value, replace: (value: Value) => void): (told: Value) => boolean {
  const waiting = useRef<string[]>([]);
  const current = useRef(JSON.stringify(value));
  const newest = useRef(replace);
  newest.current = replace;
  useEffect(() => {
    const came = JSON.stringify(value);
    const place = waiting.current.indexOf(came);
    if (place >= 0) waiting.current.splice(0, place + 1);
    else if (came !== current.current) {
      waiting.current = [];
      current.current = came;
      newest.current(value);
    }
  }, [value]);
  return (told) => {
    const text = JSON.stringify(told);
    if (text === current.current) return false;
    current.current = text;
    waiting.current = [...waiting.current, text].slice(-REMEMBERED);
    return true;
  };
}
