// Two live regions for the whole app: one waits its turn, one interrupts. Each has two halves used in
// turn, because a screen reader does not repeat a text that has not changed.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Said {
  turn: number;
  text: string;
}

let listen: ((urgent: boolean, text: string) => void) | null = null;

export function announce(text: string, urgent = false): void {
  listen?.(urgent, text);
}

export function LiveRegions(): JSX.Element {
  const [polite, setPolite] = useState<Said>({ turn: 0, text: "" });
  const [urgent, setUrgent] = useState<Said>({ turn: 0, text: "" });
  useEffect(() => {
    listen = (isUrgent, text) => (isUrgent ? setUrgent : setPolite)((was) => ({ turn: 1 - was.turn, text }));
    return () => {
      listen = null;
    };
  }, []);
  const halves = (said: Said) => [0, 1].map((turn) => <p key={turn}>{said.turn === turn ? said.text : ""}</p>);
  return (
    <div class="hidden-visually">
      <div role="status" aria-live="polite">{halves(polite)}</div>
      <div role="alert" aria-live="assertive">{halves(urgent)}</div>
    </div>
  );
}
