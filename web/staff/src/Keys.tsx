// The list of keys, and the switch that turns the single letters off for whoever is hindered by them
// (speech input, an unsteady hand): WCAG 2.1.4.

import type { JSX } from "preact";
import { Dialog } from "./ui/Dialog";
import { t, type Key } from "./words";

const ROWS: [string[], Key][] = [
  [["←", "→", "↑", "↓"], "staff.keys.walk"],
  [["Home", "End"], "staff.keys.ends"],
  [["Enter"], "staff.keys.open"],
  [["Esc"], "staff.keys.close"],
  [["M"], "staff.keys.move"],
  [["/"], "staff.keys.search"],
  [["?"], "staff.keys.help"],
];

export function Keys({ on, onSwitch, onClose }: { on: boolean; onSwitch: (on: boolean) => void; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("staff.keys")} onClose={onClose}>
      <table class="keys">
        <tbody>
          {ROWS.map(([keys, what]) => (
            <tr key={what}>
              <th scope="row">{keys.map((key) => <kbd key={key}>{key}</kbd>)}</th>
              <td>{t(what)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="choice">
        <input type="checkbox" checked={on} onChange={(e) => onSwitch(e.currentTarget.checked)} />
        <span><strong>{t("staff.keys.switch")}</strong><small>{t("staff.keys.switch_hint")}</small></span>
      </label>
    </Dialog>
  );
}
