// The bar at the top: whose desk it is, search and department as state of the address, board or
// table, the keys, who is signed in.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Me, Town } from "./api";
import { Icon } from "./ui/icons";
import type { Address, Go } from "./url";
import { t } from "./words";

const TYPING_PAUSE_MS = 300;

interface Props {
  townName: string;
  town: Town | null;
  me: Me | null;
  address: Address;
  go: Go;
  onKeys: () => void;
  onSignOut: () => void;
}

function Search({ q, go }: { q: string; go: Go }): JSX.Element {
  const [typed, setTyped] = useState(q);
  const timer = useRef(0);
  const composing = useRef(false);
  useEffect(() => {
    clearTimeout(timer.current);
    setTyped(q);
  }, [q]);
  const ask = (value: string, after: number) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => go({ q: value.trim() }, "replace"), after);
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(e) => {
        e.preventDefault();
        ask(typed, 0);
      }}
    >
      <Icon name="search" />
      <input
        id="search"
        type="search"
        value={typed}
        placeholder={t("staff.search.hint")}
        aria-label={t("staff.search")}
        autocomplete="off"
        enterkeyhint="search"
        onCompositionStart={() => (composing.current = true)}
        onCompositionEnd={(e) => {
          composing.current = false; // a kana that is not yet a word finds nothing
          ask(e.currentTarget.value, TYPING_PAUSE_MS);
        }}
        onInput={(e) => {
          setTyped(e.currentTarget.value);
          if (!composing.current) ask(e.currentTarget.value, TYPING_PAUSE_MS);
        }}
      />
    </form>
  );
}

export function Header({ townName, town, me, address, go, onKeys, onSignOut }: Props): JSX.Element {
  const departments = town?.departments ?? [];
  const unknown = address.department && !departments.some((d) => d.code === address.department);
  return (
    <header class="top">
      <div class="top-name">
        <span class="top-town">{townName}</span>
        <h1>{t("staff.board")}</h1>
      </div>
      <div class="top-filter">
        <Search q={address.q} go={go} />
        <select class="department" aria-label={t("staff.department")} value={address.department} onChange={(e) => go({ department: e.currentTarget.value }, "replace")}>
          <option value="">{t("staff.department.all")}</option>
          {departments.map((d) => <option key={d.code} value={d.code}>{d.name}</option>)}
          {unknown && <option value={address.department}>{address.department}</option>}
        </select>
      </div>
      <div class="top-tools">
        <div class="switch" role="group" aria-label={t("staff.view")}>
          <button type="button" aria-pressed={address.view === "board"} onClick={() => go({ view: "board" })}>
            <Icon name="board" /><span>{t("staff.view.board")}</span>
          </button>
          <button type="button" aria-pressed={address.view === "table"} onClick={() => go({ view: "table" })}>
            <Icon name="table" /><span>{t("staff.view.table")}</span>
          </button>
        </div>
        <button type="button" class="button-icon keys-button" aria-label={t("staff.keys")} title={t("staff.keys")} onClick={onKeys}>
          <Icon name="keys" />
        </button>
        {me && (
          <span class="me">
            <Icon name="person" /><span class="cut" translate={false}>{me.name}</span>
          </span>
        )}
        <button type="button" class="button-icon" aria-label={t("staff.sign_out")} title={t("staff.sign_out")} onClick={onSignOut}>
          <Icon name="out" />
        </button>
      </div>
    </header>
  );
}
