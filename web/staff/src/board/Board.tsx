// The five columns and the keys: arrows walk, Home and End jump, M opens the menu. Which card has the
// focus, and which one gets it when that card has left, is decided here.

import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { STATUSES, type Card, type Status } from "../api";
import type { Anchor } from "../ui/Menu";
import type { Address, Go } from "../url";
import { t, tOf } from "../words";
import { Column, countWords } from "./Column";
import { useDragging } from "./drag";
import type { BoardHandle } from "./useBoard";
import { useRowHeight } from "./window";

const NARROW = "(max-width: 47.99em)";

interface Props {
  board: BoardHandle;
  address: Address;
  go: Go;
  now: number;
  keys: boolean;
  onMenu: (card: Card, at: Anchor) => void;
  onDrop: (card: Card, to: Status) => void;
}

export function Board({ board, address, go, now, keys, onMenu, onDrop }: Props): JSX.Element {
  const { state } = board;
  const probe = useRef<HTMLDivElement>(null);
  const row = useRowHeight(probe);
  const [active, setActive] = useState<Partial<Record<Status, string>>>({});
  const [wanted, setWanted] = useState<{ ref: string } | null>(null);
  const last = useRef<{ ref: string; status: Status; index: number } | null>(null);
  const latest = useRef(state);
  latest.current = state;

  const dragged = useDragging(
    useCallback((ref: string, to: Status) => {
      const card = latest.current.cards[ref];
      if (card && card.status !== to) onDrop(card, to);
    }, [onDrop]),
  );

  const focus = (ref: string | undefined, status: Status): void => {
    if (!ref) return;
    setActive((was) => ({ ...was, [status]: ref }));
    setWanted({ ref });
    if (status !== address.column && matchMedia(NARROW).matches) go({ column: status }, "replace");
  };

  useEffect(() => {
    if (wanted) setWanted(null); // the column has done it
  }, [wanted]);

  const noticed = useCallback((ref: string, status: Status) => {
    last.current = { ref, status, index: latest.current.columns[status].refs.indexOf(ref) };
    setActive((was) => (was[status] === ref ? was : { ...was, [status]: ref }));
  }, []);

  // The focused card has left its column: the next one there takes the focus, else the card keeps it.
  useLayoutEffect(() => {
    const was = last.current;
    if (!was) return;
    const at = state.columns[was.status].refs.indexOf(was.ref);
    if (at >= 0) {
      was.index = at;
      return;
    }
    if (document.activeElement && document.activeElement !== document.body) return;
    last.current = null;
    const { refs } = state.columns[was.status];
    const next = refs[Math.min(was.index, refs.length - 1)];
    const followed = STATUSES.find((status) => state.columns[status].refs.includes(was.ref));
    if (next) focus(next, was.status);
    else if (followed) focus(was.ref, followed);
  }, [state]);

  const sideways = (status: Status, index: number, step: 1 | -1): void => {
    for (let i = STATUSES.indexOf(status) + step; i >= 0 && i < STATUSES.length; i += step) {
      const other = STATUSES[i]!;
      const { refs } = state.columns[other];
      if (refs.length > 0) return focus(active[other] ?? refs[Math.min(index, refs.length - 1)], other);
    }
  };

  const onKey = (e: KeyboardEvent): void => {
    const el = (e.target as HTMLElement).closest<HTMLElement>(".card");
    const ref = el?.dataset["ref"];
    const card = ref ? state.cards[ref] : undefined;
    if (!el || !card || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
    const { refs } = state.columns[card.status];
    const at = refs.indexOf(card.ref);
    const rtl = document.dir === "rtl";
    if (e.key === "ArrowDown") focus(refs[at + 1], card.status);
    else if (e.key === "ArrowUp") focus(refs[at - 1], card.status);
    else if (e.key === "ArrowRight") sideways(card.status, at, rtl ? -1 : 1);
    else if (e.key === "ArrowLeft") sideways(card.status, at, rtl ? 1 : -1);
    else if (e.key === "Home") focus(refs[0], card.status);
    else if (e.key === "End") focus(refs[refs.length - 1], card.status);
    else if (keys && e.key.toLowerCase() === "m") onMenu(card, el.querySelector(".card-menu")!.getBoundingClientRect());
    else return;
    e.preventDefault();
  };

  const total = STATUSES.reduce((sum, status) => sum + state.columns[status].refs.length, 0);
  return (
    <div class="board-frame">
      <div class="column-tabs" role="group" aria-label={t("staff.columns")}>
        {STATUSES.map((status) => (
          <button key={status} type="button" aria-pressed={address.column === status} onClick={() => go({ column: status }, "replace")}>
            <span>{tOf("status", status)}</span>
            <span class="count">{state.ready ? countWords(state.columns[status].count, state.columns[status].refs.length) : "–"}</span>
          </button>
        ))}
      </div>
      {state.ready && total === 0 && !board.filtered && (
        <div class="board-empty">
          <p>{t("staff.empty.board")}</p>
          <a href="/">{t("staff.empty.board_link")}</a>
        </div>
      )}
      <div class="board" data-column={address.column} data-dragging={dragged ? true : undefined} aria-busy={!state.ready} onKeyDown={onKey}>
        <div ref={probe} class="row-probe" aria-hidden="true" />
        {STATUSES.map((status) => (
          <Column
            key={status}
            status={status}
            state={state}
            filtered={board.filtered}
            row={row}
            now={now}
            active={active[status]}
            wanted={wanted && state.cards[wanted.ref]?.status === status ? wanted : null}
            open={address.ref}
            dragged={dragged}
            onMore={board.more}
            onOpen={(ref) => go({ ref })}
            onMenu={onMenu}
            onFocus={noticed}
          />
        ))}
      </div>
    </div>
  );
}
