// core/invariant.ts: a broken promise of our own code stops the work instead of writing something wrong.

/** Thrown where our own code broke one of its invariants; the message starts with the invariant's id. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  /** Stable code for logs and the error boundary. */
  readonly code = 'invariant_broken';
}

/** Throws {@link InvariantError} unless the claim holds. The message must name no visitor's value. */
export function invariant(claim: boolean, message: string): asserts claim {
  if (!claim) throw new InvariantError(message);
}
