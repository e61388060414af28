// "Done" is four different things to the resident. Asked whenever a case is moved there.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { OUTCOMES, type Outcome } from "../api";
import { Dialog } from "../ui/Dialog";
import { t, tOf, type Key } from "../words";

interface Props {
  reference: string;
  title: string;
  onChoose: (outcome: Outcome, note: string) => void;
  onClose: () => void;
}

export function OutcomeDialog({ reference, title, onChoose, onClose }: Props): JSX.Element {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState(false);
  return (
    <Dialog title={t("staff.outcome.title")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          if (outcome) onChoose(outcome, note.trim());
          else setMissing(true);
        }}
      >
        <p class="dialog-case"><span class="ref" translate={false}>{reference}</span> {title}</p>
        <fieldset class="choices" aria-describedby={missing ? "outcome-missing" : undefined}>
          <legend>{t("staff.outcome.legend")}</legend>
          {missing && !outcome && <p id="outcome-missing" class="field-error" role="alert">{t("staff.outcome.missing")}</p>}
          {OUTCOMES.map((value, i) => (
            <label key={value} class="choice">
              <input type="radio" name="outcome" value={value} checked={outcome === value} autofocus={i === 0} onChange={() => setOutcome(value)} />
              <span>
                <strong>{tOf("outcome", value)}</strong>
                <small>{t(`staff.outcome.${value}.hint` as Key)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span class="field-label">{t("staff.outcome.note")}</span>
          <textarea rows={2} value={note} onInput={(e) => setNote(e.currentTarget.value)} />
        </label>
        <div class="buttons">
          <button type="submit" class="button">{t("staff.outcome.submit")}</button>
          <button type="button" class="button button-second" onClick={onClose}>{t("staff.cancel")}</button>
        </div>
      </form>
    </Dialog>
  );
}
