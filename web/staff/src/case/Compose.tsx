// The box under which a clerk writes: a note for colleagues unless the person chooses otherwise. A
// reply is shown as the resident will see it before it goes out. Both drafts outlive a reload.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../ui/announce";
import { Icon } from "../ui/icons";
import { recall, remember } from "../ui/store";
import { t } from "../words";
import type { CaseHandle } from "./useCase";

type Kind = "note" | "reply";

export function Compose({ reference, handle }: { reference: string; handle: CaseHandle }): JSX.Element {
  const [kind, setKind] = useState<Kind>("note");
  const [texts, setTexts] = useState<Record<Kind, string>>({
    note: recall("draft", `${reference}.note`),
    reply: recall("draft", `${reference}.reply`),
  });
  const [problem, setProblem] = useState("");
  const [sending, setSending] = useState(false);
  const text = texts[kind];

  const write = (value: string, as: Kind = kind) => {
    setTexts((was) => ({ ...was, [as]: value }));
    remember("draft", `${reference}.${as}`, value);
  };

  const send = async (): Promise<void> => {
    if (sending) return;
    if (!text.trim()) return setProblem(t("staff.compose.empty"));
    const sent = { kind, text };
    setSending(true);
    const saved = await handle.tell(sent.kind, sent.text.trim());
    setSending(false);
    if (!saved.ok) return setProblem(saved.fields["text"] ?? saved.reason);
    setProblem("");
    write("", sent.kind);
    announce(t(sent.kind === "note" ? "staff.compose.noted" : "staff.compose.replied"));
    setKind("note");
  };

  return (
    <form
      class={`compose compose-${kind}`}
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <fieldset class="switch" >
        <legend class="hidden-visually">{t("staff.compose.who")}</legend>
        {(["note", "reply"] as const).map((value) => (
          <label key={value}>
            <input type="radio" name="compose-kind" checked={kind === value} onChange={() => { setKind(value); setProblem(""); }} />
            <span><Icon name={value === "note" ? "lock" : "globe"} />{t(value === "note" ? "staff.compose.note" : "staff.compose.reply")}</span>
          </label>
        ))}
      </fieldset>
      <p id="compose-hint" class="compose-hint">{t(kind === "note" ? "staff.compose.note_hint" : "staff.compose.reply_hint")}</p>
      <textarea
        rows={4}
        value={text}
        aria-label={t(kind === "note" ? "staff.compose.note" : "staff.compose.reply")}
        aria-describedby={problem ? "compose-hint compose-problem" : "compose-hint"}
        aria-invalid={problem ? true : undefined}
        maxLength={4000}
        onInput={(e) => write(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            void send();
          }
        }}
      />
      {problem && <p id="compose-problem" class="field-error" role="alert">{problem}</p>}
      {kind === "reply" && text.trim() && (
        <div class="preview">
          <p class="preview-title">{t("staff.compose.preview")}</p>
          <p class="preview-text">{text.trim()}</p>
        </div>
      )}
      <div class="buttons">
        <button type="submit" class="button" disabled={sending}>
          {t(kind === "note" ? "staff.compose.send_note" : "staff.compose.send_reply")}
        </button>
      </div>
    </form>
  );
}
