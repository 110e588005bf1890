// sdk/globals.d.ts: what browsers offer and TypeScript's library doesn't know yet.

interface Document {
  /** The page is being prepared and nobody has seen it (speculation rules). */
  readonly prerendering?: boolean;
}

interface Navigator {
  /** Global Privacy Control: the visitor objects to sale and sharing. */
  readonly globalPrivacyControl?: boolean;
}
