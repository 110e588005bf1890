// client/problem.ts: what a call of the client throws.

/** An answer that is an error: problem+json (RFC 9457). `name` is the closed list of docs/errors.md. */
export class HushtagProblem<Name extends string = string> extends Error {
  override readonly name = 'HushtagProblem';
  /** The problem's stable name, such as `scope_missing`; `unknown` where a proxy in between answered. */
  readonly problem: Name | 'unknown';
  readonly status: number;
  /** What to do about it. */
  readonly detail: string;
  /** Names the request in the operator's log. */
  readonly requestId: string | undefined;
  /** What the problem says besides. */
  readonly members: Readonly<Record<string, unknown>>;
  constructor(said: {
    readonly problem: Name | 'unknown';
    readonly status: number;
    readonly detail: string;
    readonly requestId: string | undefined;
    readonly members: Readonly<Record<string, unknown>>;
  }) {
    super(`${said.status} ${said.problem}: ${said.detail}`);
    this.problem = said.problem;
    this.status = said.status;
    this.detail = said.detail;
    this.requestId = said.requestId;
    this.members = said.members;
  }
}

/** Thrown where no answer came, after the tries there are. `cause` says why. */
export class HushtagUnreachable extends Error {
  override readonly name = 'HushtagUnreachable';
  readonly code = 'unreachable';
}

const PREFIX = 'urn:hushtag:problem:';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads an answer of an error. */
export async function problemOf(answer: Response): Promise<HushtagProblem> {
  const { status } = answer;
  const requestId = answer.headers.get('x-request-id') ?? undefined;
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const said: unknown = isProblem ? await answer.json().catch(() => undefined) : undefined;
  if (typeof said !== 'object' || said === null) {
    await answer.body?.cancel().catch(() => undefined);
    return new HushtagProblem({ problem: 'unknown', status, detail: answer.statusText, requestId, members: {} });
  }
  const members = said as Readonly<Record<string, unknown>>;
  const type = textOf(members['type']);
  return new HushtagProblem({
    problem: type.startsWith(PREFIX) ? type.slice(PREFIX.length) : 'unknown',
    status,
    detail: textOf(members['detail']),
    requestId,
    members,
  });
}
