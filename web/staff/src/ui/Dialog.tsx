// A modal <dialog>: opens when it is mounted, closes by Escape, by its close button or by a press on
// the backdrop, and gives the focus back to where it was.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../words";
import { Icon } from "./icons";

interface Props {
  title: string;
  class?: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, class: extra = "", onClose, children }: Props): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const el = box.current!;
    const before = document.activeElement;
    if (el.showModal) el.showModal();
    else el.setAttribute("open", ""); // an old Safari: not modal, still usable
    return () => {
      if (el.open && el.close) el.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useEffect(() => {
    const el = box.current!;
    const cancel = (e: Event) => {
      e.preventDefault();
      onClose();
    };
    el.addEventListener("cancel", cancel);
    return () => el.removeEventListener("cancel", cancel);
  }, [onClose]);
  return (
    <dialog
      ref={box}
      class={`dialog ${extra}`}
      aria-labelledby="dialog-title"
      onMouseDown={(e) => e.target === box.current && onClose()}
      onKeyDown={(e) => e.stopPropagation()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="button-icon" aria-label={t("staff.close")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
