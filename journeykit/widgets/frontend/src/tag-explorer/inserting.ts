/** Where somebody typed last: an editor of the notebook, and the caret in it. */
export class LastEditor {
  private editor: HTMLElement | null;
  private caret: Range | undefined;

  constructor(private readonly page: Document) {
    this.editor = editorOf(page.activeElement);
    page.addEventListener("focusin", this.entered);
    page.addEventListener("focusout", this.left);
  }

  /** Forgets it and listens no more. */
  close(): void {
    this.page.removeEventListener("focusin", this.entered);
    this.page.removeEventListener("focusout", this.left);
    this.editor = null;
    this.caret = undefined;
  }

  /** Types a text there as if by hand, so that it can be undone; false when there is no such editor. */
  insert(text: string): boolean {
    if (!this.editor?.isConnected) return false;
    this.editor.focus();
    const selection = this.page.getSelection();
    if (selection && this.caret && this.editor.contains(this.caret.startContainer)) {
      selection.removeAllRanges();
      selection.addRange(this.caret);
    }
    return this.page.execCommand("insertText", false, text);
  }

  private readonly entered = (event: Event): void => {
    const found = editorOf(event.target);
    if (found) this.editor = found;
  };

  private readonly left = (event: Event): void => {
    const selection = this.page.getSelection();
    if (!editorOf(event.target) || !selection?.rangeCount) return;
    const range = selection.getRangeAt(0);
    if (this.editor?.contains(range.startContainer)) this.caret = range.cloneRange();
  };
}

function editorOf(target: EventTarget | null): HTMLElement | null {
  const found = target instanceof Element ? target.closest<HTMLElement>(".cm-content") : null;
  return found?.getAttribute("contenteditable") === "true" ? found : null;
}
