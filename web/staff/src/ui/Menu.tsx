// A menu at a button or a card, as the ARIA authoring practices describe it: arrows, Home, End, digits
// and first letters move, Enter chooses, Escape and Tab close, the focus goes back. Where it hangs is
// set through custom properties; on a narrow screen the style sheet makes it a sheet at the bottom.

import { Fragment, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export interface MenuItem {
  label: string;
  hint?: string; // the key that chooses it
  checked?: boolean; // one of a set; undefined: a plain item
  mark?: string; // class of the dot before it
  apart?: boolean; // a line above
  choose: () => void;
}

export interface Anchor {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Props {
  title: string;
  items: MenuItem[];
  anchor: Anchor;
  onClose: (how: "chosen" | "left") => void;
}

const GAP = 4;

export function Menu({ title, items, anchor, onClose }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const all = () => [...box.current!.querySelectorAll<HTMLElement>("[role^=menuitem]")];

  useLayoutEffect(() => {
    const el = box.current!;
    const { width, height } = el.getBoundingClientRect();
    const room = { w: document.documentElement.clientWidth, h: innerHeight };
    const left = Math.max(GAP, Math.min(anchor.right - width, room.w - width - GAP));
    const below = anchor.bottom + GAP;
    const top = below + height <= room.h ? below : Math.max(GAP, anchor.top - GAP - height);
    el.style.setProperty("--menu-x", `${Math.round(left)}px`);
    el.style.setProperty("--menu-y", `${Math.round(Math.min(top, room.h - height - GAP))}px`);
    (el.querySelector<HTMLElement>("[aria-checked=true]") ?? all()[0])?.focus();
  }, []);

  useEffect(() => {
    const away = () => onClose("left");
    addEventListener("resize", away);
    return () => removeEventListener("resize", away);
  }, [onClose]);

  const choose = (item: MenuItem) => {
    onClose("chosen");
    item.choose();
  };

  const key = (e: KeyboardEvent) => {
    e.stopPropagation();
    const rows = all();
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const to = (i: number) => rows[(i + rows.length) % rows.length]?.focus();
    if (e.key === "ArrowDown") to(at + 1);
    else if (e.key === "ArrowUp") to(at - 1);
    else if (e.key === "Home") to(0);
    else if (e.key === "End") to(-1);
    else if (e.key === "Escape" || e.key === "Tab") onClose("left");
    else if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey && e.key !== " ") {
      const letter = e.key.toLowerCase();
      const hit = items.findIndex((item) => item.hint?.toLowerCase() === letter);
      if (hit >= 0) choose(items[hit]!);
      else {
        const next = [...rows.slice(at + 1), ...rows].find((row) => row.textContent?.toLowerCase().startsWith(letter));
        next?.focus();
      }
    } else return;
    e.preventDefault();
  };

  return (
    <div class="menu-layer" onMouseDown={(e) => e.target === e.currentTarget && onClose("left")}>
      <div ref={box} class="menu" role="menu" aria-label={title} onKeyDown={key}>
        <p class="menu-title" aria-hidden="true">{title}</p>
        {items.map((item) => (
          <Fragment key={item.label}>
            {item.apart && <hr />}
            <button
              type="button"
              class="menu-item"
              role={item.checked === undefined ? "menuitem" : "menuitemradio"}
              {...(item.checked === undefined ? {} : { "aria-checked": item.checked })}
              tabIndex={-1}
              onClick={() => choose(item)}
            >
              {item.mark && <span class={`dot ${item.mark}`} />}
              <span class="menu-label">{item.label}</span>
              {item.checked && <span class="menu-check" aria-hidden="true">✓</span>}
              {item.hint && <kbd aria-hidden="true">{item.hint}</kbd>}
            </button>
          </Fragment>
        ))}
      </div>
    </div>
  );
}
