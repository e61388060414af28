// The few icons, drawn on a 20 x 20 grid with the text's own colour. They never carry meaning alone:
// words stand beside them or name the button.

import type { JSX } from "preact";

const PATHS = {
  more: "M5 10h.01M10 10h.01M15 10h.01",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  pin: "M10 17.5s5.5-4.7 5.5-9a5.5 5.5 0 0 0-11 0c0 4.3 5.5 9 5.5 9zM10 6.7a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  alike: "M7 7h9.5v9.5H7zM3.5 13V3.5H13",
  person: "M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 16.5c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5",
  photo: "M3 4.5h14v11H3zM3 13l4-4 3.5 3.5L13 10l4 4M12.7 7.5h.01",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4.3l2.8 1.7",
  warn: "M10 3.2L17.8 16.5H2.2zM10 8.2v3.6M10 14h.01",
  lock: "M4.5 9h11v7.5h-11zM7 9V6.5a3 3 0 0 1 6 0V9",
  globe: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3c2.2 2 3 4.4 3 7s-.8 5-3 7c-2.2-2-3-4.4-3-7s.8-5 3-7z",
  check: "M4 10.5l4 4 8-9",
  board: "M3.5 3.5h3.6v13H3.5zM8.2 3.5h3.6v9H8.2zM12.9 3.5h3.6v11h-3.6z",
  table: "M3 4.5h14v11H3zM3 8.2h14M3 11.8h14M8 4.5v11",
  keys: "M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.6h7",
  out: "M12 6V3.5H4v13h8V14M8 10h9M14.2 7.2L17 10l-2.8 2.8",
  back: "M12.5 4.5L7 10l5.5 5.5",
  next: "M7.5 4.5L13 10l-5.5 5.5",
  zoom: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4M6.7 9h4.6M9 6.7v4.6",
  edit: "M4 16l.8-3.4L13.5 4l2.5 2.5-8.6 8.7z",
  again: "M16 10a6 6 0 1 1-1.8-4.3M14.5 2.5v3.4h-3.4",
  offline: "M3 3l14 14M2.5 8.5A11 11 0 0 1 6 6.3M9 5.2a11 11 0 0 1 8.5 3.3M5.3 11.5a7 7 0 0 1 3-1.7M12.6 10.2a7 7 0 0 1 2.1 1.3M10 15.5h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={`icon icon-${name} ${extra}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
