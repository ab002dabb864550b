import { createReactDnDAdapter } from "@react-querybuilder/dnd/react-dnd";
import { type ComponentProps, createElement } from "react";
import * as ReactDnD from "react-dnd";
import { HTML5Backend } from "react-dnd-html5-backend";

/**
 * Drag and drop within one element.
 *
 * As it comes, react-dnd listens to the whole page: it refuses every drag that is not its own, and the editor of
 * another widget, which brings its own copy of react-dnd, breaks with "two HTML5 backends".
 */
export function draggingWithin(root: HTMLElement) {
  const own = {};
  return createReactDnDAdapter({
    ...ReactDnD,
    DndProvider: ((given: ComponentProps<typeof ReactDnD.DndProvider>) =>
      createElement(ReactDnD.DndProvider, { ...given, context: own })) as typeof ReactDnD.DndProvider,
    ReactDndBackend: (manager) => HTML5Backend(manager, window, { rootElement: root }),
  });
}
