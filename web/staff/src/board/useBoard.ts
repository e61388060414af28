// Keeps the board's state in step with the server: loads it, asks every 15 seconds whether it has
// changed, loads further cards down a column, and carries out moves. It says what happened through
// `tell`; it shows nothing itself.

import { useCallback, useEffect, useReducer, useRef, useState } from "preact/hooks";
import { board as getBoard, cardOf, change, detail, isProblem, list, STATUSES, type Card, type Change, type Detail, type Outcome, type Status } from "../api";
import { boardReducer, emptyBoard, type BoardState } from "./state";

export const POLL_MS = 15_000;
const FIRST_PAGE = 50;
const FURTHER_PAGE = 200;
const DELTA_PAGES_MAX = 5;
const DONE_DAYS = 14;

export interface Filter {
  q: string;
  department: string;
}

// What the person is told about a move; the words are made by whoever listens.
export type Told =
  | { kind: "moved"; card: Card; state: BoardState }
  | { kind: "failed"; card: Card; what: Change; reason: string }
  | { kind: "overtaken"; before: Card; now: Detail };

export interface BoardHandle {
  state: BoardState;
  filtered: boolean;
  version: string; // changes whenever the town's cases did
  freshAt: number; // ms; when the server last said so
  offline: boolean;
  problem: string | null; // the first load failed with this answer
  more: (status: Status) => void;
  move: (card: Card, to: Status, outcome?: Outcome, note?: string) => void;
  edit: (card: Card, what: Change) => void;
  took: (detail: Detail) => void; // a case was changed elsewhere in this app
  refresh: () => void;
}

const isRecent = (card: Card): boolean =>
  !card.closed_at || Date.now() - Date.parse(card.closed_at) < DONE_DAYS * 86_400_000;

const latest = (cards: Card[], before: string): string =>
  cards.reduce((last, card) => (card.updated_at > last ? card.updated_at : last), before);

async function filteredColumns(f: Filter) {
  const pages = await Promise.all(
    STATUSES.map((status) => list({ status: [status], q: f.q, department: f.department, limit: FIRST_PAGE })),
  );
  return pages.map((page, i) => ({
    status: STATUSES[i]!,
    cards: page.cases,
    next_cursor: page.next_cursor,
    count: page.next_cursor === null ? page.cases.length : null,
  }));
}

