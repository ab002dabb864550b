/**
 * Asks one question at a time: while one is under way, only the newest of those that came since is kept.
 *
 * So a slow kernel is never left with a queue of questions about what is no longer shown.
 */
export class Latest<Question, Answer> {
  private busy = false;
  private next: Question | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: (question: Question) => Promise<Answer>,
    private readonly told: (answer: Answer, question: Question) => void,
    private readonly failed: (error: unknown, question: Question) => void,
    private readonly pause = 0,
  ) {}

  /** Puts a question, after a pause in which a newer one may replace it. */
  put(question: Question): void {
    this.next = question;
    clearTimeout(this.timer);
    if (!this.busy) this.timer = setTimeout(() => void this.run(), this.pause);
  }

  /** Forgets what was not asked yet. */
  stop(): void {
    clearTimeout(this.timer);
    this.next = undefined;
  }

  private async run(): Promise<void> {
    const question = this.next;
    if (question === undefined) return;
    this.next = undefined;
    this.busy = true;
    try {
      this.told(await this.ask(question), question);
    } catch (error) {
      this.failed(error, question);
    } finally {
      this.busy = false;
      if (this.next !== undefined) this.put(this.next);
    }
  }
}
