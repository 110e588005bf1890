// console/api/failure.ts: why a question to the API got no answer that can be shown.
import * as v from 'valibot';

/** What went wrong. */
export type Failure =
  /** The server could not be reached. */
  | { readonly kind: 'offline' }
  /** This server's API has no such route: it is older than the console, or this part is not installed. */
  | { readonly kind: 'not_offered' }
  /** Whoever looks may not see it. */
  | { readonly kind: 'no_permission'; readonly scope: string | undefined }
  /** The session or token is over. */
  | { readonly kind: 'signed_out' }
  /** The server said no, in its own words. */
  | {
      readonly kind: 'problem';
      readonly status: number;
      readonly name: string;
      readonly title: string;
      readonly detail: string;
      readonly requestId: string | undefined;
      /** What a route adds, such as the pointer to a condition that is wrong. */
      readonly more: Readonly<Record<string, unknown>>;
    }
  /** The answer has another shape than this page knows. */
  | { readonly kind: 'misread'; readonly where: string };

const problemSchema = v.looseObject({
  type: v.string(),
  title: v.string(),
  detail: v.optional(v.string(), ''),
});
const TYPE_PREFIX = 'urn:hushtag:problem:';

/** Reads a refusal of the API (problem+json, RFC 9457). */
export async function failureOf(response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => undefined);
  const read = v.safeParse(problemSchema, body);
  const said = read.success ? read.output : { type: '', title: response.statusText, detail: '' };
  const name = said.type.startsWith(TYPE_PREFIX) ? said.type.slice(TYPE_PREFIX.length) : said.type;
  if (response.status === 401) return { kind: 'signed_out' };
  if (name === 'scope_missing') {
    return { kind: 'no_permission', scope: /scope ([a-z-]+:[a-z-]+|[a-z]+)\b/.exec(said.detail)?.[1] };
  }
  return {
    kind: 'problem',
    status: response.status,
    name: name === '' ? `http_${response.status}` : name,
    title: said.title,
    detail: said.detail,
    requestId: response.headers.get('x-request-id') ?? undefined,
    more: said,
  };
}
