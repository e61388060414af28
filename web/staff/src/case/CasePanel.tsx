// An open case beside the board, with its own address. Puts the parts together and owns the title;
// each part owns what it shows.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Card, Detail, Me, Town } from "../api";
import { AlikeHint } from "../board/Card";
import { StatusMark } from "../board/Table";
import { announce } from "../ui/announce";
import { Icon } from "../ui/icons";
import type { Notice } from "../ui/notices";
import type { Go } from "../url";
import { ago, longTime, t, tOf } from "../words";
import { Alikes } from "./Alikes";
import { Compose } from "./Compose";
import { Handling } from "./Handling";
import { Photos } from "./Photos";
import { Place } from "./Place";
import { Timeline } from "./Timeline";
import { useCase, type CaseHandle } from "./useCase";

interface Props {
  reference: string;
  card: Card | undefined;
  townVersion: string;
  town: Town | null;
  me: Me | null;
  now: number;
  go: Go;
  onChanged: (d: Detail) => void;
  onClose: () => void;
  post: (notice: Omit<Notice, "id">) => void;
  signedOut: () => void;
}

function Part({ title, badge, children }: { title: string; badge?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return (
    <section class="part">
      <h3>{title}{badge}</h3>
      {children}
    </section>
  );
}

function Title({ detail, handle }: { detail: Detail; handle: CaseHandle }): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const stop = () => {
    setDraft(null);
    setProblem("");
    requestAnimationFrame(() => button.current?.focus());
  };
  const save = async (): Promise<void> => {
    const title = (draft ?? "").trim();
    if (title === detail.title) return stop();
    const saved = await handle.save({ title });
    if (!saved.ok) return setProblem(saved.fields["title"] ?? saved.reason);
    announce(t("staff.saved"));
    stop();
  };
  if (draft === null) {
    return (
      <div class="case-title">
        <p class="case-title-text">{detail.title || t("staff.untitled")}</p>
        <button ref={button} type="button" class="button-icon" aria-label={t("staff.title.edit")} onClick={() => setDraft(detail.title)}>
          <Icon name="edit" />
        </button>
      </div>
    );
  }
  return (
    <form
      class="case-title-form"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
      onKeyDown={(e) => {
        if (e.key !== "Escape") return;
        e.stopPropagation();
        stop();
      }}
    >
      <input ref={(el) => { if (el && document.activeElement !== el && !problem) el.focus(); }} type="text" value={draft} maxLength={200} aria-label={t("staff.title")}
        aria-describedby={problem ? "title-problem" : undefined} onInput={(e) => setDraft(e.currentTarget.value)} />
      <button type="submit" class="button" disabled={handle.saving}>{t("staff.save")}</button>
      <button type="button" class="button button-second" onClick={stop}>{t("staff.cancel")}</button>
      {problem && <p id="title-problem" class="field-error" role="alert">{problem}</p>}
    </form>
  );
}

function Contact({ contact }: { contact: NonNullable<Detail["contact"]> }): JSX.Element {
  return (
    <dl class="facts">
      {contact.name && <div><dt>{t("staff.contact.name")}</dt><dd>{contact.name}</dd></div>}
      {contact.phone && <div><dt>{t("staff.contact.phone")}</dt><dd><a href={`tel:${contact.phone.replace(/[^\d+]/g, "")}`}>{contact.phone}</a></dd></div>}
      {contact.email && <div><dt>{t("staff.contact.email")}</dt><dd><a href={`mailto:${encodeURI(contact.email)}`}>{contact.email}</a></dd></div>}
    </dl>
  );
}

function Body({ detail, handle, town, me, now, go }: { detail: Detail; handle: CaseHandle } & Pick<Props, "town" | "me" | "now" | "go">): JSX.Element {
  const { contact } = detail;
  const reached = contact && (contact.name || contact.phone || contact.email);
  return (
    <>
      <Title detail={detail} handle={handle} />
      <p class="case-meta">
        <StatusMark card={detail} />
        <span>{t("staff.reported_at")} <time dateTime={detail.reported_at} title={ago(detail.reported_at, now)}>{longTime(detail.reported_at)}</time></span>
        <AlikeHint count={detail.status === "done" ? 0 : detail.alike} />
      </p>
      {detail.parent && (
        <p class="warning">
          <Icon name="alike" />
          <span>
            {t("staff.parent")}{" "}
            <button type="button" class="button-link ref" onClick={() => go({ ref: detail.parent })}>{detail.parent}</button>
          </span>
        </p>
      )}
      <Handling detail={detail} handle={handle} town={town} me={me} />
      <Part title={t("staff.report")}>
        <p class="description">{detail.description || t("staff.description.none")}</p>
        <p class="case-quiet">
          {t("staff.origin", { origin: tOf("origin", detail.origin) })}
          {detail.url && <> · <a href={detail.url} target="_blank" rel="noopener">{t("staff.resident_page")}</a></>}
        </p>
      </Part>
      <Part title={t("staff.photos")}><Photos photos={detail.photos} /></Part>
      <Part title={t("staff.place")}><Place detail={detail} /></Part>
      {detail.duplicates.length > 0 && <Part title={t("staff.alikes")}><Alikes alikes={detail.duplicates} go={go} /></Part>}
      <Part title={t("staff.contact")} badge={<span class="event-label is-internal"><Icon name="lock" />{t("staff.contact.private")}</span>}>
        {reached ? <Contact contact={contact} /> : <p class="case-quiet">{t("staff.contact.none")}</p>}
      </Part>
      <Part title={t("staff.timeline")}>
        <Compose reference={detail.ref} handle={handle} />
        <Timeline detail={detail} town={town} now={now} />
      </Part>
    </>
  );
}

export function CasePanel(p: Props): JSX.Element {
  const handle = useCase(p.reference, p.card?.version ?? p.townVersion, p.onChanged, p.signedOut);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <section
      class="case"
      aria-labelledby="case-head"
      aria-busy={!handle.detail && !handle.missing && !handle.failed}
      onKeyDown={(e) => {
        if (e.key === "Escape" && !e.defaultPrevented) p.onClose();
      }}
    >
      <header class="case-head">
        <h2 id="case-head" ref={head} tabIndex={-1}>
          <span class="hidden-visually">{t("staff.case")} </span>
          <span class="ref" translate={false}>{p.reference}</span>
        </h2>
        <button type="button" class="button-icon" aria-label={t("staff.case.close")} onClick={p.onClose}><Icon name="close" /></button>
      </header>
      <div class="case-body">
        {handle.missing ? (
          <p class="case-note">{t("staff.case.missing")}</p>
        ) : handle.failed !== null ? (
          <p class="case-note" role="alert">
            {t("staff.problem", { reason: handle.failed })}{" "}
            <button type="button" class="button-quiet" onClick={handle.reload}><Icon name="again" />{t("staff.retry")}</button>
          </p>
        ) : handle.detail ? (
          <Body detail={handle.detail} handle={handle} town={p.town} me={p.me} now={p.now} go={p.go} />
        ) : (
          <div class="skeletons case-skeleton"><p class="hidden-visually">{t("staff.loading")}</p><div class="skeleton"><i /><i /><i /></div><div class="skeleton"><i /><i /><i /></div></div>
        )}
      </div>
    </section>
  );
}
