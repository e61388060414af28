// The one file that speaks HTTP. Owns the shapes of /api/v1 as this app reads them and turns every
// failure into a Problem: what the server said, or "offline" when nobody answered. It keeps no state
// and never decides what a failure means to the person.

export const STATUSES = ["new", "checking", "in_progress", "waiting", "done"] as const;
export type Status = (typeof STATUSES)[number];
export const OUTCOMES = ["fixed", "declined", "not_ours", "duplicate"] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Source = "none" | "exif" | "device" | "pin" | "address" | "line" | "staff";

export interface Named {
  code: string;
  name: string;
}

export interface Point {
  lat: number;
  lon: number;
}

export interface Location {
  lat: number | null;
  lon: number | null;
  source: Source;
  accuracy_m: number | null;
  conflict: boolean;
}

interface CaseBase {
  ref: string;
  version: number;
  status: Status;
  outcome: Outcome | "none";
  title: string;
  place: string;
  category: Named | null;
  department: Named | null;
  assignee: string | null;
  reported_at: string;
  updated_at: string;
  due_at: string | null;
  closed_at: string | null;
  thumb_url: string | null;
  alike: number;
}

export interface Card extends CaseBase {
  photos: number;
  location: Location;
}

export interface Photo {
  id: string;
  position: number;
  sha256: string;
  bytes: number;
  format: string;
  width: number | null; // as stored, before orientation
  height: number | null;
  orientation: number; // as EXIF has it
  location: "none" | "exif" | "invalid";
  lat: number | null;
  lon: number | null;
  taken_at: string | null;
  can_show: boolean;
  thumb_url: string | null;
  screen_url: string | null;
  original_url: string | null;
}

export interface Alike {
  ref: string;
  distance_m: number | null;
  photo_distance: number | null;
  reasons: string[];
}

export interface CaseEvent {
  seq: number;
  kind: string;
  actor: { kind: "resident" | "staff" | "system"; name: string | null };
  origin: string;
  at: string;
  public: boolean;
  from: string | null;
  to: string | null;
  text: string | null;
}

export interface Detail extends CaseBase {
  url: string;
  description: string;
  address: string;
  locale: string;
  origin: string;
  parent: string | null;
  contact: { name: string | null; email: string | null; phone: string | null } | null;
  location: Location & { exif: Point | null; given: (Point & { source: Source }) | null };
  photos: Photo[];
  duplicates: Alike[];
  events: CaseEvent[];
}

export interface Change {
  status?: Status;
  outcome?: Outcome;
  category?: string | null;
  department?: string | null;
  assignee?: string | null;
  title?: string;
  address?: string;
  lat?: number;
  lon?: number;
  note?: string;
}

export interface Page {
  cases: Card[];
  next_cursor: string | null;
}

export interface BoardColumn {
  status: Status;
  count: number;
  cards: Card[];
  next_cursor: string | null;
}

export interface Board {
  version: string;
  columns: BoardColumn[];
}

export interface Town {
  name: string;
  centre: Point | null;
  departments: Named[];
  categories: (Named & { department: string | null })[];
}

export interface Me {
  name: string;
  role: string;
}

export interface Query {
  status?: readonly Status[];
  department?: string;
  q?: string;
  updated_after?: string;
  limit?: number;
  cursor?: string;
}

export type MapLayer = {
  features: {
    geometry: { type: string; coordinates: unknown } | null;
    properties: Record<string, unknown> | null;
  }[];
};

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: no answer
    readonly code: string, // "offline", "changed", "invalid" …
    message: string,
    readonly fields: { field: string; message: string }[] = [],
  ) {
    super(message);
  }
}

export const isProblem = (e: unknown, code?: string): e is Problem =>
  e instanceof Problem && (code === undefined || e.code === code);

const ANSWER_WITHIN_MS = 20_000;

let language = "ja";
export function speak(locale: string): void {
  language = locale;
}

async function ask(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN_MS);
  const init: RequestInit = {
    method,
    headers: { Accept: "application/json", "Accept-Language": language, ...headers },
    credentials: "same-origin",
    cache: "no-store",
    signal: stop.signal,
  };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Problem(0, "offline", "");
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok || answer.status === 304) return answer;
  let said: { code?: string; detail?: string; title?: string; problems?: { field: string; message: string }[] } = {};
  try {
    said = (await answer.json()) as typeof said;
  } catch {
    // A proxy's page, or nothing: the status has to do.
  }
  throw new Problem(answer.status, said.code ?? String(answer.status), said.detail || said.title || "", said.problems ?? []);
}

async function read<T>(answer: Response): Promise<T> {
  try {
    return (await answer.json()) as T;
  } catch {
    throw new Problem(0, "offline", ""); // the answer broke off
  }
}

const get = async <T>(path: string): Promise<T> => read<T>(await ask("GET", path, {}));

const casePath = (ref: string): string => `/api/v1/cases/${encodeURIComponent(ref)}`;

export const session = (): Promise<Me> => get("/api/v1/session");
export const town = (): Promise<Town> => get("/api/v1/town");
export const mapLayer = (): Promise<MapLayer> => get("/api/v1/map");

export async function signOut(): Promise<void> {
  await ask("DELETE", "/api/v1/session", {});
}

// null: unchanged since `tag`.
export async function board(tag: string | null): Promise<{ board: Board; tag: string | null } | null> {
  const answer = await ask("GET", "/api/v1/board", tag ? { "If-None-Match": tag } : {});
  if (answer.status === 304) return null;
  return { board: await read<Board>(answer), tag: answer.headers.get("ETag") };
}

export function list(query: Query): Promise<Page> {
  const words = new URLSearchParams();
  if (query.status) words.set("status", query.status.join(","));
  if (query.department) words.set("department", query.department);
  if (query.q) words.set("q", query.q);
  if (query.updated_after) words.set("updated_after", query.updated_after);
  if (query.limit) words.set("limit", String(query.limit));
  if (query.cursor) words.set("cursor", query.cursor);
  return get(`/api/v1/cases?${words}`);
}

export const detail = (ref: string): Promise<Detail> => get(casePath(ref));

export async function change(ref: string, version: number, what: Change): Promise<Detail> {
  return read(await ask("PATCH", casePath(ref), { "If-Match": `"${version}"` }, what));
}

export async function say(ref: string, kind: "note" | "reply", text: string): Promise<CaseEvent> {
  return read(await ask("POST", `${casePath(ref)}/events`, {}, { kind, text }));
}

export function cardOf(d: Detail): Card {
  return { ...d, photos: d.photos.length };
}
