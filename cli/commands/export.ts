// cli/commands/export.ts: `hushtag export`: a site's events as files, in a folder or an S3-compatible storage.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { DAY_MS } from '../../contract/index.ts';
import type { ExportManifest, S3Target } from '../../runtime/index.ts';
import { exportEvents, ExportFolderError, S3Error, sendToS3 } from '../../runtime/index.ts';
import type { ExportFormat } from '../../store/index.ts';
import { EXPORT_FORMATS } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { startProgress } from '../progress.ts';

/** The last instant a date can name. */
const END_OF_TIME = 8_640_000_000_000_000;

/** Midnight UTC of a day as typed. */
function readDay(text: string, option: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new CliError(2, `--${option} must be a day such as 2026-11-24`);
  return at;
}

const isFormat = (text: string): text is ExportFormat => EXPORT_FORMATS.some((one) => one === text);

/** Reads `s3://bucket/prefix` with the keys of the environment. */
function readTarget(out: string, endpoint: string | undefined, env: NodeJS.ProcessEnv): S3Target {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(out) ?? [];
  if (bucket === undefined) throw new CliError(2, '--out must be a folder or s3://bucket/prefix');
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey)
    throw new CliError(2, 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys that may write to the bucket');
  const region = env['AWS_REGION'] || 'us-east-1';
  const service = endpoint ?? env['AWS_ENDPOINT_URL_S3'] ?? `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(service)) throw new CliError(2, '--endpoint must be a URL');
  const url = new URL(service);
  if (url.protocol !== 'https:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new CliError(
      2,
      '--endpoint must be https:// unless it is on this machine: events would cross the network in clear',
    );
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    endpoint: url,
    region,
    bucket,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
  };
}

/** Exports to a folder of its own that is sent and removed. */
async function throughFolder(
  target: S3Target,
  write: (folder: string) => Promise<ExportManifest>,
): Promise<ExportManifest> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-export-'));
  try {
    const manifest = await write(join(folder, 'export'));
    const bar = startProgress(`Sending ${manifest.files.length} files to ${target.bucket}`);
    await sendToS3(join(folder, 'export'), manifest.files, target, (sent) =>
      bar.update(sent, manifest.files.length + 1),
    );
    bar.finish('Sent');
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The command. */
export const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Write the events of a site as Parquet, NDJSON or CSV, to a folder or S3' },
  args: {
    site: { type: 'string', required: true, description: 'The site' },
    format: { type: 'string', default: 'parquet', description: EXPORT_FORMATS.join(', ') },
    out: { type: 'string', required: true, description: 'A new folder, or s3://bucket/prefix' },
    from: { type: 'string', description: 'The first day (UTC), such as 2026-11-01' },
    to: { type: 'string', description: 'The last day (UTC), inclusive' },
    endpoint: { type: 'string', description: 'URL of an S3-compatible service; AWS where absent' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const { format } = args;
    if (!isFormat(format)) throw new CliError(2, `--format must be one of ${EXPORT_FORMATS.join(', ')}`);
    const from = args.from === undefined ? 0 : readDay(args.from, 'from');
    const to = args.to === undefined ? END_OF_TIME : readDay(args.to, 'to') + DAY_MS;
    if (from >= to) throw new CliError(2, '--to lies before --from');
    const target = args.out.startsWith('s3:') ? readTarget(args.out, args.endpoint, process.env) : undefined;
    const manifest = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const write = (folder: string): Promise<ExportManifest> =>
        exportEvents(db, site, { format, folder, from, to, madeAt: Date.now() });
      return target === undefined ? write(resolve(args.out)) : throughFolder(target, write);
    }).catch((fault: unknown) => {
      if (fault instanceof ExportFolderError || fault instanceof S3Error) throw new CliError(1, fault.message);
      throw fault;
    });
    const files = `${manifest.files.length} ${manifest.files.length === 1 ? 'file' : 'files'}`;
    print(
      args.json === true,
      { out: args.out, ...manifest },
      `Wrote ${manifest.events} events as ${files} to ${args.out}. What left is out of reach of erasures and retention: see docs/export.md.`,
    );
  },
});
