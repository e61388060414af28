import assert from "node:assert/strict";
import { test } from "node:test";
import en from "../../locales/staff.en.json";
import ja from "../../locales/staff.ja.json";
import { format, parse } from "../src/url.ts";
import { ago, longDate, speakWords, t } from "../src/words.ts";

test("both catalogues have the same keys; only a plural may lack its singular", () => {
  const bare = (words) => new Set(Object.keys(words).map((key) => key.replace(/\.(one|other)$/, "")));
  assert.deepEqual([...bare(en)].sort(), [...bare(ja)].sort());
});

test("dates, ages and plurals in both languages", () => {
  const now = Date.parse("2026-11-22T03:00:00Z");
  speakWords("ja");
  assert.equal(longDate("2026-11-22T03:00:00Z"), "2026年11月22日（日）");
  assert.match(ago("2026-11-19T03:00:00Z", now), /^3 ?日前$/);
  assert.equal(t("staff.due.left", { count: 1 }), "残り1日");
  speakWords("en");
  assert.equal(ago("2026-11-19T03:00:00Z", now), "3 days ago");
  assert.match(ago("2026-11-22T02:21:00Z", now), /^39 mins?\.? ago$/);
  assert.equal(ago("2026-11-22T02:59:30Z", now), "just now");
  assert.equal(t("staff.due.left", { count: 1 }), "1 day left");
  assert.equal(t("staff.due.left", { count: 2 }), "2 days left");
});

test("an address is read as it was written", () => {
  const a = { ref: "ABC-DEF-GHJ", q: "橋 & 川", department: "roads", view: "table", column: "waiting", status: "done" };
  const url = new URL(format(a), "http://town.example");
  assert.deepEqual(parse(url.pathname, url.search), a);
  assert.equal(format(parse("/staff", "")), "/staff");
  assert.equal(parse("/staff/cases/abc-def-ghj", "?column=nowhere").ref, "ABC-DEF-GHJ");
  assert.equal(parse("/staff/cases/%E0%A4%A", "").ref, null);
});
