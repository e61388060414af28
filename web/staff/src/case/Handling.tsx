// Status, department, category and who does it, as one form with one button: a choice in a list is not
// yet a change, so that walking through it by keyboard changes nothing.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { OUTCOMES, STATUSES, type Change, type Detail, type Me, type Outcome, type Status, type Town } from "../api";
import { announce } from "../ui/announce";
import { t, tOf } from "../words";
import type { CaseHandle } from "./useCase";

interface Choice {
  status: Status;
  outcome: string;
  department: string;
  category: string;
  assignee: string;
}

const choiceOf = (d: Detail): Choice => ({
  status: d.status,
  outcome: d.outcome !== "none" ? d.outcome : "",
  department: d.department?.code ?? "",
  category: d.category?.code ?? "",
  assignee: d.assignee ?? "",
});

function changeOf(d: Detail, c: Choice): Change {
  const was = choiceOf(d);
  const what: Change = {};
  if (c.status !== was.status || (c.status === "done" && c.outcome !== was.outcome)) {
    what.status = c.status;
    if (c.status === "done" && c.outcome) what.outcome = c.outcome as Outcome;
  }
  if (c.department !== was.department) what.department = c.department || null;
  if (c.category !== was.category) what.category = c.category || null;
  if (c.assignee.trim() !== was.assignee) what.assignee = c.assignee.trim() || null;
  return what;
}

interface Props {
  detail: Detail;
  handle: CaseHandle;
  town: Town | null;
  me: Me | null;
}

export function Handling({ detail, handle, town, me }: Props): JSX.Element {
  const [edits, setEdits] = useState<Partial<Choice>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [reason, setReason] = useState("");
  const chosen: Choice = { ...choiceOf(detail), ...edits };
  const what = changeOf(detail, chosen);
  const dirty = Object.keys(what).length > 0;
  const set = (edit: Partial<Choice>) => setEdits((was) => ({ ...was, ...edit }));
  const discard = () => {
    setEdits({});
    setProblems({});
    setReason("");
  };

  const save = async (): Promise<void> => {
    if (chosen.status === "done" && !chosen.outcome) {
      setProblems({ outcome: t("staff.outcome.missing") });
      return;
    }
    const saved = await handle.save(what);
    if (saved.ok) {
      discard();
      announce(t("staff.saved"));
    } else {
      setProblems(saved.fields);
      setReason(Object.keys(saved.fields).length > 0 ? "" : saved.reason);
    }
  };

  const error = (field: string) => problems[field] && <span id={`error-${field}`} class="field-error" role="alert">{problems[field]}</span>;
  const named = (all: { code: string; name: string }[] | undefined, mine: { code: string; name: string } | null) => {
    const known = all ?? [];
    return mine && !known.some((x) => x.code === mine.code) ? [mine, ...known] : known;
  };

  return (
    <form
      class="handling"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <div class="handling-fields">
        <label class="field">
          <span class="field-label">{t("staff.status")}</span>
          <select value={chosen.status} onChange={(e) => set({ status: e.currentTarget.value as Status })}>
            {STATUSES.map((value) => <option key={value} value={value}>{tOf("status", value)}</option>)}
          </select>
          {error("status")}
        </label>
        {chosen.status === "done" && (
          <label class="field">
            <span class="field-label">{t("staff.outcome")}</span>
            <select value={chosen.outcome} aria-describedby={problems["outcome"] ? "error-outcome" : undefined} onChange={(e) => set({ outcome: e.currentTarget.value })}>
              <option value="">{t("staff.choose")}</option>
              {OUTCOMES.map((value) => <option key={value} value={value}>{tOf("outcome", value)}</option>)}
            </select>
            {error("outcome")}
          </label>
        )}
        <label class="field">
          <span class="field-label">{t("staff.department")}</span>
          <select value={chosen.department} onChange={(e) => set({ department: e.currentTarget.value })}>
            <option value="">{t("staff.department.none")}</option>
            {named(town?.departments, detail.department).map((d) => <option key={d.code} value={d.code}>{d.name}</option>)}
          </select>
          {error("department")}
        </label>
        <label class="field">
          <span class="field-label">{t("staff.category")}</span>
          <select value={chosen.category} onChange={(e) => set({ category: e.currentTarget.value })}>
            <option value="">{t("staff.none")}</option>
            {named(town?.categories, detail.category).map((c) => <option key={c.code} value={c.code}>{c.name}</option>)}
          </select>
          {error("category")}
        </label>
        <div class="field">
          <label class="field-label" for="assignee">{t("staff.assignee")}</label>
          <span class="field-row">
            <input id="assignee" type="text" value={chosen.assignee} placeholder={t("staff.assignee.nobody")} autocomplete="off" spellcheck={false} maxLength={200}
              aria-describedby={problems["assignee"] ? "error-assignee" : undefined} onInput={(e) => set({ assignee: e.currentTarget.value })} />
            {me && chosen.assignee !== me.name && (
              <button type="button" class="button button-second" onClick={() => set({ assignee: me.name })}>{t("staff.assignee.me")}</button>
            )}
          </span>
          {error("assignee")}
        </div>
      </div>
      {reason && <p class="warning" role="alert">{reason}</p>}
      {dirty && (
        <div class="buttons">
          <button type="submit" class="button" disabled={handle.saving}>{t("staff.save")}</button>
          <button type="button" class="button button-second" onClick={discard}>{t("staff.discard")}</button>
        </div>
      )}
    </form>
  );
}
