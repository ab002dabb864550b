import "./customer.css";

import { mount, type WidgetProps } from "../lib/mount";
import { OneCustomer } from "./OneCustomer";
import { Portrait } from "./Portrait";
import type { State } from "./types";

function App({ state, kernel, complain }: WidgetProps<State>) {
  if (state.kind === "segment") return <Portrait state={state} />;
  return <OneCustomer key={state.who} state={state} kernel={kernel} complain={complain} />;
}

export default mount(App);
