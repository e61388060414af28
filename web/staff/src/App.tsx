// The whole screen: who is signed in, the board or the table, the open case beside it, and the menus,
// dialogs and sentences that lie above. What happens to a case is decided in useBoard and useCase; this
// file puts it into words.

import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { isProblem, session, signOut, STATUSES, town as getTown, type Card, type Me, type Outcome, type Status, type Town } from "./api";
import { Board } from "./board/Board";
import { OutcomeDialog } from "./board/Outcome";
import { position } from "./board/state";
import { Table } from "./board/Table";
import { useBoard, type Told } from "./board/useBoard";
import { CasePanel } from "./case/CasePanel";
import { whatChanged } from "./case/story";
import { Header } from "./Header";
import { Keys } from "./Keys";
import { announce, LiveRegions } from "./ui/announce";
import { Icon } from "./ui/icons";
import { Menu, type Anchor, type MenuItem } from "./ui/Menu";
import { Notices, useNotices } from "./ui/notices";
import { forgetDrafts, recall, remember } from "./ui/store";
import { signInUrl, useAddress } from "./url";
import { clock, t, tOf } from "./words";

function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function App({ townName }: { townName: string }): JSX.Element {
  const [out, setOut] = useState(false);
  const signedOut = useCallback(() => setOut(true), []);
  return out ? <SignedOut townName={townName} /> : <Desk townName={townName} signedOut={signedOut} />;
}

function SignedOut({ townName }: { townName: string }): JSX.Element {
  useEffect(() => document.getElementById("sign-in")?.focus(), []);
  return (
    <main class="full-page">
      <p class="top-town">{townName}</p>
      <h1>{t("staff.signed_out.title")}</h1>
      <p>{t("staff.signed_out.text")}</p>
      <a id="sign-in" class="button" href={signInUrl()}>{t("staff.sign_in")}</a>
    </main>
  );
}

