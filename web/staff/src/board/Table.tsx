// The same cases as pages of a table: the full equal of the board for whoever reads better in lines,
// and the way to cases that the board has let go. Newest first, 50 to a page.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isProblem, list, STATUSES, type Card, type Page } from "../api";
import { announce } from "../ui/announce";
import { Icon } from "../ui/icons";
import type { Anchor } from "../ui/Menu";
import { isForBrowser, type Address, type Go } from "../url";
import { shortDate, t, tOf } from "../words";
import { Age, AlikeHint, caseUrl, Thumb } from "./Card";
import type { BoardHandle } from "./useBoard";

const ROWS = 50;

interface Props {
  board: BoardHandle;
  address: Address;
  go: Go;
  now: number;
  onMenu: (card: Card, at: Anchor) => void;
  signedOut: () => void;
}

export function Table({ board, address, go, now, onMenu, signedOut }: Props): JSX.Element {
  const [pages, setPages] = useState<string[]>([""]); // cursors, the last one is shown
  const [page, setPage] = useState<Page | null>(null);
  const [failed, setFailed] = useState("");
  const [again, setAgain] = useState(0);
  const { q, department, status } = address;
  const filter = JSON.stringify([q, department, status]);
  const cursor = pages[pages.length - 1]!;

  useEffect(() => {
    setPages([""]);
    setPage(null);
  }, [filter]);

  useEffect(() => {
    let current = true;
    list({ q, department, status: status ? [status] : [], cursor, limit: ROWS })
      .then((answer) => {
        if (!current) return;
        setPage(answer);
        setFailed("");
      })
      .catch((e: unknown) => {
        if (!current) return;
        if (isProblem(e) && e.status === 401) signedOut();
        else setFailed((isProblem(e) && e.message) || t("staff.offline.short"));
      });
    return () => {
      current = false;
    };
  }, [filter, cursor, board.version, again]);

  const turn = (to: string[]) => {
    setPages(to);
    announce(t("staff.table.page", { page: to.length }));
    document.querySelector(".table-scroll")?.scrollTo?.(0, 0);
  };
  const fresh = (card: Card): Card => {
    const known = board.state.cards[card.ref];
    return known && known.version >= card.version ? known : card;
  };

  return (
    <div class="table-frame">
      <div class="table-bar">
        <label class="field-inline">
          <span>{t("staff.status")}</span>
          <select value={status} onChange={(e) => go({ status: e.currentTarget.value as Address["status"] }, "replace")}>
            <option value="">{t("staff.all")}</option>
            {STATUSES.map((value) => <option key={value} value={value}>{tOf("status", value)}</option>)}
          </select>
        </label>
        <nav class="pager" aria-label={t("staff.table.pages")}>
          <button type="button" class="button-icon" disabled={pages.length < 2} aria-label={t("staff.table.previous")} onClick={() => turn(pages.slice(0, -1))}>
            <Icon name="back" />
          </button>
          <span>{t("staff.table.page", { page: pages.length })}</span>
          <button type="button" class="button-icon" disabled={!page?.next_cursor} aria-label={t("staff.table.next")} onClick={() => turn([...pages, page!.next_cursor!])}>
            <Icon name="next" />
          </button>
        </nav>
      </div>
      {failed && (
        <p class="table-note" role="alert">
          {failed} <button type="button" class="button-quiet" onClick={() => setAgain(again + 1)}>{t("staff.retry")}</button>
        </p>
      )}
      {page && page.cases.length === 0 && <p class="table-note">{board.filtered || status ? t("staff.empty.filtered") : t("staff.empty.board")}</p>}
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t("staff.view.table")} aria-busy={!page}>
        <table>
          <caption class="hidden-visually">{t("staff.table.caption")}</caption>
          <thead>
            <tr>
              <th scope="col" class="middle">{t("staff.reference")}</th>
              <th scope="col">{t("staff.title")}</th>
              <th scope="col">{t("staff.status")}</th>
              <th scope="col" class="wide">{t("staff.department")}</th>
              <th scope="col" class="wide">{t("staff.assignee")}</th>
              <th scope="col" class="middle">{t("staff.reported")}</th>
              <th scope="col"><span class="hidden-visually">{t("staff.actions")}</span></th>
            </tr>
          </thead>
          <tbody>
            {page?.cases.map(fresh).map((card) => (
              <tr key={card.ref} data-open={card.ref === address.ref || undefined}>
                <td class="ref middle" translate={false}>{card.ref}</td>
                <td class="table-title">
                  <span class="table-case">
                    <Thumb url={card.thumb_url} />
                    <span>
                      <a
                        href={caseUrl(card.ref)}
                        aria-current={card.ref === address.ref || undefined}
                        onClick={(e) => {
                          if (isForBrowser(e)) return;
                          e.preventDefault();
                          go({ ref: card.ref });
                        }}
                      >
                        {card.title || t("staff.untitled")}
                      </a>
                      <small class="ref narrow" translate={false}>{card.ref}</small>
                      <small>{[card.place, card.category?.name].filter(Boolean).join(" · ")}</small>
                      {card.status !== "done" && <AlikeHint count={card.alike} />}
                    </span>
                  </span>
                </td>
                <td><StatusMark card={card} /></td>
                <td class="wide">{card.department?.name ?? t("staff.department.none")}</td>
                <td class="wide">{card.assignee ?? "–"}</td>
                <td class="middle"><span class="table-date">{shortDate(card.reported_at)}</span> <Age card={card} now={now} /></td>
                <td>
                  <button type="button" class="button-icon" aria-haspopup="menu" aria-label={t("staff.card.menu", { ref: card.ref })} onClick={(e) => onMenu(card, e.currentTarget.getBoundingClientRect())}>
                    <Icon name="more" />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

export function StatusMark({ card }: { card: Pick<Card, "status" | "outcome"> }): JSX.Element {
  const done = card.status === "done" && card.outcome !== "none";
  return (
    <span class="status-mark">
      <span class={`dot dot-${card.status}`} />
      {done ? t("staff.status.with_outcome", { status: tOf("status", card.status), outcome: tOf("outcome", card.outcome) }) : tOf("status", card.status)}
    </span>
  );
}
