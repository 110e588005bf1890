// cli/commands/privacy.ts: `hushtag privacy`: requests of people about their data, as the officer's API answers them.
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import {
  accessHtml,
  answerRequest,
  documentHtml,
  documentMarkdown,
  finishRequests,
  makeAccessFile,
  makeBreachPack,
  makeDpia,
  makeRopa,
  readOfficerAsk,
  shownRequest,
} from '../../edge/index.ts';
import type { PrivacyRequest, RequestStatus } from '../../store/index.ts';
import { addRequestStep, findRequest, listRequests, REQUEST_KINDS } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { withRights } from '../rights.ts';
import { NO_COLOURS } from '../tables.ts';

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const now = (): EpochMs => Date.now() as EpochMs;
const STATUSES: readonly RequestStatus[] = ['open', 'done', 'not_identified'];

const OUTCOMES: Readonly<Record<RequestStatus, string>> = {
  open: 'It stands, and is not done. The segmenter is at work, a destination was not told yet, or the second place could not be written (the log of the request says which); the server goes on with it within 15 minutes, or run `npx hushtag privacy finish`.',
  done: 'Done.',
  not_identified: 'Nobody can tell what is theirs (GDPR Art. 11). In words for the person:',
};

const requestCommand = defineCommand({
  meta: { name: 'request', description: 'Answer a request; who it is about is read from standard input' },
  args: {
    site: siteArgument,
    kind: { type: 'string', required: true, description: REQUEST_KINDS.join(', ') },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    // From standard input and not as an argument: those are in the shell's history and in every list of processes.
    if (process.stdin.isTTY) process.stderr.write('A first-party id, or {"account": {"email": …}}, then Ctrl-D:\n');
    const typed = (await text(process.stdin)).trim();
    const subject = typed.startsWith('{') ? typed : JSON.stringify({ first_party_id: typed });
    const request = await withRights(async (needs) => {
      const site = await requireSite(needs.db, args.site);
      const asked = `{"kind":${JSON.stringify(args.kind)},"subject":${subject}}`;
      const ask = readOfficerAsk(asked, site.policy.callingCode || undefined);
      if (!ask.ok) {
        throw new CliError(
          2,
          `--kind is one of ${REQUEST_KINDS.join(', ')}; standard input holds a first-party id (22 to 64 letters, digits, hyphens and underscores) or {"account": {"user_id" | "email" | "phone": …}}; a phone number begins with + and its country, or the site has one: \`hushtag policy set ${args.site} --calling-code 44\``,
        );
      }
      const answered = await answerRequest(needs, site, { ...ask.value, askedBy: 'officer' });
      if (!answered.ok) throw new CliError(1, answered.error);
      return answered.value;
    });
    const file =
      request.kind === 'access' ? `\nThe file: npx hushtag privacy file ${args.site} ${request.id} --out FILE` : '';
    const receipt =
      request.outcome?.receipt === undefined ? '' : `\nThe receipt, for the person:\n${request.outcome.receipt}`;
    const shown = shownRequest(request, now());
    const { meaning } = shown;
    const words = meaning !== undefined && request.status === 'done' ? meaning : OUTCOMES[request.status];
    const forThem = meaning !== undefined && request.status === 'not_identified' ? `\n${meaning}` : '';
    print(args.json === true, shown, `${request.id}  ${words}${forThem}${file}${receipt}`);
  },
});

const day = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10));

function requestTable(requests: readonly PrivacyRequest[]): string {
  const table = new Table({
    head: ['Request', 'Kind', 'By', 'Asked', 'Due', 'Days left', 'Status', 'Last step'],
    style: NO_COLOURS,
  });
  for (const request of requests) {
    const { id, kind, askedBy, askedAt, dueAt, daysLeft, status, log } = shownRequest(request, now());
    table.push([id, kind, askedBy, day(askedAt), day(dueAt), String(daysLeft ?? ''), status, log.at(-1)?.step ?? '']);
  }
  return table.toString();
}

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List requests with their clocks, newest first' },
  args: { site: siteArgument, status: { type: 'string', description: STATUSES.join(', ') }, json: jsonFlag },
  run: async ({ args }) => {
    const status = STATUSES.find((one) => one === args.status);
    if (args.status !== undefined && status === undefined)
      throw new CliError(2, `--status is one of ${STATUSES.join(', ')}`);
    const requests = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      return listRequests(db, site.row, status === undefined ? {} : { status });
    });
    print(
      args.json === true,
      requests.map((one) => shownRequest(one, now())),
      requestTable(requests),
    );
  },
});