export function useBoard(filter: Filter, tell: (what: Told) => void, signedOut: () => void): BoardHandle {
  const [state, dispatch] = useReducer(boardReducer, undefined, emptyBoard);
  const [freshAt, setFreshAt] = useState(0);
  const [offline, setOffline] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [version, setVersion] = useState("");
  const now = useRef(state);
  now.current = state;
  const tag = useRef<string | null>(null);
  // The newest change that an answer about everybody's changes held. Answers to changes made here do
  // not count: others may have come between.
  const seen = useRef("");
  const written = useRef(0); // changes sent from here, and answered: an answer from before them is old
  const round = useRef(0); // grows with the filter: an answer to an older question is dropped
  const loading = useRef(new Set<Status>());
  const filtered = filter.q !== "" || filter.department !== "";

  const failed = useCallback((e: unknown): void => {
    if (isProblem(e) && e.status === 401) signedOut();
    else if (isProblem(e) && e.status !== 0) setProblem(e.message || e.code);
    else setOffline(true);
  }, [signedOut]);

  const load = useCallback(async (): Promise<void> => {
    const asked = round.current;
    const before = written.current;
    try {
      const answer = await getBoard(tag.current);
      if (asked !== round.current) return;
      if (answer) {
        const columns = filtered ? await filteredColumns(filter) : answer.board.columns;
        if (asked !== round.current) return;
        if (before !== written.current) return await load();
        const further = STATUSES.some((status) => now.current.columns[status].refs.length > FIRST_PAGE);
        const since = seen.current;
        let newest = latest(answer.board.columns.flatMap((column) => column.cards), since);
        dispatch({ type: "loaded", columns });
        setVersion(answer.board.version);
        if (since && further) {
          const rest = await catchUp(since, asked);
          if (asked !== round.current) return;
          if (rest === null) {
            dispatch({ type: "reset" }); // too much has changed to follow: begin anew
            dispatch({ type: "loaded", columns });
          } else {
            dispatch({ type: "changed", cards: rest });
            newest = latest(rest, newest);
          }
        }
        // Kept last: after a failure half-way the next round asks for everything again.
        seen.current = newest;
        tag.current = answer.tag;
      }
      setFreshAt(Date.now());
      setOffline(false);
      setProblem(null);
    } catch (e) {
      if (asked === round.current) failed(e);
    }
  }, [filter.q, filter.department, failed]);

  // What has changed since the last look; null: more than it is worth to fetch.
  async function catchUp(since: string, asked: number): Promise<Card[] | null> {
    const after = new Date(Date.parse(since) - 1).toISOString(); // two changes may share a millisecond
    const cards: Card[] = [];
    let cursor: string | null = "";
    for (let i = 0; cursor !== null && i < DELTA_PAGES_MAX && asked === round.current; i++) {
      const page = await list({ updated_after: after, limit: FURTHER_PAGE, cursor });
      cards.push(...page.cases);
      cursor = page.next_cursor;
    }
    return cursor === null ? cards : null;
  }

  useEffect(() => {
    round.current++;
    tag.current = null;
    seen.current = "";
    loading.current.clear();
    dispatch({ type: "reset" });
    let timer = 0;
    let stopped = false;
    const turn = async (): Promise<void> => {
      clearTimeout(timer);
      if (!document.hidden) await load();
      clearTimeout(timer);
      if (!stopped) timer = window.setTimeout(turn, POLL_MS);
    };
    const wake = (): void => {
      if (!document.hidden) void turn();
    };
    const lost = (): void => setOffline(true);
    void turn();
    document.addEventListener("visibilitychange", wake);
    addEventListener("online", wake);
    addEventListener("offline", lost);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
      removeEventListener("online", wake);
      removeEventListener("offline", lost);
    };
  }, [load]);

  const more = useCallback((status: Status): void => {
    const column = now.current.columns[status];
    if (!column.more || loading.current.has(status)) return;
    loading.current.add(status);
    const asked = round.current;
    void list({ status: [status], q: filter.q, department: filter.department, limit: FURTHER_PAGE, cursor: column.more })
      .then((page) => {
        if (asked !== round.current) return;
        const cards = status === "done" && !filtered ? page.cases.filter(isRecent) : page.cases;
        dispatch({ type: "page", status, cards, more: page.next_cursor });
      })
      .catch((e: unknown) => asked === round.current && failed(e))
      .finally(() => loading.current.delete(status));
  }, [filter.q, filter.department, failed]);

  const overtaken = async (before: Card): Promise<void> => {
    const fresh = await detail(before.ref);
    dispatch({ type: "moved", card: cardOf(fresh) });
    tell({ kind: "overtaken", before, now: fresh });
  };

  // Sends a change of one card. 412: somebody was first; the card takes the server's word.
  const send = useCallback((card: Card, what: Change): void => {
    written.current++;
    change(card.ref, card.version, what)
      .finally(() => written.current++)
      .then((fresh) => dispatch({ type: "moved", card: cardOf(fresh) }))
      .catch(async (e: unknown) => {
        try {
          if (isProblem(e, "changed")) return await overtaken(card);
        } catch (second) {
          e = second;
        }
        dispatch({ type: "return", ref: card.ref });
        if (isProblem(e) && e.status === 401) return signedOut();
        tell({ kind: "failed", card, what, reason: isProblem(e) ? (e.fields[0]?.message ?? e.message) : "" });
      });
  }, [tell, signedOut]);

  const move = useCallback((shown: Card, to: Status, outcome?: Outcome, note?: string): void => {
    const card = now.current.cards[shown.ref] ?? shown;
    if (now.current.moving[card.ref]) return;
    if (card.status !== to) {
      const action = { type: "move", ref: card.ref, to } as const;
      dispatch(action);
      tell({ kind: "moved", card: { ...card, status: to }, state: boardReducer(now.current, action) });
    }
    send(card, { status: to, ...(outcome && { outcome }), ...(note && { note }) });
  }, [send]);

  const edit = useCallback((shown: Card, what: Change) => send(now.current.cards[shown.ref] ?? shown, what), [send]);

  return {
    state, filtered, version, freshAt, offline, problem, more, move, edit,
    took: useCallback((d: Detail) => {
      written.current++;
      dispatch({ type: "moved", card: cardOf(d) });
    }, []),
    refresh: useCallback(() => void load(), [load]),
  };
}
