// edge/http/outbound.ts: what calling out of this server promises, on every platform.

/** A call. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** The whole call must have ended within; 10 seconds where absent. */
  readonly msMax?: number;
}

/**
 * Calls an address that an operator or a provider named (core/outbound.ts says which may be). A redirect is an answer like
 * any other and is not followed: it would lead past the check. @throws {OutboundError}
 */
export type FetchOut = (url: string, request: OutboundRequest) => Promise<Response>;

/** Thrown where no answer came: the address may not be called, nobody answered in time, or with too much. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  /** Stable code for logs. */
  readonly code: 'outbound_refused' | 'outbound_failed' | 'outbound_too_large';
  constructor(code: OutboundError['code'], cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** A call must have ended within, where it says nothing else. */
export const OUTBOUND_MS_MAX = 10_000;
/** Bytes of an answer that are read; one that is longer is thrown away. */
export const OUTBOUND_ANSWER_BYTES_MAX = 1_048_576;
