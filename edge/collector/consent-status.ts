// edge/collector/consent-status.ts: shows a visitor what their browser's Global Privacy Control did here (CCPA Regulations §7025).
import { GPC_REMOVES, purposesOf } from '../../contract/index.ts';

/** What the edge answers to `GET /v1/consent/status`; it reads one header and keeps nothing. */
export interface ConsentStatus {
  readonly gpc: {
    /** Whether this request carried `Sec-GPC: 1`. */
    readonly received: boolean;
    /** Whether events sent by this browser are treated accordingly; always the same as `received`. */
    readonly honoured: boolean;
    /** The purposes that the signal takes from any choice. */
    readonly removes: readonly string[];
  };
}

/** Whether a `Sec-GPC` header says 1; a header that was doubled on the way, or carries parameters, still does (C2). */
export const hasGpc = (secGpc: string | undefined): boolean =>
  (secGpc ?? '').split(',').some((member) => /^\s*\??1\s*(?:;|$)/.test(member));

/** The status of a request by its `Sec-GPC` header (W3C Global Privacy Control). */
export function consentStatus(secGpc: string | undefined): ConsentStatus {
  const received = hasGpc(secGpc);
  return { gpc: { received, honoured: received, removes: received ? purposesOf(GPC_REMOVES) : [] } };
}
