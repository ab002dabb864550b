import { type BaseState, mount, type WidgetProps } from "../lib/mount";

interface State extends BaseState {
  tags: string[];
}

function App({ state }: WidgetProps<State>) {
  return <p>{state.tags.length}</p>;
}

export default mount(App);
