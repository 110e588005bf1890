// cli/commands/import.ts: `hushtag import`: sends a file of history, or the export of another tool, to a collector.
import { readFile, stat } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { CsvError } from 'csv-parse';
import * as v from 'valibot';
import type { CsvMapping } from '../../core/index.ts';
import { mappingSchema } from '../../core/index.ts';
import { serverEventSchema } from '../../edge/index.ts';
import { CliError, print, requireConfig } from '../context.ts';
import { IMPORT_FORMATS } from '../import/formats/index.ts';
import type { ImportTarget } from '../import/post-lines.ts';
import { postLines } from '../import/post-lines.ts';
import { forgetProgress, keepProgress, readProgress, stampOf } from '../import/progress-file.ts';
import type { Row, RowSource } from '../import/read-rows.ts';
import { ImportFileError, readRows } from '../import/read-rows.ts';
import type { ImportTally } from '../import/send-rows.ts';
import { sendRows } from '../import/send-rows.ts';
import { startProgress } from '../progress.ts';

const FORMAT_NAMES = ['ndjson', 'csv', 'parquet', ...Object.keys(IMPORT_FORMATS)].join(', ');
/** Mapped events that a dry run shows. */
const SHOWN = 3;

async function readMapping(path: string): Promise<CsvMapping> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CliError(1, `${path} can not be read`);
  });
  try {
    const mapping = v.safeParse(mappingSchema, JSON.parse(text));
    if (mapping.success) return mapping.output;
    throw new CliError(2, `${path} is no mapping: ${mapping.issues[0].message}; see docs/ingest.md`);
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    throw new CliError(2, `${path} is no JSON`);
  }
}

/** Says of each row whether it is an event in shape, and sends nothing. */
async function tryRows(rows: AsyncIterable<Row>) {
  const wrong = new Map<string, number>();
  const shown: unknown[] = [];
  let lines = 0;
  for await (const { text } of rows) {
    if (text === '') continue;
    lines += 1;
    let event: unknown;
    try {
      event = JSON.parse(text);
    } catch {
      event = undefined;
    }
    const read = v.safeParse(serverEventSchema, event, { abortEarly: true });
    if (read.success && shown.length < SHOWN) shown.push(event);
    if (read.success) continue;
    const [step] = read.issues[0].path ?? [];
    const why = `malformed_event at /${typeof step?.key === 'string' ? step.key : ''}`;
    wrong.set(why, (wrong.get(why) ?? 0) + 1);
  }
  return { lines, refused: Object.fromEntries(wrong), shown };
}

const said = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .map(([why, count]) => `\n  ${count} refused: ${why}`)
    .join('');

/** How the file is read, by `--format` and `--mapping`. */
async function sourceOf(args: {
  readonly file: string;
  readonly format?: string | undefined;
  readonly mapping?: string | undefined;
  readonly origin?: string | undefined;
  readonly currency?: string | undefined;
}): Promise<RowSource> {
  const isParquet = args.format === 'parquet' || (args.format === undefined && args.file.endsWith('.parquet'));
  if (args.mapping !== undefined) {
    if (args.format !== undefined && !['csv', 'parquet'].includes(args.format))
      throw new CliError(2, '--mapping is for --format csv or parquet; the exports of other tools need none');
    return { kind: 'mapped', mapping: await readMapping(args.mapping), reader: isParquet ? 'parquet' : 'csv' };
  }
  if (isParquet || args.format === 'csv')
    throw new CliError(2, 'A CSV or Parquet file needs --mapping: which column is which field (docs/ingest.md)');
  if (args.format === undefined || args.format === 'ndjson') return { kind: 'events' };
  const format = Object.hasOwn(IMPORT_FORMATS, args.format) ? IMPORT_FORMATS[args.format] : undefined;
  if (format === undefined) throw new CliError(2, `--format must be one of ${FORMAT_NAMES}`);
  const { origin, currency } = args;
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).origin === origin))
    throw new CliError(2, '--origin must be scheme and host, such as https://shop.example');
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) throw new CliError(2, '--currency must be such as EUR');
  const options = { ...(origin === undefined ? {} : { origin }), ...(currency === undefined ? {} : { currency }) };
  return { kind: 'export', format, options };
}

