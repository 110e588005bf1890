// sdk/globals.d.ts: what browsers offer and TypeScript's library doesn't know yet.

interface Document {
  /** The page is being prepared and nobody has seen it (speculation rules). */
  readonly prerendering?: boolean;
}

interface Navigator {
  /** Global Privacy Control: the visitor objects to sale and sharing. */
  readonly globalPrivacyControl?: boolean;
}

/** The Navigation API, as far as the tag listens to it (HTML standard §7.2.6). */
declare const navigation: EventTarget;

interface Window {
  /** Absent in browsers before 2022 to 2026. */
  readonly navigation?: EventTarget & { readonly currentEntry?: unknown };
}

/**
 * Hands a request to the browser, which sends it even when the page is gone (Fetch standard §2.2.10, `fetchLater`). Chromium from 2025 on, in secure contexts.
 * @throws {DOMException} the page may not, or its quota is used up.
 */
declare const fetchLater: (url: string, how: RequestInit & { readonly activateAfter: number }) => object;

interface Performance {
  /** Interactions since the page was loaded (Event Timing). */
  readonly interactionCount?: number;
}

/** A task's end may also be the begin of something longer; `send` never rejects. */
declare function queueMicrotask(act: () => Promise<void>): void;
