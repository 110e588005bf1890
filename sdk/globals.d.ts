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
  readonly navigation?: EventTarget;
}