function targetOf(args: {
  readonly token?: string | undefined;
  readonly collector?: string | undefined;
  readonly consent: string;
  readonly source: string;
}): ImportTarget {
  if (args.token === undefined) throw new CliError(2, '--token is needed: `hushtag token --site SITE --scope import`');
  const collector = args.collector ?? `http://127.0.0.1:${requireConfig().port}`;
  if (!URL.canParse(collector)) throw new CliError(2, '--collector must be a URL');
  return { url: new URL(collector), token: args.token, consent: args.consent, source: args.source };
}

const NOTHING_YET: ImportTally = { nextLine: 1, lines: 0, accepted: 0, refused: {} };

/** Where to begin: the line that was asked for, or where a killed import of this very file stopped. */
async function beginning(file: string, asked: string, fromLine: string | undefined): Promise<ImportTally> {
  if (fromLine === undefined) return (await readProgress(file, asked)) ?? NOTHING_YET;
  const nextLine = /^[1-9]\d{0,11}$/.test(fromLine) ? Number(fromLine) : 0;
  if (nextLine === 0) throw new CliError(2, '--from-line must be a whole number from 1');
  return { ...NOTHING_YET, nextLine };
}

/** The command. */
export const importCommand = defineCommand({
  meta: {
    name: 'import',
    description: 'Send a file of history: events, CSV or Parquet by a mapping, or the export of another tool',
  },
  args: {
    file: { type: 'positional', required: true, description: 'The file' },
    token: { type: 'string', description: 'A token with the scope import; it names the site' },
    format: { type: 'string', description: `${FORMAT_NAMES}; ndjson unless given, or by the mapping` },
    mapping: { type: 'string', description: 'A JSON file that says which column is which field, of a CSV or Parquet' },
    consent: {
      type: 'string',
      default: 'unasked',
      description: 'For rows that state none: unasked, refused, or purposes with commas',
    },
    source: {
      type: 'string',
      default: 'import',
      description: 'Where rows that say nothing come from: app, crm, social …, or a word of your own',
    },
    origin: { type: 'string', description: 'Scheme and host of the pages, where the file has paths alone' },
    currency: { type: 'string', description: 'Currency of amounts, where the file names none' },
    collector: { type: 'string', description: 'Where the edge listens; http://127.0.0.1 and PORT unless given' },
    'from-line': { type: 'string', description: 'Begin at this line; where absent, where a killed import stopped' },
    'dry-run': { type: 'boolean', description: 'Read and map the file, send nothing' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const { size } = await stat(args.file).catch(() => {
      throw new CliError(1, `${args.file} can not be read`);
    });
    const source = await sourceOf(args);
    const { rows, bytesRead } = readRows(args.file, source);
    const asFailure = (fault: unknown): never => {
      if (fault instanceof ImportFileError) throw new CliError(1, fault.message);
      if (fault instanceof CsvError) throw new CliError(1, `${args.file} is no sound CSV: ${fault.message}`);
      throw fault;
    };
    if (args['dry-run'] === true) {
      const tried = await tryRows(rows).catch(asFailure);
      const events = tried.shown.map((event) => `\n${JSON.stringify(event)}`).join('');
      print(args.json === true, tried, `${tried.lines} lines; the first events:${events}${said(tried.refused)}`);
      return;
    }
    const target = targetOf(args);
    const { format, mapping, origin, currency, consent, source: from } = args;
    const asked = JSON.stringify([
      format,
      source.kind === 'mapped' ? source.mapping : mapping,
      origin,
      currency,
      consent,
      from,
      target.url.href,
    ]);
    const before = await beginning(args.file, asked, args['from-line']);
    const stamp = await stampOf(args.file);
    const bar = startProgress(before.nextLine === 1 ? 'Importing' : `Importing from line ${before.nextLine}`);
    try {
      const report = await sendRows(
        rows,
        before,
        (first, lines) => postLines(target, first, lines),
        async (tally) => {
          await keepProgress(args.file, { ...stamp, asked, ...tally });
          bar.update(bytesRead(), size);
        },
      );
      await forgetProgress(args.file);
      bar.finish(`Imported ${report.lines} lines`);
      const { lines, accepted, refused } = report;
      print(
        args.json === true,
        { lines, accepted, refused },
        `${accepted} of ${lines} lines accepted.${said(refused)}`,
      );
    } catch (fault) {
      bar.fail('The import stopped: the same command goes on where it did, and stores nothing twice');
      asFailure(fault);
    }
  },
});
