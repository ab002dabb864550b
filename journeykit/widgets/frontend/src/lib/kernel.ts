import type { AnyModel } from "@anywidget/types";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Answer {
  id: number;
  answer?: unknown;
  error?: string;
}

/** What the kernel refused, in its own words. */
export class Refusal extends Error {}

const GONE = {
  en: "The kernel that this widget belongs to is gone. Run its cell again.",
  zh: "该组件所属的内核已不在运行，请重新运行此单元格。",
};

/**
 * The browser's side of a widget's conversation.
 *
 * The kernel pushes one dict, `state`, which is all there is to see. The browser asks by name and gets an
 * answer or a refusal; it never sets the state itself.
 */
export class Kernel<State> {
  private last = 0;
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();

  private readonly remembered = new Map<string, Promise<unknown>>();

  constructor(private readonly model: AnyModel) {
    model.on("msg:custom", this.hear);
    model.on("comm_live_update", this.lose);
  }

  /** The state as it is now; the same object until the kernel pushes another. */
  readonly state = (): State => this.model.get("state") as State;

  /** Calls back whenever the state changes; returns how to stop that. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.model.on("change:state", changed);
    return () => this.model.off("change:state", changed);
  };

  /** Asks the kernel; rejects with a Refusal if it will not. */
  ask<Answer>(what: string, content: object = {}): Promise<Answer> {
    const id = ++this.last;
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      try {
        this.model.send({ id, ask: what, with: content });
      } catch {
        this.lose(); // a kernel that was restarted takes nothing any more
      }
    });
  }

  /** Asks what has one answer for as long as the widget lives, and remembers it. */
  once<Answer>(what: string): Promise<Answer> {
    const known = this.remembered.get(what) ?? this.ask(what);
    this.remembered.set(what, known);
    known.catch(() => this.remembered.delete(what));
    return known as Promise<Answer>;
  }

  /** Ends the conversation; what is still waited for is never answered. */
  close(): void {
    this.waiting.clear();
    this.model.off("msg:custom", this.hear);
    this.model.off("comm_live_update", this.lose);
  }

  /** Nobody is left to answer: rejects what is waited for, so that nothing waits for ever. */
  private readonly lose = (): void => {
    const { language } = this.model.get("state") as { language?: string };
    const asked = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of asked) reject(new Refusal(language === "zh" ? GONE.zh : GONE.en));
  };

  private readonly hear = (message: Answer): void => {
    const asked = this.waiting.get(message.id);
    if (!asked) return; // another view of the same widget asked
    this.waiting.delete(message.id);
    if (message.error === undefined) asked.resolve(message.answer as never);
    else asked.reject(new Refusal(message.error));
  };
}
