// cli/commands/import.ts: `hushtag import`: sends a file of history, NDJSON or CSV by a mapping, to a collector.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { defineCommand } from 'citty';
import { parse } from 'csv-parse';
import * as v from 'valibot';
import { serverEventSchema } from '../../edge/index.ts';
import { CliError, print, requireConfig } from '../context.ts';
import type { CsvMapping } from '../import/mapping.ts';
import { mappingSchema, mapRow } from '../import/mapping.ts';
import type { ImportAnswer } from '../import/post-lines.ts';
import { postLines } from '../import/post-lines.ts';
import { startProgress } from '../progress.ts';

/** Lines of one request: what is sent again at most where the collector goes away. */
const PIECE_LINES = 1_000;
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

interface Row {
  readonly line: number;
  readonly text: string;
}

/** Rows of a file as lines of an import; a CSV's first row, its columns, is line 1. */
async function* rowsOf(input: NodeJS.ReadableStream, mapping: CsvMapping | undefined): AsyncGenerator<Row> {
  if (mapping === undefined) {
    let line = 0;
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      yield { line, text };
    }
    return;
  }
  let line = 1;
  const records = input.pipe(parse({ columns: true, bom: true, relax_column_count: true, skip_empty_lines: true }));
  for await (const record of records as AsyncIterable<Record<string, string>>) {
    line += 1;
    yield { line, text: JSON.stringify(mapRow(record, mapping)) };
  }
}

/** Says of each row whether it is an event in shape, and sends nothing. */
async function tryRows(rows: AsyncIterable<Row>) {
  const wrong = new Map<string, number>();
  const shown: unknown[] = [];
  let lines = 0;
  for await (const { text } of rows) {
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

/** Sends rows piece by piece: the next one is read when the last is kept. */
async function sendRows(
  rows: AsyncIterable<Row>,
  fromLine: number,
  post: (first: number, lines: readonly string[]) => Promise<ImportAnswer>,
) {
  let piece: Row[] = [];
  let [lines, accepted] = [0, 0];
  const refused: Record<string, number> = {};
  const flush = async (): Promise<void> => {
    const [first] = piece;
    if (first === undefined) return;
    const answer = await post(
      first.line,
      piece.map(({ text }) => text),
    );
    lines += piece.length;
    accepted += answer.accepted;
    for (const [why, count] of Object.entries(answer.refused)) refused[why] = (refused[why] ?? 0) + count;
    piece = [];
  };
  for await (const row of rows) {
    if (row.line < fromLine) continue;
    piece.push(row);
    if (piece.length >= PIECE_LINES) await flush();
  }
  await flush();
  return { lines, accepted, refused };
}

const said = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .map(([why, count]) => `\n  ${count} refused: ${why}`)
    .join('');

/** The command. */
export const importCommand = defineCommand({
  meta: { name: 'import', description: 'Send a file of history: NDJSON, or CSV by a mapping' },
  args: {
    file: { type: 'positional', required: true, description: 'The file' },
    token: { type: 'string', description: 'A token with the scope import; it names the site' },
    mapping: { type: 'string', description: 'A JSON file that says which column is which field: the file is CSV then' },
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
    collector: { type: 'string', description: 'Where the edge listens; http://127.0.0.1 and PORT unless given' },
    'from-line': { type: 'string', default: '1', description: 'Go on from this line' },
    'dry-run': { type: 'boolean', description: 'Read and map the file, send nothing' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const size = await stat(args.file).then(
      (found) => found.size,
      () => {
        throw new CliError(1, `${args.file} can not be read`);
      },
    );
    const mapping = args.mapping === undefined ? undefined : await readMapping(args.mapping);
    const input = createReadStream(args.file);
    const rows = rowsOf(input, mapping);
    if (args['dry-run'] === true) {
      const tried = await tryRows(rows);
      const events = tried.shown.map((event) => `\n${JSON.stringify(event)}`).join('');
      print(args.json === true, tried, `${tried.lines} lines; the first events:${events}${said(tried.refused)}`);
      return;
    }
    if (args.token === undefined)
      throw new CliError(2, '--token is needed: `hushtag token --site SITE --scope import`');
    const collector = args.collector ?? `http://127.0.0.1:${requireConfig().port}`;
    if (!URL.canParse(collector)) throw new CliError(2, '--collector must be a URL');
    const fromLine = /^[1-9]\d{0,11}$/.test(args['from-line']) ? Number(args['from-line']) : 0;
    if (fromLine === 0) throw new CliError(2, '--from-line must be a whole number from 1');
    const target = { url: new URL(collector), token: args.token, consent: args.consent, source: args.source };
    const bar = startProgress('Importing');
    try {
      const report = await sendRows(rows, fromLine, async (first, lines) => {
        const answer = await postLines(target, first, lines);
        bar.update(input.bytesRead, size);
        return answer;
      });
      bar.finish(`Imported ${report.lines} lines`);
      print(args.json === true, report, `${report.accepted} of ${report.lines} lines accepted.${said(report.refused)}`);
    } catch (fault) {
      bar.fail('The import stopped; importing again stores nothing twice');
      throw fault;
    }
  },
});
