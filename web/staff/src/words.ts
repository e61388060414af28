// Everything that turns a key, a number or a time into words of the person's language. The catalogues
// are web/locales/staff.<locale>.json; a plural is a pair key.one / key.other chosen by {count}.

import en from "../../locales/staff.en.json";
import ja from "../../locales/staff.ja.json";

type Catalogue = typeof en;
type Bare<K> = K extends `${infer B}.one` ? B : K extends `${infer B}.other` ? B : K;
export type Key = Bare<keyof Catalogue>;
type Slots = Record<string, string | number>;

const catalogues: Record<string, Record<string, string>> = { en, ja };
let locale = "ja";
let words: Record<string, string> = ja;
let plural = new Intl.PluralRules("ja");
let numbers = new Intl.NumberFormat("ja");
let relative = new Intl.RelativeTimeFormat("ja", { style: "short" });

export function speakWords(tag: string): void {
  locale = tag in catalogues ? tag : "ja";
  words = catalogues[locale]!;
  plural = new Intl.PluralRules(locale);
  numbers = new Intl.NumberFormat(locale);
  relative = new Intl.RelativeTimeFormat(locale, { style: "short" });
}

export const n = (value: number): string => numbers.format(value);

export function t(key: Key, slots: Slots = {}): string {
  let text = words[key];
  if (text === undefined) {
    const rule = plural.select(Number(slots["count"]));
    text = words[`${key}.${rule}`] ?? words[`${key}.other`] ?? key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = slots[name];
    return value === undefined ? whole : typeof value === "number" ? n(value) : value;
  });
}

// For words of a closed set that comes from the server: staff.status.new, staff.source.exif …
export function tOf(set: "status" | "outcome" | "source" | "origin" | "empty", value: string): string {
  return words[`staff.${set}.${value}`] ?? value;
}

// 2026年11月22日（日） / Sunday, 22 November 2026
export function longDate(iso: string): string {
  const at = new Date(iso);
  if (locale !== "ja") {
    return new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "long", year: "numeric" }).format(at);
  }
  const day = new Intl.DateTimeFormat("ja", { weekday: "short" }).format(at);
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日（${day}）`;
}

export function clock(iso: string | number): string {
  return new Intl.DateTimeFormat(locale === "ja" ? "ja" : "en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

export const longTime = (iso: string): string => `${longDate(iso)} ${clock(iso)}`;

// A photo's own clock, as it stood on the camera: 2026-11-20T16:38:10+09:00 is 16:38 there, not here.
export function cameraTime(iso: string): string {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(iso) ?? [];
  return date && time ? `${longDate(`${date}T${time}`)} ${time}` : iso;
}

export const tag = (): string => locale;

// A date that fits into a table: 2026/11/22, 22/11/2026
export function shortDate(iso: string): string {
  return new Intl.DateTimeFormat(locale === "ja" ? "ja" : "en-GB", { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_556_952],
  ["month", 2_629_746],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

// "3 日前", "39 min. ago"; under a minute: "just now".
export function ago(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  for (const [unit, size] of STEPS) {
    if (seconds >= size) return relative.format(-Math.floor(seconds / size), unit);
  }
  return t("staff.time.now");
}

// Whole days until a deadline, negative when it is over.
export const daysUntil = (iso: string, now: number): number => Math.floor((Date.parse(iso) - now) / 86_400_000);

export function kilobytes(bytes: number): string {
  return bytes < 1_000_000 ? `${n(Math.max(1, Math.round(bytes / 1000)))} kB` : `${n(Math.round(bytes / 100_000) / 10)} MB`;
}

export function metres(m: number): string {
  return m < 1000 ? `${n(Math.round(m))} m` : `${n(Math.round(m / 100) / 10)} km`;
}
