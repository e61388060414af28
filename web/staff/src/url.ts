// The address is the state that a person can keep, send and go back to: which case is open, what is
// searched, which department, board or table. This file reads and writes it and tells who listens.

import { useEffect, useState } from "preact/hooks";
import { STATUSES, type Status } from "./api";

export interface Address {
  ref: string | null; // the open case
  q: string;
  department: string;
  view: "board" | "table";
  column: Status; // the one that a narrow screen shows
  status: Status | ""; // the table's filter
}

const HOME = "/staff";
const CASES = "/staff/cases/";

export function parse(path: string, search: string): Address {
  const words = new URLSearchParams(search);
  const column = words.get("column") as Status;
  const status = words.get("status") as Status;
  let ref: string | null = null;
  if (path.startsWith(CASES) && path.length > CASES.length) {
    try {
      ref = decodeURIComponent(path.slice(CASES.length).replace(/\/$/, "")).toUpperCase();
    } catch {
      ref = null; // a broken %-escape names no case
    }
  }
  return {
    ref,
    q: words.get("q") ?? "",
    department: words.get("department") ?? "",
    view: words.get("view") === "table" ? "table" : "board",
    column: STATUSES.includes(column) ? column : "new",
    status: STATUSES.includes(status) ? status : "",
  };
}

export function format(a: Address): string {
  const words = new URLSearchParams();
  if (a.q) words.set("q", a.q);
  if (a.department) words.set("department", a.department);
  if (a.view !== "board") words.set("view", a.view);
  if (a.column !== "new") words.set("column", a.column);
  if (a.status) words.set("status", a.status);
  const search = words.toString();
  return (a.ref ? CASES + encodeURIComponent(a.ref) : HOME) + (search && `?${search}`);
}

export type Go = (change: Partial<Address>, how?: "push" | "replace") => void;

export function useAddress(): [Address, Go] {
  const [address, set] = useState(() => parse(location.pathname, location.search));
  useEffect(() => {
    const back = () => set(parse(location.pathname, location.search));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const go: Go = (change, how = "push") => {
    const next = { ...parse(location.pathname, location.search), ...change };
    const url = format(next);
    if (url === location.pathname + location.search) return;
    history[how === "push" ? "pushState" : "replaceState"](null, "", url);
    set(next);
  };
  return [address, go];
}

export const signInUrl = (): string =>
  `/staff/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;

// A click that the browser should handle itself: another tab, another window, a download.
export const isForBrowser = (e: MouseEvent): boolean =>
  e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey;
