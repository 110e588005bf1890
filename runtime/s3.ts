// runtime/s3.ts: sends a folder to an S3-compatible storage, each file checked by its SHA-256 on arrival.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import type { ExportedFile } from './export.ts';
import { EXPORT_MANIFEST } from './export.ts';

/** Where to, and as whom. */
export interface S3Target {
  /** Scheme and host of the service, such as `https://s3.eu-central-1.amazonaws.com`; the bucket follows in the path. */
  readonly endpoint: URL;
  readonly region: string;
  readonly bucket: string;
  /** Before each file's path; empty or ending in a slash. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Thrown where the storage does not take a file; the message says what it answered. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  /** Stable code for logs. */
  readonly code = 's3_refused';
}

/** Tries again after 5xx, 429 and lost connections, with growing pauses. */
const RETRIES = 5;
const FIRST_PAUSE_MS = 100;
const ANSWER_MS_MAX = 120_000;
const ANSWER_CHARS_SHOWN = 300;

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/**
 * Sends the files and then the manifest: who sees the manifest sees all of it. Sending again overwrites with the same.
 * @throws {S3Error} an answer that is no success.
 */
export async function sendToS3(
  folder: string,
  files: readonly ExportedFile[],
  target: S3Target,
  onProgress: (files: number) => void = () => undefined,
): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken, region } = target;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    retries: RETRIES,
    initRetryMs: FIRST_PAUSE_MS,
  });
  const paths = [...files.map(({ path }) => path), EXPORT_MANIFEST];
  const digests = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  for (const [sent, path] of paths.entries()) {
    const url = new URL(`${encoded(target.bucket)}/${encoded(target.prefix + path)}`, target.endpoint);
    const body = await readFile(join(folder, path));
    const digest = digests.get(path);
    const response = await client
      .fetch(url.href, {
        method: 'PUT',
        body,
        // Signed with the body, so that storage refuses bytes that changed on the way.
        ...(digest === undefined ? {} : { headers: { 'x-amz-content-sha256': digest } }),
        // A redirect would send data to a host that nobody named.
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      })
      .catch((fault: unknown) => {
        throw new S3Error(`${target.endpoint.host} did not answer: check --endpoint and the network.`, {
          cause: fault,
        });
      });
    const text = await response.text();
    if (!response.ok)
      throw new S3Error(
        `${target.endpoint.host} answered ${response.status} to ${path}: ${text.slice(0, ANSWER_CHARS_SHOWN)}`,
      );
    onProgress(sent + 1);
  }
}
