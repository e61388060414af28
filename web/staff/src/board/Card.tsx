// One card: what a clerk needs to know without opening it. The title is the link and covers the card;
// the "…" button lies above it. All cards are of one height (see window.ts), so texts are cut, never
// the card stretched.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Card as CardData, Status } from "../api";
import { Icon } from "../ui/icons";
import type { Anchor } from "../ui/Menu";
import { format, isForBrowser, parse } from "../url";
import { ago, daysUntil, longDate, longTime, t, tOf } from "../words";
import { useDraggable } from "./drag";

export function Thumb({ url, count = 0 }: { url: string | null; count?: number }): JSX.Element {
  const [broken, setBroken] = useState(false);
  return (
    <span class="thumb">
      {url && !broken ? (
        <img src={url} alt="" width={64} height={64} loading="lazy" decoding="async" draggable={false} onError={() => setBroken(true)} />
      ) : (
        <Icon name="photo" />
      )}
      {count > 1 && <span class="thumb-count">{count}</span>}
    </span>
  );
}

// How long a case has waited, or how long it still may.
export function Age({ card, now }: { card: CardData; now: number }): JSX.Element {
  if (card.status === "done" && card.closed_at) {
    return <time class="age" dateTime={card.closed_at} title={longTime(card.closed_at)}>{ago(card.closed_at, now)}</time>;
  }
  if (card.due_at) {
    const days = daysUntil(card.due_at, now);
    const key = days < 0 ? "staff.due.over" : days < 1 ? "staff.due.today" : "staff.due.left";
    return (
      <time class={`age ${days < 0 ? "age-over" : days < 3 ? "age-soon" : ""}`} dateTime={card.due_at} title={t("staff.due.title", { date: longDate(card.due_at) })}>
        <Icon name={days < 0 ? "warn" : "clock"} /> {t(key, { count: Math.abs(days) })}
      </time>
    );
  }
  return <time class="age" dateTime={card.reported_at} title={longTime(card.reported_at)}>{ago(card.reported_at, now)}</time>;
}

export function AlikeHint({ count }: { count: number }): JSX.Element | null {
  if (count === 0) return null;
  return <span class="chip chip-alike"><Icon name="alike" />{t("staff.alike", { count })}</span>;
}

export const caseUrl = (ref: string): string => format({ ...parse(location.pathname, location.search), ref });

interface Props {
  card: CardData;
  index: number;
  total: number;
  now: number;
  tabbable: boolean;
  open: boolean;
  moving: boolean;
  dragged: boolean;
  onOpen: (ref: string) => void;
  onMenu: (card: CardData, at: Anchor) => void;
  onFocus: (ref: string, status: Status) => void;
}

export function Card({ card, index, total, now, tabbable, open, moving, dragged, onOpen, onMenu, onFocus }: Props): JSX.Element {
  const box = useRef<HTMLLIElement>(null);
  useDraggable(box, card.ref);
  const facts = `facts-${card.ref}`;
  const tab = tabbable ? 0 : -1;
  return (
    <li
      ref={box}
      class="card"
      data-ref={card.ref}
      data-open={open || undefined}
      data-moving={moving || undefined}
      data-dragged={dragged || undefined}
      aria-posinset={index + 1}
      aria-setsize={total}
      style={{ "--index": index }}
      onFocusIn={() => onFocus(card.ref, card.status)}
    >
      <div class="card-face">
        <p class="card-top">
          <span class="ref" translate={false}>{card.ref}</span>
          <Age card={card} now={now} />
        </p>
        <Thumb url={card.thumb_url} count={card.photos} />
        <h3 class="card-title">
          <a
            class="card-link"
            href={caseUrl(card.ref)}
            tabIndex={tab}
            draggable={false}
            aria-describedby={facts}
            aria-current={open || undefined}
            onClick={(e) => {
              if (isForBrowser(e)) return;
              e.preventDefault();
              onOpen(card.ref);
            }}
          >
            {card.title || t("staff.untitled")}
          </a>
        </h3>
        <p class="card-place" title={card.place}>
          <Icon name="pin" />
          <span class="cut">{card.place || t("staff.place.unknown")}</span>
          {card.location.conflict && <Icon name="warn" class="is-warning" />}
          {card.status !== "done" && <AlikeHint count={card.alike} />}
        </p>
        <p class="card-tags">
          {card.status === "done" && card.outcome !== "none" && (
            <span class={`chip chip-${card.outcome}`}>{tOf("outcome", card.outcome)}</span>
          )}
          <span class="cut">
            {[card.category?.name, card.department?.name ?? t("staff.department.none")].filter(Boolean).join(" · ")}
          </span>
          {card.assignee && <span class="chip chip-person"><Icon name="person" /><span class="cut" translate={false}>{card.assignee}</span></span>}
        </p>
        <p id={facts} hidden>
          {t("staff.card.facts", {
            ref: card.ref,
            place: card.place || t("staff.place.unknown"),
            age: ago(card.reported_at, now),
            department: card.department?.name ?? t("staff.department.none"),
          })}
          {card.location.conflict && ` ${t("staff.place.conflict_short")}`}
          {card.alike > 0 && ` ${t("staff.alike", { count: card.alike })}`}
        </p>
        <button
          type="button"
          class="card-menu"
          tabIndex={tab}
          aria-haspopup="menu"
          aria-label={t("staff.card.menu", { ref: card.ref })}
          onClick={(e) => onMenu(card, e.currentTarget.getBoundingClientRect())}
        >
          <Icon name="more" />
        </button>
      </div>
    </li>
  );
}
