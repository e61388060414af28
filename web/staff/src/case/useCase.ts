// One open case: loads it, loads it again when the board hears that it has moved on, sends changes
// against the version that the person saw.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { change, detail, isProblem, say, type Change, type Detail } from "../api";
import { t } from "../words";
import { whatChanged } from "./story";

export type Saved =
  | { ok: true }
  | { ok: false; reason: string; fields: Record<string, string> };

export interface CaseHandle {
  detail: Detail | null;
  failed: string | null; // why it could not be shown
  missing: boolean;
  saving: boolean;
  save: (what: Change) => Promise<Saved>;
  tell: (kind: "note" | "reply", text: string) => Promise<Saved>;
  reload: () => void;
}

// `hint` changes when the case may have; a number is the newest version that somebody saw.
export function useCase(ref: string, hint: number | string, onChanged: (d: Detail) => void, signedOut: () => void): CaseHandle {
  const [shown, setShown] = useState<Detail | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [saving, setSaving] = useState(false);
  const now = useRef<Detail | null>(null);

  const show = useCallback((d: Detail) => {
    if (now.current && now.current.version > d.version) return; // overtaken on the way
    now.current = d;
    setShown(d);
    setFailed(null);
  }, []);

  const load = useCallback(async (): Promise<void> => {
    try {
      show(await detail(ref));
    } catch (e) {
      if (isProblem(e) && e.status === 401) signedOut();
      else if (isProblem(e) && e.status === 404) setMissing(true);
      else if (!now.current) setFailed((isProblem(e) && e.message) || t("staff.offline.short"));
    }
  }, [ref]);

  useEffect(() => {
    const seen = now.current?.version;
    if (seen !== undefined && typeof hint === "number" && hint <= seen) return;
    void load();
  }, [load, hint]);

  const attempt = async (work: (d: Detail) => Promise<void>): Promise<Saved> => {
    const before = now.current;
    if (!before) return { ok: false, reason: t("staff.offline.short"), fields: {} };
    setSaving(true);
    try {
      await work(before);
      return { ok: true };
    } catch (e) {
      if (!isProblem(e)) throw e;
      if (e.status === 401) signedOut();
      if (e.code === "changed") {
        await load();
        const fresh = now.current ?? before;
        onChanged(fresh);
        return { ok: false, reason: t("staff.overtaken.kept", { what: whatChanged(before, fresh, Date.now()) }), fields: {} };
      }
      const fields: Record<string, string> = {};
      for (const { field, message } of e.fields) fields[field] = message;
      return { ok: false, reason: e.message || t("staff.offline.short"), fields };
    } finally {
      setSaving(false);
    }
  };

  return {
    detail: shown,
    failed,
    missing,
    saving,
    save: (what) =>
      attempt(async (d) => {
        const fresh = await change(ref, d.version, what);
        show(fresh);
        onChanged(fresh);
      }),
    tell: (kind, text) =>
      attempt(async () => {
        await say(ref, kind, text);
        await load();
        if (now.current) onChanged(now.current);
      }),
    reload: () => void load(),
  };
}