function Desk({ townName, signedOut }: { townName: string; signedOut: () => void }): JSX.Element {
  const [address, go] = useAddress();
  const [me, setMe] = useState<Me | null>(null);
  const [town, setTown] = useState<Town | null>(null);
  const [menu, setMenu] = useState<{ card: Card; at: Anchor; from: Element | null } | null>(null);
  const [asking, setAsking] = useState<Card | null>(null); // moved to done: which outcome?
  const [showKeys, setShowKeys] = useState(false);
  const [keys, setKeys] = useState(recall("preference", "keys") !== "off");
  const { notices, post, close } = useNotices();
  const now = useNow();

  const tell = useCallback((what: Told) => {
    const { ref } = what.kind === "overtaken" ? what.before : what.card;
    if (what.kind === "moved") {
      const { at, of } = position(what.state, ref);
      announce(t(at > 0 ? "staff.moved" : "staff.moved.plain", { ref, status: tOf("status", what.card.status), at, of }));
    } else if (what.kind === "overtaken") {
      post({ tone: "info", text: t("staff.overtaken", { ref, what: whatChanged(what.before, what.now, Date.now()) }) });
    } else {
      post({
        tone: "error",
        text: t("staff.not_moved", { ref, reason: what.reason || t("staff.offline.short") }),
        action: { label: t("staff.retry"), run: () => retry(what.card, what.what) },
      });
    }
  }, []);

  const board = useBoard({ q: address.q, department: address.department }, tell, signedOut);

  function retry(card: Card, what: Parameters<typeof board.edit>[1]): void {
    if (what.status) board.move(card, what.status, what.outcome, what.note);
    else board.edit(card, what);
  }

  useEffect(() => {
    const failed = (e: unknown) => isProblem(e) && e.status === 401 && signedOut();
    if (!me) session().then(setMe, failed);
    if (!town) getTown().then(setTown, () => undefined);
  }, [board.freshAt]); // again with every answer, until both are there

  useEffect(() => {
    const page = address.ref ?? t("staff.board");
    document.title = `${page} – ${townName || town?.name || "towndesk"}`;
  }, [address.ref, town]);

  useEffect(() => {
    if (!keys) return;
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
      if ((e.target as Element).closest("input, textarea, select, dialog, [role=menu]")) return;
      if (e.key === "/") document.getElementById("search")?.focus();
      else if (e.key === "?") setShowKeys(true);
      else return;
      e.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [keys]);

  const move = useCallback((card: Card, to: Status) => {
    if (to === "done") setAsking(card);
    else board.move(card, to);
  }, [board.move]);

  const openMenu = useCallback((card: Card, at: Anchor) => setMenu({ card, at, from: document.activeElement }), []);
  const closeMenu = useCallback(() => {
    if (menu?.from instanceof HTMLElement && menu.from.isConnected) menu.from.focus();
    setMenu(null);
  }, [menu]);
  const closeAsking = useCallback(() => setAsking(null), []);
  const closeKeys = useCallback(() => setShowKeys(false), []);
  const closeCase = useCallback(() => {
    const ref = address.ref;
    go({ ref: null });
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-ref="${ref}"] .card-link`)?.focus());
  }, [address.ref]);

  const leave = async (): Promise<void> => {
    try {
      await signOut();
    } catch (e) {
      if (!isProblem(e) || e.status !== 401) return post({ tone: "error", text: t("staff.sign_out.failed") });
    }
    forgetDrafts();
    location.assign("/staff/sign-in");
  };

  const itemsFor = (card: Card): MenuItem[] => [
    ...STATUSES.map((status, i) => ({
      label: status === "done" ? t("staff.status.done_dots") : tOf("status", status),
      hint: String(i + 1),
      mark: `dot-${status}`,
      checked: status === card.status,
      choose: () => (status !== card.status || status === "done") && move(card, status),
    })),
    ...(me && card.assignee !== me.name
      ? [{ label: t("staff.assign_me"), hint: "A", apart: true, choose: () => board.edit(card, { assignee: me.name }) }]
      : []),
    { label: t("staff.open"), apart: !me || card.assignee === me.name, choose: () => go({ ref: card.ref }) },
  ];

  const openCard = address.ref ? board.state.cards[address.ref] : undefined;
  return (
    <div class="desk" data-case={address.ref ? true : undefined}>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.querySelector<HTMLElement>("#main a, #main button")?.focus(); }}>
        {t("staff.skip")}
      </a>
      <Header townName={townName || town?.name || ""} town={town} me={me} address={address} go={go} onKeys={() => setShowKeys(true)} onSignOut={() => void leave()} />
      {(board.offline || board.problem !== null) && (
        <div class="banner" role="alert">
          <Icon name="offline" />
          <p>
            {board.problem !== null ? t("staff.problem", { reason: board.problem }) : t("staff.offline")}
            {board.freshAt > 0 && ` ${t("staff.offline.as_of", { time: clock(board.freshAt) })}`}
          </p>
          <button type="button" class="button-quiet" onClick={board.refresh}><Icon name="again" />{t("staff.retry")}</button>
        </div>
      )}
      <main id="main" class="work">
        <div class="main">
          {address.view === "table" ? (
            <Table board={board} address={address} go={go} now={now} onMenu={openMenu} signedOut={signedOut} />
          ) : (
            <Board board={board} address={address} go={go} now={now} keys={keys} onMenu={openMenu} onDrop={move} />
          )}
        </div>
        {address.ref && (
          <CasePanel
            key={address.ref}
            reference={address.ref}
            card={openCard}
            townVersion={board.version}
            town={town}
            me={me}
            now={now}
            go={go}
            onChanged={board.took}
            onClose={closeCase}
            post={post}
            signedOut={signedOut}
          />
        )}
        {menu && <Menu title={t("staff.move_to", { ref: menu.card.ref })} items={itemsFor(menu.card)} anchor={menu.at} onClose={closeMenu} />}
      </main>
      <Notices notices={notices} close={close} />
      {asking && (
        <OutcomeDialog
          reference={asking.ref}
          title={asking.title}
          onClose={closeAsking}
          onChoose={(outcome: Outcome, note: string) => {
            setAsking(null);
            board.move(asking, "done", outcome, note);
          }}
        />
      )}
      {showKeys && (
        <Keys
          on={keys}
          onClose={closeKeys}
          onSwitch={(on) => {
            setKeys(on);
            remember("preference", "keys", on ? "" : "off");
          }}
        />
      )}
      <LiveRegions />
    </div>
  );
}
