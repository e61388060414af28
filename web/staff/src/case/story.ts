// A case's timeline as sentences. Codes of departments and categories become names through the town;
// what this file does not know it shows as it came, rather than nothing.

import type { Card, CaseEvent, Detail, Named, Town } from "../api";
import { ago, t, tOf } from "../words";

const nameOf = (all: readonly Named[] | undefined, code: string): string => all?.find((x) => x.code === code)?.name ?? code;

// "done/fixed" as "Done (fixed)"
function statusWords(value: string): string {
  const [status = "", outcome] = value.split("/");
  if (!outcome || outcome === "none") return tOf("status", status);
  return t("staff.status.with_outcome", { status: tOf("status", status), outcome: tOf("outcome", outcome) });
}

function fromTo(what: string, from: string, to: string): string {
  return t("staff.event.from_to", { what, from: from || t("staff.none"), to: to || t("staff.none") });
}

export function describe(e: CaseEvent, town: Town | null): string {
  const from = e.from ?? "";
  const to = e.to ?? "";
  switch (e.kind) {
    case "reported":
      return t("staff.event.reported");
    case "status":
      return from ? fromTo(t("staff.status"), statusWords(from), statusWords(to)) : t("staff.event.status", { to: statusWords(to) });
    case "category":
      return fromTo(t("staff.category"), nameOf(town?.categories, from), nameOf(town?.categories, to));
    case "department":
      return fromTo(t("staff.department"), nameOf(town?.departments, from), nameOf(town?.departments, to));
    case "assignee":
      return fromTo(t("staff.assignee"), from, to);
    case "title":
      return fromTo(t("staff.title"), from, to);
    case "address":
      return fromTo(t("staff.place"), from, to);
    case "location":
      return t("staff.event.location");
    case "note":
      return t("staff.event.note");
    case "reply":
      return t("staff.event.reply");
    case "photo":
      return t("staff.event.photo");
    case "duplicate":
      return to ? t("staff.event.duplicate", { ref: to }) : t("staff.event.undone", { ref: from });
    default:
      return e.kind;
  }
}

export function actorWords(e: CaseEvent): string {
  if (e.actor.kind === "staff") return e.actor.name ?? t("staff.actor.staff");
  return e.actor.kind === "resident" ? t("staff.actor.resident") : t("staff.actor.system");
}

// Who was first, when, and with what: for a change that came too late.
export function whatChanged(before: Pick<Card, "updated_at">, now: Detail, at: number, town: Town | null = null): string {
  const since = Date.parse(before.updated_at);
  const fresh = now.events.filter((e) => Date.parse(e.at) > since);
  const last = fresh[fresh.length - 1] ?? now.events[now.events.length - 1];
  if (!last) return "";
  const what = (fresh.length > 0 ? fresh : [last]).map((e) => describe(e, town)).join(t("staff.list.comma"));
  return t("staff.overtaken.what", { who: actorWords(last), when: ago(last.at, at), what });
}
