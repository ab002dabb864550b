import { afterEach, describe, expect, it, vi } from "vitest";
import { percent } from "./Bars";
import { LastEditor } from "./inserting";
import { select } from "./List";

const line = (name: string, family: string) => ({ name, title: name, family, unit: "", built: true });
const TAGS = [line("aum", "assets"), line("age", "identity"), line("wealth", "assets")];

describe("select", () => {
  it("keeps the order in which tags were found, of one family", () => {
    expect(select(TAGS, null, "").map((tag) => tag.name)).toEqual(["aum", "age", "wealth"]);
    expect(select(TAGS, ["wealth", "age", "aum"], "assets").map((tag) => tag.name)).toEqual([
      "wealth",
      "aum",
    ]);
  });
});

describe("percent", () => {
  it("never rounds somebody to nobody", () => {
    expect([percent(0), percent(0.00001), percent(0.25)]).toEqual(["0.0%", "<0.1%", "25.0%"]);
  });
});

describe("LastEditor", () => {
  const typed = vi.fn(() => true);
  Object.assign(document, { execCommand: typed });
  afterEach(() => {
    document.body.innerHTML = "";
    typed.mockClear();
  });

  it("types where somebody typed last, and nowhere when that is gone", () => {
    document.body.innerHTML = '<div class="cm-content" contenteditable="true" tabindex="0"></div><input>';
    const last = new LastEditor(document);
    expect(last.insert("t.aum")).toBe(false);
    const editor = document.querySelector<HTMLElement>(".cm-content");
    editor?.focus();
    document.querySelector("input")?.focus();
    expect(last.insert("t.aum")).toBe(true);
    expect(typed).toHaveBeenCalledWith("insertText", false, "t.aum");
    expect(document.activeElement).toBe(editor);
    editor?.remove();
    expect(last.insert("t.aum")).toBe(false);
    last.close();
  });
});
