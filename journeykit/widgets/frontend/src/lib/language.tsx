import { createContext, useContext } from "react";

export type Language = "en" | "zh";

/** English and Chinese of each text of a widget. */
export type Words = Record<string, readonly [english: string, chinese: string]>;

export const LanguageContext = createContext<Language>("en");

/**
 * Looks texts up in the reader's language; `{0}`, `{1}` stand for what is put in.
 *
 * A widget names its own words once: `const useWords = wordsOf(WORDS)`.
 */
export function wordsOf<Known extends Words>(
  words: Known,
): () => (key: keyof Known, ...parts: (string | number)[]) => string {
  return () => {
    const language = useContext(LanguageContext);
    return (key, ...parts) => say(words, key, language, ...parts);
  };
}

export function say<Known extends Words>(
  words: Known,
  key: keyof Known,
  language: Language,
  ...parts: (string | number)[]
): string {
  const [english, chinese] = words[key] as readonly [string, string];
  const text = language === "zh" ? chinese : english;
  return text.replace(/\{(\d)\}/g, (_, place: string) => show(parts[Number(place)]));
}

/** A number as people read it. */
export function show(value: string | number | undefined | null): string {
  if (typeof value === "number") return value.toLocaleString("en-US");
  return value ?? "";
}
