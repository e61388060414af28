// Cases that may be the same one: photo beside words, why the desk thinks so, and the way there.
// Nothing is merged here; that is a decision of its own.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { cardOf, detail, type Alike, type Card } from "../api";
import { caseUrl, Thumb } from "../board/Card";
import { StatusMark } from "../board/Table";
import { isForBrowser, type Go } from "../url";
import { longDate, t } from "../words";

function One({ alike, go }: { alike: Alike; go: Go }): JSX.Element {
  const [card, setCard] = useState<Card | null>(null);
  useEffect(() => {
    let current = true;
    detail(alike.ref).then((d) => current && setCard(cardOf(d)), () => undefined);
    return () => {
      current = false;
    };
  }, [alike.ref]);
  return (
    <li class="alike">
      <Thumb url={card?.thumb_url ?? null} />
      <div>
        <p class="alike-top">
          <span class="ref" translate={false}>{alike.ref}</span>
          {card && <StatusMark card={card} />}
        </p>
        <a
          href={caseUrl(alike.ref)}
          onClick={(e) => {
            if (isForBrowser(e)) return;
            e.preventDefault();
            go({ ref: alike.ref });
          }}
        >
          {card?.title || t("staff.open")}
        </a>
        {card && <small><time dateTime={card.reported_at}>{longDate(card.reported_at)}</time></small>}
        <p class="alike-why">{alike.reasons.map((reason) => <span key={reason} class="chip chip-alike">{reason}</span>)}</p>
      </div>
    </li>
  );
}

export function Alikes({ alikes, go }: { alikes: Alike[]; go: Go }): JSX.Element {
  return <ul class="alikes">{alikes.map((alike) => <One key={alike.ref} alike={alike} go={go} />)}</ul>;
}
