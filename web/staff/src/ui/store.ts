// What the browser remembers: drafts for this tab's life, preferences for good. A browser that refuses
// to remember (private mode, full) costs the person nothing but the memory.

export function recall(kind: "draft" | "preference", key: string): string {
  try {
    return (kind === "draft" ? sessionStorage : localStorage).getItem(`towndesk.${key}`) ?? "";
  } catch {
    return "";
  }
}

export function remember(kind: "draft" | "preference", key: string, value: string): void {
  try {
    const store = kind === "draft" ? sessionStorage : localStorage;
    if (value) store.setItem(`towndesk.${key}`, value);
    else store.removeItem(`towndesk.${key}`);
  } catch {
    // nothing to be done, nothing lost that was sent
  }
}

// Drafts may hold what residents told: they go with the person who wrote them.
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("towndesk.")) sessionStorage.removeItem(key);
  } catch {
    // as above
  }
}