const fileCommand = defineCommand({
  meta: { name: 'file', description: 'Write the file of an access request; the audit log records that it was read' },
  args: {
    site: siteArgument,
    request: { type: 'positional', required: true, description: 'The id of the request' },
    out: { type: 'string', required: true, description: 'The file to write; a page where it ends in .html, else JSON' },
    language: { type: 'string', description: 'Of the page: en (default) or zh' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const file = await withRights(async (needs) => {
      const site = await requireSite(needs.db, args.site);
      const request = await findRequest(needs.db, site.row, args.request);
      if (request?.kind !== 'access')
        throw new CliError(1, 'There is no access request of this id: see `npx hushtag privacy list`.');
      const at = now();
      const entry = { kind: 'visitor_read', site: site.id, request: request.id, by: 'command', at } as const;
      await addRequestStep(needs.db, site, request.id, 'file_given', at, entry);
      return makeAccessFile(needs, site, request);
    });
    const body = args.out.endsWith('.html')
      ? accessHtml(file, args.language === 'zh' ? 'zh' : 'en')
      : `${JSON.stringify(file, null, 2)}\n`;
    await writeFile(args.out, body, { mode: 0o600 });
    print(
      args.json === true,
      { file: args.out, status: file.status },
      `Wrote ${args.out}: ${file.status.replaceAll('_', ' ')}.`,
    );
  },
});

const DOCUMENTS = ['ropa', 'dpia', 'breach'] as const;

function instantOf(text: string | undefined, name: string): EpochMs {
  const at = Date.parse(text ?? '');
  if (Number.isNaN(at)) throw new CliError(2, `--${name} is an instant such as 2026-11-01T00:00:00Z`);
  return at as EpochMs;
}

const recordCommand = defineCommand({
  meta: { name: 'record', description: 'Write a document made from the live configuration: ropa, dpia or breach' },
  args: {
    site: siteArgument,
    document: { type: 'positional', required: true, description: DOCUMENTS.join(', ') },
    out: { type: 'string', required: true, description: 'The file to write: .html, .md, else JSON' },
    from: { type: 'string', description: 'For breach: where the window begins' },
    to: { type: 'string', description: 'For breach: where it ends' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const kind = DOCUMENTS.find((one) => one === args.document);
    if (kind === undefined) throw new CliError(2, `The document is one of ${DOCUMENTS.join(', ')}`);
    const window = kind === 'breach' ? ([instantOf(args.from, 'from'), instantOf(args.to, 'to')] as const) : undefined;
    if (window !== undefined && window[0] >= window[1])
      throw new CliError(2, '--from is not before --to: a window begins before it ends');
    const made = await withRights(async (needs) => {
      const site = await requireSite(needs.db, args.site);
      if (window !== undefined) return makeBreachPack(needs, site, ...window);
      return kind === 'ropa' ? makeRopa(needs, site) : makeDpia(needs, site);
    });
    const body = args.out.endsWith('.html')
      ? documentHtml(made)
      : args.out.endsWith('.md')
        ? documentMarkdown(made)
        : `${JSON.stringify(made, null, 2)}\n`;
    await writeFile(args.out, body, { mode: 0o600 });
    print(args.json === true, { file: args.out, kind }, `Wrote ${made.title} to ${args.out}.`);
  },
});

const finishCommand = defineCommand({
  meta: { name: 'finish', description: 'Go on with requests that were interrupted or met a run of the segmenter' },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const closed = await withRights((needs) => finishRequests(needs));
    print(args.json === true, { closed }, `Closed ${closed} requests.`);
  },
});

/** The command. */
export const privacyCommand = defineCommand({
  meta: { name: 'privacy', description: 'Requests of people about their data: answer, list, write their files' },
  subCommands: {
    request: requestCommand,
    list: listCommand,
    file: fileCommand,
    record: recordCommand,
    finish: finishCommand,
  },
});
