// edge/api/privacy/shown.ts: a request as it is answered.
import { DAY_MS } from '../../../contract/index.ts';
import type { PrivacyRequest } from '../../../store/index.ts';
import { meaningOf } from './meaning.ts';

/** A request for officer and visitor. */
export interface ShownRequest {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly askedBy: string;
  readonly askedAt: number;
  readonly dueAt: number;
  /** Whole days until it must be answered, negative where that is past; absent once it is closed. */
  readonly daysLeft?: number;
  readonly status: string;
  readonly closedAt?: number;
  readonly reason?: string;
  /** The answer in words for the person, where nothing was found or nobody can tell what is theirs. */
  readonly meaning?: string;
  readonly rows?: Readonly<Record<string, number>>;
  readonly destinations?: readonly { readonly name: string; readonly told: boolean }[];
  readonly receipt?: string;
  readonly log: readonly { readonly at: number; readonly step: string }[];
}

/** Shows it as of an instant. */
export function shownRequest(request: PrivacyRequest, now: number): ShownRequest {
  const { id, kind, subject, askedBy, askedAt, dueAt, status, closedAt, steps } = request;
  // For destinations alone.
  const meaning = meaningOf(request);
  const { untold: _untold, ...outcome } = request.outcome ?? {};
  return {
    id,
    kind,
    subject,
    askedBy,
    askedAt,
    dueAt,
    ...(status === 'open' ? { daysLeft: Math.floor((dueAt - now) / DAY_MS) } : {}),
    status,
    ...(closedAt === undefined ? {} : { closedAt }),
    ...outcome,
    ...(meaning === undefined ? {} : { meaning }),
    log: steps,
  };
}
