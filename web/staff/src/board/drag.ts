// The only file that knows the drag-and-drop library. Dragging is sugar for the pointer: whatever it
// does, the "Move to…" menu and the keyboard do as well. A card may be dropped on a column, no more;
// its place within the column is the server's to choose.

import { draggable, dropTargetForElements, monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Status } from "../api";

const KEY = "towndesk-ref";

export function useDraggable(element: RefObject<HTMLElement | null>, ref: string): void {
  useEffect(() => {
    if (!element.current) return;
    return draggable({ element: element.current, getInitialData: () => ({ [KEY]: ref }) });
  }, [ref]);
}

// true while a card that could be dropped hovers over the element
export function useDropTarget(element: RefObject<HTMLElement | null>, status: Status): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    return dropTargetForElements({
      element: element.current,
      canDrop: ({ source }) => typeof source.data[KEY] === "string",
      getData: () => ({ status }),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
  }, [status]);
  return over;
}

// The ref that is being dragged, or null; `dropped` is told where it was let go.
export function useDragging(dropped: (ref: string, to: Status) => void): string | null {
  const [dragged, setDragged] = useState<string | null>(null);
  useEffect(
    () =>
      monitorForElements({
        onDragStart: ({ source }) => setDragged(String(source.data[KEY])),
        onDrop: ({ source, location }) => {
          setDragged(null);
          const target = location.current.dropTargets[0];
          if (target) dropped(String(source.data[KEY]), target.data["status"] as Status);
        },
      }),
    [dropped],
  );
  return dragged;
}
