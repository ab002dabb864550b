import { describe, expect, it } from "vitest";
import { Kernel, Refusal } from "./kernel";

/** A model whose other side is played by the test. */
function played() {
  const listeners = new Map<string, Set<(...given: unknown[]) => void>>();
  const sent: { id: number; ask: string; with: object }[] = [];
  const model = {
    get: () => ({ count: 1 }),
    on: (name: string, listener: (...given: unknown[]) => void) =>
      void (listeners.get(name) ?? listeners.set(name, new Set()).get(name))?.add(listener),
    off: (name: string, listener: (...given: unknown[]) => void) =>
      void listeners.get(name)?.delete(listener),
    send: (message: (typeof sent)[number]) => void sent.push(message),
  };
  const answer = (message: object) => {
    for (const listener of listeners.get("msg:custom") ?? []) listener(message);
  };
  return { kernel: new Kernel<{ count: number }>(model as never), sent, answer, listeners, model };
}

describe("Kernel", () => {
  it("gives each question its own answer, in whatever order they come", async () => {
    const { kernel, sent, answer } = played();
    const first = kernel.ask("count", { of: "a" });
    const second = kernel.ask("count", { of: "b" });
    answer({ id: sent[1]?.id, answer: 2 });
    answer({ id: sent[0]?.id, answer: 1 });
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(sent.map((message) => message.with)).toEqual([{ of: "a" }, { of: "b" }]);
  });

  it("rejects with what the kernel refused", async () => {
    const { kernel, sent, answer } = played();
    const asked = kernel.ask("count");
    answer({ id: sent[0]?.id, error: "Unknown tag 'aumm'." });
    await expect(asked).rejects.toThrow(Refusal);
    await expect(asked).rejects.toThrow("Unknown tag 'aumm'.");
  });

  it("rejects what nobody is left to answer", async () => {
    const { kernel, listeners, model } = played();
    const asked = kernel.ask("count");
    for (const listener of listeners.get("comm_live_update") ?? []) listener();
    await expect(asked).rejects.toThrow("Run its cell again");
    model.send = () => {
      throw new Error("Cannot send");
    };
    await expect(kernel.ask("count")).rejects.toThrow(Refusal);
  });

  it("hears nothing any more once it is closed", () => {
    const { kernel, listeners } = played();
    kernel.close();
    expect([...listeners.values()].map((one) => one.size)).toEqual([0, 0]);
  });
});
