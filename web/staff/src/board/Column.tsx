// One column: a heading with the server's count and a windowed list. It owns its scroll position: a
// change by others above what the person looks at moves nothing under their eyes.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Card as CardData, Status } from "../api";
import type { Anchor } from "../ui/Menu";
import { n, t, tOf } from "../words";
import { Card } from "./Card";
import { useDropTarget } from "./drag";
import type { BoardState } from "./state";
import { mounted, scrollToShow, useRange } from "./window";

const LOAD_AHEAD = 20;

interface Props {
  status: Status;
  state: BoardState;
  filtered: boolean;
  row: number;
  now: number;
  active: string | undefined; // the card that Tab reaches
  wanted: { ref: string } | null; // a card that is to get the focus
  open: string | null;
  dragged: string | null;
  onMore: (status: Status) => void;
  onOpen: (ref: string) => void;
  onMenu: (card: CardData, at: Anchor) => void;
  onFocus: (ref: string, status: Status) => void;
}

export function countWords(count: number | null, loaded: number): string {
  return count === null ? t("staff.count.more", { count: loaded }) : n(count);
}

// Keeps what is looked at where it is when rows come or go above it.
function useAnchor(scroller: { current: HTMLElement | null }, refs: string[], row: number, focused: () => string | null): void {
  const before = useRef({ refs, row });
  useLayoutEffect(() => {
    const el = scroller.current;
    const was = before.current;
    before.current = { refs, row };
    if (!el || was.refs === refs || was.row !== row) return;
    const held = focused();
    if (el.scrollTop === 0 && !held) return;
    const first = Math.floor(el.scrollTop / row);
    const candidates = held ? [held] : was.refs.slice(first, first + 12);
    for (const ref of candidates) {
      const now = refs.indexOf(ref);
      if (now < 0) continue;
      const shift = (now - was.refs.indexOf(ref)) * row;
      if (shift) el.scrollTop += shift;
      return;
    }
  }, [refs, row]);
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeletons" aria-hidden="true">
      {[0, 1, 2].map((i) => (
        <div key={i} class="skeleton"><i /><i /><i /></div>
      ))}
    </div>
  );
}

export function Column(p: Props): JSX.Element {
  const { status, state, row } = p;
  const { refs, count, more } = state.columns[status];
  const section = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const over = useDropTarget(section, status);
  const rows = refs.length + (more === null ? 0 : 1);
  const range = useRange(scroller, row, rows);
  const active = p.active && refs.includes(p.active) ? p.active : refs[0];
  const keep = [active, p.dragged, p.wanted?.ref].map((ref) => (ref ? refs.indexOf(ref) : -1));
  const total = count === null ? -1 : Math.max(count, refs.length);

  const focused = () => {
    const at = document.activeElement?.closest<HTMLElement>(".card");
    return at && scroller.current?.contains(at) ? at.dataset["ref"]! : null;
  };
  useAnchor(scroller, refs, row, focused);

  useLayoutEffect(() => {
    const ref = p.wanted?.ref;
    const index = ref ? refs.indexOf(ref) : -1;
    const el = scroller.current;
    if (!el || index < 0) return;
    const top = scrollToShow(index, row, el.scrollTop, el.clientHeight);
    if (top !== null) el.scrollTop = top;
    el.querySelector<HTMLElement>(`[data-ref="${ref}"] .card-link`)?.focus({ preventScroll: true });
    section.current?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [p.wanted]);

  useEffect(() => {
    if (more !== null && range.to >= refs.length - LOAD_AHEAD) p.onMore(status);
  }, [more, range.to, refs.length]);

  const name = tOf("status", status);
  const heading = `column-${status}`;
  return (
    <section ref={section} class="column" data-status={status} data-over={over || undefined} aria-labelledby={heading}>
      <header class="column-head">
        <h2 id={heading}>
          <span class={`dot dot-${status}`} />
          {name}{" "}
          <span class="count">
            {state.ready ? countWords(count, refs.length) : "–"}
            <span class="hidden-visually"> {t("staff.count.unit")}</span>
          </span>
        </h2>
        {status === "done" && !p.filtered && <p class="column-note">{t("staff.done.days")}</p>}
      </header>
      <div ref={scroller} class="column-scroll" tabIndex={-1}>
        {!state.ready ? (
          <Skeleton />
        ) : refs.length === 0 && more === null ? (
          <p class="column-empty">{p.filtered ? t("staff.empty.filtered") : tOf("empty", status)}</p>
        ) : (
          <ul class="cards" style={{ "--rows": rows }}>
            {mounted(range, keep, refs.length).map((i) => {
              const ref = refs[i]!;
              return (
                <Card
                  key={ref}
                  card={state.cards[ref]!}
                  index={i}
                  total={total}
                  now={p.now}
                  tabbable={ref === active}
                  open={ref === p.open}
                  moving={ref in state.moving}
                  dragged={ref === p.dragged}
                  onOpen={p.onOpen}
                  onMenu={p.onMenu}
                  onFocus={p.onFocus}
                />
              );
            })}
            {more !== null && range.to >= refs.length && (
              <li class="card card-loading" style={{ "--index": refs.length }}>
                <p>{t("staff.loading")}</p>
              </li>
            )}
          </ul>
        )}
      </div>
    </section>
  );
}
