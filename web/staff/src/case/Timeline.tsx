// What happened to a case, newest first. Public and internal are told apart by a word and by colour.

import type { JSX } from "preact";
import type { Detail, Town } from "../api";
import { Icon } from "../ui/icons";
import { ago, longTime, t } from "../words";
import { actorWords, describe } from "./story";

export function Timeline({ detail, town, now }: { detail: Detail; town: Town | null; now: number }): JSX.Element {
  return (
    <ol class="timeline">
      {[...detail.events].reverse().map((e) => (
        <li key={e.seq} class={e.public ? "event event-public" : "event event-internal"}>
          <p class="event-top">
            <span class="event-label">
              <Icon name={e.public ? "globe" : "lock"} />
              {t(e.public ? "staff.public" : "staff.internal")}
            </span>
            <strong>{actorWords(e)}</strong>
            <time dateTime={e.at} title={longTime(e.at)}>{ago(e.at, now)}</time>
          </p>
          <p class="event-what">{describe(e, town)}</p>
          {e.text && e.kind !== "reported" && <p class="event-text">{e.text}</p>}
        </li>
      ))}
    </ol>
  );
}
