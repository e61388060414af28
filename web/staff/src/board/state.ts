// What the board knows, as plain data and one pure function. The server's board is the truth; on top
// of it lie cards loaded further down by cursor, and moves that were made here and not yet answered.
//
//   columns[status].refs    in the server's order, the loaded part of the column
//   columns[status].count   all of them, as the server counts (null: a filter, nobody counted)
//   columns[status].more    cursor of the next page, null at the end
//   moving[ref]             where a card came from, until the server has answered
//
// Invariants: a ref stands in at most one column; every ref in a column has a card; a card that is
// moving stands where the person put it, whatever an older answer says.

import { STATUSES, type BoardColumn, type Card, type Status } from "../api";

export interface Column {
  refs: string[];
  count: number | null;
  more: string | null;
}

export interface BoardState {
  ready: boolean;
  cards: Record<string, Card>;
  columns: Record<Status, Column>;
  moving: Record<string, { from: Status; card: Card }>;
}

export type BoardAction =
  | { type: "reset" }
  | { type: "loaded"; columns: (Omit<BoardColumn, "count"> & { count: number | null })[] }
  | { type: "page"; status: Status; cards: Card[]; more: string | null }
  | { type: "changed"; cards: Card[] }
  | { type: "move"; ref: string; to: Status }
  | { type: "moved"; card: Card }
  | { type: "return"; ref: string };

const none = (): Record<Status, Column> => {
  const columns = {} as Record<Status, Column>;
  for (const status of STATUSES) columns[status] = { refs: [], count: null, more: null };
  return columns;
};

export const emptyBoard = (): BoardState => ({ ready: false, cards: {}, columns: none(), moving: {} });

// Where a card belongs among the loaded ones. Which way the column runs (oldest or newest first) is
// read off its ends, because the order is the server's to choose.
function place(refs: string[], cards: Record<string, Card>, card: Card): number {
  const at = (i: number): string => cards[refs[i]!]?.reported_at ?? "";
  const rising = refs.length > 1 && at(0) < at(refs.length - 1);
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const before = rising ? at(middle) <= card.reported_at : at(middle) >= card.reported_at;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

function takeOut(columns: Record<Status, Column>, ref: string): Status | null {
  for (const status of STATUSES) {
    const column = columns[status];
    const i = column.refs.indexOf(ref);
    if (i < 0) continue;
    columns[status] = { ...column, refs: [...column.refs.slice(0, i), ...column.refs.slice(i + 1)] };
    return status;
  }
  return null;
}

function putIn(columns: Record<Status, Column>, cards: Record<string, Card>, card: Card, status: Status): void {
  const column = columns[status];
  const i = place(column.refs, cards, card);
  columns[status] = { ...column, refs: [...column.refs.slice(0, i), card.ref, ...column.refs.slice(i)] };
}

function count(columns: Record<Status, Column>, status: Status, by: number): void {
  const column = columns[status];
  if (column.count !== null) columns[status] = { ...column, count: Math.max(0, column.count + by) };
}

function loaded(s: BoardState, fresh: Extract<BoardAction, { type: "loaded" }>["columns"]): BoardState {
  const cards = { ...s.cards };
  const first = new Set<string>();
  for (const column of fresh) {
    for (const card of column.cards) {
      cards[card.ref] = card;
      first.add(card.ref);
    }
  }
  const columns = none();
  for (const { status, count: all, cards: page, next_cursor } of fresh) {
    const old = s.columns[status];
    // Cards that were loaded below the first page stay, where the new page still meets the old one;
    // what changed among them comes as "changed". Otherwise what is not in the answer is gone.
    const further = next_cursor !== null && old.refs.length > page.length;
    const here = new Set(page.map((card) => card.ref));
    let meets = old.refs.length - 1;
    while (meets >= 0 && !here.has(old.refs[meets]!)) meets--;
    const tail = !further || meets < 0 ? [] : old.refs.slice(meets + 1).filter((ref) => !first.has(ref));
    columns[status] = {
      refs: [...page.map((card) => card.ref), ...tail],
      count: all,
      more: tail.length > 0 ? old.more : next_cursor,
    };
  }
  const next = { ...s, ready: true, cards, columns };
  for (const [ref, { card }] of Object.entries(s.moving)) {
    const was = takeOut(columns, ref);
    if (was === null) continue;
    cards[ref] = card;
    putIn(columns, cards, card, card.status);
    count(columns, was, -1);
    count(columns, card.status, +1);
  }
  return next;
}

export function boardReducer(s: BoardState, a: BoardAction): BoardState {
  switch (a.type) {
    case "reset":
      return emptyBoard();
    case "loaded":
      return loaded(s, a.columns);
    case "page": {
      const cards = { ...s.cards };
      const known = new Set(STATUSES.flatMap((status) => s.columns[status].refs));
      const fresh = a.cards.filter((card) => !known.has(card.ref));
      for (const card of fresh) cards[card.ref] = card;
      const column = s.columns[a.status];
      const refs = [...column.refs, ...fresh.map((card) => card.ref)];
      return { ...s, cards, columns: { ...s.columns, [a.status]: { ...column, refs, more: a.more } } };
    }
    case "changed": {
      const cards = { ...s.cards };
      const columns = { ...s.columns };
      for (const card of a.cards) {
        const old = cards[card.ref];
        if (!old || s.moving[card.ref] || old.version > card.version) continue;
        cards[card.ref] = card;
        if (old.status === card.status) continue;
        if (takeOut(columns, card.ref) !== null) putIn(columns, cards, card, card.status);
      }
      return { ...s, cards, columns };
    }
    case "move": {
      const card = s.cards[a.ref];
      if (!card || card.status === a.to || s.moving[a.ref]) return s;
      const moved: Card = { ...card, status: a.to };
      const cards = { ...s.cards, [a.ref]: moved };
      const columns = { ...s.columns };
      if (takeOut(columns, a.ref) !== null) {
        putIn(columns, cards, moved, a.to);
        count(columns, card.status, -1);
        count(columns, a.to, +1);
      }
      return { ...s, cards, columns, moving: { ...s.moving, [a.ref]: { from: card.status, card: moved } } };
    }
    // The server's answer about one card: to a move made here, or to a change made in its panel.
    case "moved": {
      const moving = { ...s.moving };
      delete moving[a.card.ref];
      const cards = { ...s.cards, [a.card.ref]: a.card };
      const columns = { ...s.columns };
      const stands = STATUSES.find((status) => columns[status].refs.includes(a.card.ref));
      if (stands && stands !== a.card.status) {
        takeOut(columns, a.card.ref);
        putIn(columns, cards, a.card, a.card.status);
        count(columns, stands, -1);
        count(columns, a.card.status, +1);
      }
      return { ...s, moving, cards, columns };
    }
    case "return": {
      const was = s.moving[a.ref];
      if (!was) return s;
      return boardReducer(s, { type: "moved", card: { ...was.card, status: was.from } });
    }
  }
}

// "3 of 41": a card's place in its column, from 1.
export function position(s: BoardState, ref: string): { at: number; of: number } {
  const card = s.cards[ref];
  if (!card) return { at: 0, of: 0 };
  const column = s.columns[card.status];
  return { at: column.refs.indexOf(ref) + 1, of: column.count ?? column.refs.length };
}
