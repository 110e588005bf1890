// edge/http/import-parts.ts: what both ways to import say of themselves: POST /v1/import and the imports of a site.
import { refusal } from './describe.ts';
import type { ProblemName } from './problem.ts';
import { problem } from './problem.ts';

const parameter = (name: string, description: string, schema: object = { type: 'string' }) =>
  ({ name, in: 'query', description, schema }) as const;

/** The query of an import. */
export const IMPORT_PARAMETERS = [
  parameter('line', 'Number of the first line to take; of a CSV, whose columns are line 1, send the whole file', {
    type: 'integer',
    minimum: 1,
    default: 1,
  }),
  parameter('consent', 'For lines that state none: unasked, refused, or purposes with commas between them', {
    type: 'string',
    default: 'unasked',
  }),
  parameter('source', 'For lines that name none: web, app, crm, social …, or a word of the site’s own', {
    type: 'string',
    default: 'import',
  }),
  parameter('dryRun', 'true: says what would become of the lines, and keeps none', { type: 'boolean', default: false }),
  parameter('mapping', 'The body is a CSV, and this JSON says which column is which field'),
];

/** The body of an import. */
export const IMPORT_BODY = {
  content: {
    'application/x-ndjson': { schema: { type: 'string' } },
    'text/csv': { schema: { type: 'string' } },
  },
} as const;

/** What an import may be refused with, beside what any route is. */
export const IMPORT_REFUSALS = {
  413: refusal('More lines than one request takes; those before Hushtag-Next-Line are kept'),
  415: refusal('Packed in a way that is not taken'),
  501: refusal('This platform reads no CSV'),
  503: refusal('Lines before Hushtag-Next-Line are kept; send the others after Retry-After'),
};

/** What one that ended before its lines did is told: with which line to go on. @param members of the problem beside that. */
export const stoppedAnswer = (
  stopped: ProblemName,
  { nextLine, dryRun }: { readonly nextLine: number; readonly dryRun: boolean },
  members: Readonly<Record<string, unknown>> = {},
): Response =>
  problem(
    stopped,
    dryRun
      ? 'Nothing was kept: it was a dry run.'
      : `Lines before ${nextLine} are kept; send the others with ?line=${nextLine}.`,
    { 'hushtag-next-line': String(nextLine) },
    members,
  );
