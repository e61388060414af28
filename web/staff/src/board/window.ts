// Windowing: of a long list of rows of one height only those near the viewport are in the document.
// Rows of one height make it arithmetic; the height itself is measured, because it follows the
// person's font size.

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";

const OVERSCAN = 4;

export interface Range {
  from: number;
  to: number; // exclusive
}

export function rangeOf(scrollTop: number, viewport: number, row: number, count: number): Range {
  if (row <= 0 || count <= 0) return { from: 0, to: 0 };
  const first = Math.min(Math.max(Math.floor(scrollTop / row), 0), count - 1);
  const shown = Math.ceil(viewport / row) + 1;
  return { from: Math.max(0, first - OVERSCAN), to: Math.min(count, first + shown + OVERSCAN) };
}

// The indices to mount: the range, and single rows outside it that must not vanish (the focused one,
// the one that is being dragged), in order.
export function mounted(range: Range, keep: number[], count: number): number[] {
  const rows = new Set<number>();
  for (let i = range.from; i < Math.min(range.to, count); i++) rows.add(i);
  for (const i of keep) if (i >= 0 && i < count) rows.add(i);
  return [...rows].sort((a, b) => a - b);
}

// How far to scroll so that a row is in view; null: it is.
export function scrollToShow(index: number, row: number, scrollTop: number, viewport: number): number | null {
  const top = index * row;
  if (top < scrollTop) return top;
  if (top + row > scrollTop + viewport) return top + row - viewport;
  return null;
}

// Looks at most once a frame, and renders only when another row has come into view.
export function useRange(scroller: RefObject<HTMLElement | null>, row: number, count: number): Range {
  const [view, setView] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const el = scroller.current;
    if (!el) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      const top = Math.floor(el.scrollTop / row) * row;
      setView((v) => (v.top === top && v.height === el.clientHeight ? v : { top, height: el.clientHeight }));
    };
    const soon = () => {
      if (!frame) frame = requestAnimationFrame(look);
    };
    look();
    el.addEventListener("scroll", soon, { passive: true });
    const size = new ResizeObserver(soon);
    size.observe(el);
    return () => {
      cancelAnimationFrame(frame);
      el.removeEventListener("scroll", soon);
      size.disconnect();
    };
  }, [row]);
  return rangeOf(view.top, view.height, row, count);
}

// The height of a row in px, from an element that has it.
export function useRowHeight(probe: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(176);
  useEffect(() => {
    const el = probe.current;
    if (!el) return;
    const size = new ResizeObserver(() => {
      const now = el.getBoundingClientRect().height;
      if (now > 0) setHeight(now);
    });
    size.observe(el);
    return () => size.disconnect();
  }, []);
  return height;
}
