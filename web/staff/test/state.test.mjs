import assert from "node:assert/strict";
import { test } from "node:test";
import { boardReducer, emptyBoard, position } from "../src/board/state.ts";
import { STATUSES } from "../src/api.ts";

const at = (minute) => new Date(Date.UTC(2026, 10, 22, 0, 0) - minute * 60_000).toISOString();
const card = (ref, status, minute, version = 1) => ({ ref, status, version, reported_at: at(minute), updated_at: at(minute) });
const column = (status, cards, count = cards.length, next_cursor = null) => ({ status, cards, count, next_cursor });
const load = (state, columns) =>
  boardReducer(state, { type: "loaded", columns: STATUSES.map((s) => columns.find((c) => c.status === s) ?? column(s, [])) });
const refs = (state, status) => state.columns[status].refs.join(" ");

function invariants(state) {
  const all = STATUSES.flatMap((s) => state.columns[s].refs);
  assert.equal(new Set(all).size, all.length, "a ref stands in one column");
  for (const s of STATUSES) {
    for (const ref of state.columns[s].refs) assert.equal(state.cards[ref].status, s, `${ref} stands where its card says`);
  }
  return state;
}

const start = () =>
  load(emptyBoard(), [column("new", [card("A", "new", 1), card("B", "new", 3), card("C", "new", 5)], 41), column("checking", [card("D", "checking", 2), card("E", "checking", 4)])]);

test("a move shows at once, in its place, and is counted", () => {
  const s = invariants(boardReducer(start(), { type: "move", ref: "B", to: "checking" }));
  assert.equal(refs(s, "new"), "A C");
  assert.equal(refs(s, "checking"), "D B E");
  assert.deepEqual([s.columns.new.count, s.columns.checking.count], [40, 3]);
  assert.deepEqual(position(s, "B"), { at: 2, of: 3 });
});

test("a move that failed comes back with its count", () => {
  const moved = boardReducer(start(), { type: "move", ref: "B", to: "done" });
  const s = invariants(boardReducer(moved, { type: "return", ref: "B" }));
  assert.equal(refs(s, "new"), "A B C");
  assert.deepEqual([s.columns.new.count, s.columns.done.count], [41, 0]);
  assert.deepEqual(s.moving, {});
});

test("an older answer does not undo a move that is under way", () => {
  const moved = boardReducer(start(), { type: "move", ref: "B", to: "checking" });
  const s = invariants(load(moved, [column("new", [card("A", "new", 1), card("B", "new", 3), card("C", "new", 5)], 41), column("checking", [card("D", "checking", 2), card("E", "checking", 4)])]));
  assert.equal(refs(s, "checking"), "D B E");
  assert.deepEqual([s.columns.new.count, s.columns.checking.count], [40, 3]);
});

test("the server's word on a move wins, even when it says another column", () => {
  const moved = boardReducer(start(), { type: "move", ref: "B", to: "checking" });
  const s = invariants(boardReducer(moved, { type: "moved", card: card("B", "waiting", 3, 7) }));
  assert.equal(refs(s, "waiting"), "B");
  assert.deepEqual([s.columns.new.count, s.columns.checking.count, s.columns.waiting.count], [40, 2, 1]);
});

test("a column that runs from old to new keeps doing so", () => {
  const s0 = load(emptyBoard(), [column("new", [card("A", "new", 1)]), column("checking", [card("E", "checking", 4), card("D", "checking", 0)])]);
  assert.equal(refs(boardReducer(s0, { type: "move", ref: "A", to: "checking" }), "checking"), "E A D");
});

test("further pages stay below a fresh first page", () => {
  const many = (from, to) => Array.from({ length: to - from }, (_, i) => card(`N${from + i}`, "new", from + i));
  let s = load(emptyBoard(), [column("new", many(10, 15), 12, "p2")]);
  s = boardReducer(s, { type: "page", status: "new", cards: many(15, 20), more: "p3" });
  // one came on top, and pushed N14 from the first page
  s = invariants(load(s, [column("new", [card("X", "new", 1), ...many(10, 14)], 13, "p2b")]));
  assert.equal(refs(s, "new"), "X N10 N11 N12 N13 N14 N15 N16 N17 N18 N19");
  assert.equal(s.columns.new.more, "p3");
  // a first page that shares nothing with what was there begins anew
  s = invariants(load(s, [column("new", [card("Y", "new", 0)], 500, "q2")]));
  assert.equal(refs(s, "new"), "Y");
  assert.equal(s.columns.new.more, "q2");
});

test("the last card of the only page loaded is gone when the answer lacks it", () => {
  const cards = [1, 2, 3].map((i) => card(`N${i}`, "new", i));
  let s = load(emptyBoard(), [column("new", cards, 9, "p2")]);
  s = invariants(load(s, [column("new", [cards[0], cards[1], card("N4", "new", 4)], 8, "p2b")]));
  assert.equal(refs(s, "new"), "N1 N2 N4");
  assert.equal(s.columns.new.more, "p2b");
});

test("a card does not stand twice when pages overlap", () => {
  const s = load(emptyBoard(), [column("new", [card("A", "new", 1)], 3, "p2"), column("done", [card("B", "done", 2)])]);
  const next = invariants(boardReducer(s, { type: "page", status: "new", cards: [card("A", "new", 1), card("B", "new", 2), card("C", "new", 3)], more: null }));
  assert.equal(refs(next, "new"), "A C");
});

test("changes by others move cards, older ones do not", () => {
  const s = invariants(boardReducer(start(), { type: "changed", cards: [card("C", "done", 5, 2), card("Z", "new", 9, 1)] }));
  assert.equal(refs(s, "done"), "C");
  assert.equal(s.cards.Z, undefined);
  const older = boardReducer(s, { type: "changed", cards: [card("C", "new", 5, 1)] });
  assert.equal(refs(older, "done"), "C");
});

// Any sequence of actions, from a printed seed, keeps the invariants.
test("random actions", () => {
  let seed = Number(process.env.SEED ?? Date.now() % 100_000);
  console.log(`SEED=${seed}`);
  const random = (n) => ((seed = (seed * 1103515245 + 12345) % 2 ** 31) >> 8) % n;
  let s = emptyBoard();
  const any = () => card(`R${random(30)}`, STATUSES[random(5)], random(100), random(9));
  for (let i = 0; i < 3000; i++) {
    const kind = random(6);
    if (kind === 0) {
      const seen = new Set();
      const columns = STATUSES.map((status) => {
        const cards = Array.from({ length: random(5) }, any).filter((c) => !seen.has(c.ref) && seen.add(c.ref)).map((c) => ({ ...c, status }));
        return column(status, cards, cards.length + random(9), random(2) ? "more" : null);
      });
      s = boardReducer(s, { type: "loaded", columns });
    } else if (kind === 1) {
      const status = STATUSES[random(5)];
      s = boardReducer(s, { type: "page", status, cards: [{ ...any(), status }], more: null });
    } else if (kind === 2) s = boardReducer(s, { type: "changed", cards: [any(), any()] });
    else if (kind === 3) s = boardReducer(s, { type: "move", ref: any().ref, to: STATUSES[random(5)] });
    else if (kind === 4) s = boardReducer(s, { type: "moved", card: any() });
    else s = boardReducer(s, { type: "return", ref: any().ref });
    invariants(s);
  }
});
