// runtime/s3.ts: sends a folder to an S3-compatible storage, each file checked by its SHA-256 on arrival.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsV4Signer } from 'aws4fetch';
import type { FetchOut } from '../edge/index.ts';
import type { ExportedFile } from './export.ts';
import { EXPORT_MANIFEST } from './export.ts';
import { createFetchOut } from './outbound.node.ts';

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

/** Sends one file, again after 5xx, 429 and lost connections. @returns the last answer. */
async function put(
  fetchOut: FetchOut,
  url: string,
  file: { readonly body: Buffer<ArrayBuffer>; readonly sha256: string | undefined },
  { accessKeyId, secretAccessKey, sessionToken, region, endpoint }: S3Target,
): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const signed = await new AwsV4Signer({
      method: 'PUT',
      url,
      body: file.body,
      // Signed with the body, so that storage refuses bytes that changed on the way.
      ...(file.sha256 === undefined ? {} : { headers: { 'x-amz-content-sha256': file.sha256 } }),
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: 's3',
      region,
    }).sign();
    const headers = Object.fromEntries(signed.headers.entries());
    const sent = fetchOut(url, { method: 'PUT', headers, body: file.body, msMax: ANSWER_MS_MAX });
    const answer = await sent.catch((fault: unknown) => {
      if (attempt < RETRIES) return undefined;
      throw new S3Error(`${endpoint.host} did not answer: check --endpoint and the network.`, { cause: fault });
    });
    const isFinal = answer !== undefined && answer.status < 500 && answer.status !== 429;
    if (answer !== undefined && (isFinal || attempt === RETRIES)) return answer;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * FIRST_PAUSE_MS * 2 ** attempt));
  }
}

/**
 * Sends the files and then the manifest: who sees the manifest sees all of it. Sending again overwrites with the same.
 * The endpoint is what an operator types, so it may lie in their own network; a redirect from there is not followed.
 * @throws {S3Error} an answer that is no success.
 */
export async function sendToS3(
  folder: string,
  files: readonly ExportedFile[],
  target: S3Target,
  onProgress: (files: number) => void = () => undefined,
): Promise<void> {
  const fetchOut = createFetchOut({ innerOrigins: new Set([target.endpoint.origin]) });
  const paths = [...files.map(({ path }) => path), EXPORT_MANIFEST];
  const digests = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  for (const [sent, path] of paths.entries()) {
    const url = new URL(`${encoded(target.bucket)}/${encoded(target.prefix + path)}`, target.endpoint);
    const body = await readFile(join(folder, path));
    const response = await put(fetchOut, url.href, { body, sha256: digests.get(path) }, target);
    const text = await response.text();
    if (!response.ok)
      throw new S3Error(
        `${target.endpoint.host} answered ${response.status} to ${path}: ${text.slice(0, ANSWER_CHARS_SHOWN)}`,
      );
    onProgress(sent + 1);
  }
}
