import assert from "node:assert/strict";
import { test } from "node:test";
import { mounted, rangeOf, scrollToShow } from "../src/board/window.ts";

test("of 6,000 rows a handful is mounted, wherever the column stands", () => {
  for (const top of [0, 1, 171, 172, 100_000, 6000 * 172, 10_000_000]) {
    const { from, to } = rangeOf(top, 800, 172, 6000);
    assert.ok(to - from <= 16, `${from}..${to}`);
    assert.ok(from >= 0 && to <= 6000 && from < to);
    const first = Math.min(Math.floor(top / 172), 5999);
    assert.ok(from <= first && first < to);
  }
});

test("an empty column and a row without height mount nothing", () => {
  assert.deepEqual(rangeOf(0, 800, 172, 0), { from: 0, to: 0 });
  assert.deepEqual(rangeOf(0, 800, 0, 10), { from: 0, to: 0 });
});

test("a focused row outside the range stays, once and in order", () => {
  assert.deepEqual(mounted({ from: 5, to: 8 }, [2, 6, -1, 99], 10), [2, 5, 6, 7]);
});

test("scrolls no further than it takes to see a row", () => {
  assert.equal(scrollToShow(3, 100, 0, 500), null);
  assert.equal(scrollToShow(5, 100, 0, 500), 100);
  assert.equal(scrollToShow(1, 100, 250, 500), 100);
});

test("the row that says that more is coming is no card", () => {
  assert.deepEqual(mounted(rangeOf(0, 300, 100, 3), [], 2), [0, 1]);
});
