// Sentences about what went wrong or was overtaken. They stay until the person closes them: a message
// that leaves by itself is lost to whoever reads slowly.

import type { JSX } from "preact";
import { useCallback, useState } from "preact/hooks";
import { t } from "../words";
import { announce } from "./announce";
import { Icon } from "./icons";

export interface Notice {
  id: number;
  tone: "error" | "info";
  text: string;
  action?: { label: string; run: () => void } | undefined;
}

const NOTICES_MAX = 4;
let next = 1;

export function useNotices() {
  const [notices, set] = useState<Notice[]>([]);
  const post = useCallback((notice: Omit<Notice, "id">) => {
    announce(notice.text, true);
    set((all) => [...all.filter((other) => other.text !== notice.text), { ...notice, id: next++ }].slice(-NOTICES_MAX));
  }, []);
  const close = useCallback((id: number) => set((all) => all.filter((notice) => notice.id !== id)), []);
  return { notices, post, close };
}

export function Notices({ notices, close }: { notices: Notice[]; close: (id: number) => void }): JSX.Element | null {
  if (notices.length === 0) return null;
  return (
    <section class="notices" aria-label={t("staff.notices")}>
      {notices.map((notice) => (
        <div key={notice.id} class={`notice notice-${notice.tone}`}>
          <Icon name="warn" />
          <p>{notice.text}</p>
          {notice.action && (
            <button
              type="button"
              class="button-quiet"
              onClick={() => {
                close(notice.id);
                notice.action!.run();
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" class="button-icon" aria-label={t("staff.close")} onClick={() => close(notice.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
