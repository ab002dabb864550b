import "./base.css";

import type { Render } from "@anywidget/types";
import {
  Component,
  type ComponentType,
  type ReactNode,
  useCallback,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { createRoot } from "react-dom/client";
import { Kernel, Refusal } from "./kernel";
import { type Language, LanguageContext, say } from "./language";

const WORDS = {
  refused: ["{0}", "操作未完成：{0}"],
} as const;

/** What every widget's state has. */
export interface BaseState {
  language: Language;
  /** Names this widget's static form in the page, which is hidden while the widget is alive. */
  static_id: string;
}

export interface WidgetProps<State> {
  state: State;
  kernel: Kernel<State>;
  /** Shows under the widget what went wrong; "" takes it away. */
  complain: (problem: unknown) => void;
}

/** The anywidget module of a React component: `export default mount(App)`. */
export function mount<State extends BaseState>(App: ComponentType<WidgetProps<State>>): { render: Render } {
  return {
    render({ model, el }) {
      el.classList.add("jk");
      el.addEventListener("focusin", keepKeys);
      el.dataset.widget = String(model.get("_anywidget_id")).split(".").pop(); // the Python class
      const kernel = new Kernel<State>(model);
      const root = createRoot(el);
      const unhide = hideStatic(kernel.state().static_id);
      root.render(<Widget App={App} kernel={kernel} />);
      return () => {
        el.removeEventListener("focusin", keepKeys);
        root.unmount();
        kernel.close();
        unhide();
      };
    },
  };
}

function Widget<State extends BaseState>({
  App,
  kernel,
}: {
  App: ComponentType<WidgetProps<State>>;
  kernel: Kernel<State>;
}) {
  const state = useSyncExternalStore(kernel.subscribe, kernel.state);
  const [problem, setProblem] = useState("");
  const { language } = state;
  const complain = useCallback(
    (found: unknown) => setProblem(found ? said(found, language) : ""),
    [language],
  );
  useEffect(() => hearOwnErrors(complain), [complain]);
  return (
    <LanguageContext value={state.language}>
      <Guard>
        <App state={state} kernel={kernel} complain={complain} />
      </Guard>
      {problem && (
        <div role="alert" className="jk-problem">
          {problem}
          <button
            type="button"
            aria-label={state.language === "zh" ? "关闭" : "Close"}
            onClick={() => setProblem("")}
          >
            ×
          </button>
        </div>
      )}
    </LanguageContext>
  );
}

/** Shows an error of the widget's own code where the widget would be. */
class Guard extends Component<{ children: ReactNode }, { problem: string }> {
  override state = { problem: "" };

  static getDerivedStateFromError(error: unknown) {
    return { problem: said(error) };
  }

  override render() {
    if (!this.state.problem) return this.props.children;
    return (
      <div role="alert" className="jk-problem">
        {this.state.problem}
      </div>
    );
  }
}

function said(problem: unknown, language: Language = "en"): string {
  if (problem instanceof Refusal) return say(WORDS, "refused", language, problem.message);
  if (!(problem instanceof Error)) return String(problem);
  console.error(problem);
  return problem.message;
}

/** Tells of errors in this module's handlers and promises, which no component can catch. */
function hearOwnErrors(tell: (problem: unknown) => void): () => void {
  const failed = (event: ErrorEvent) => event.filename === import.meta.url && tell(event.error);
  const rejected = (event: PromiseRejectionEvent) => {
    if (event.reason instanceof Refusal || event.reason?.stack?.includes(import.meta.url)) tell(event.reason);
  };
  window.addEventListener("error", failed);
  window.addEventListener("unhandledrejection", rejected);
  return () => {
    window.removeEventListener("error", failed);
    window.removeEventListener("unhandledrejection", rejected);
  };
}

/**
 * Keys pressed in a widget are no commands to the notebook.
 *
 * JupyterLab's commands match whatever has the focus, before they look at what it lies in: so it is the
 * element with the focus that must say it.
 */
function keepKeys(event: FocusEvent): void {
  if (event.target instanceof HTMLElement || event.target instanceof SVGElement) {
    event.target.dataset.lmSuppressShortcuts = "true";
  }
}

/** Hides the static form of a live widget; returns how to show it again. */
function hideStatic(id: string): () => void {
  const style = document.createElement("style");
  const static_ = `[data-jk-static="${CSS.escape(id)}"]`;
  style.textContent = `${static_}, .jp-OutputArea-child:has(${static_}) { display: none !important; }`;
  document.head.append(style);
  return () => style.remove();
}
