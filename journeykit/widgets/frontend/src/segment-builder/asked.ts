import { useEffect, useState } from "react";
import type { Kernel } from "../lib/kernel";
import { Latest } from "../lib/latest";

interface Asked<Answer> {
  answer: Answer | null;
  problem: string;
  /** Whether the answer is about what is shown now. */
  fresh: boolean;
}

/** Asks the kernel whenever `about` changes, a while after the last change; keeps the old answer meanwhile. */
export function useAsked<Answer>(
  // biome-ignore lint/suspicious/noExplicitAny: of whatever state
  kernel: Kernel<any>,
  what: string,
  content: object,
  about: string,
  pause: number,
): Asked<Answer> {
  const [got, setGot] = useState<{ about: string; answer: Answer | null; problem: string }>({
    about: "",
    answer: null,
    problem: "",
  });
  const [latest] = useState(
    () =>
      new Latest<
        { about: string; content: object },
        { about: string; answer: Answer | null; problem: string }
      >(
        async (asked) => {
          try {
            return { about: asked.about, answer: await kernel.ask<Answer>(what, asked.content), problem: "" };
          } catch (refused) {
            return { about: asked.about, answer: null, problem: (refused as Error).message };
          }
        },
        setGot,
        () => {},
        pause,
      ),
  );
  const text = JSON.stringify(content);
  useEffect(() => {
    latest.put({ about: about + text, content: JSON.parse(text) });
    return () => latest.stop();
  }, [latest, about, text]);
  return { answer: got.answer, problem: got.problem, fresh: got.about === about + text };
}
