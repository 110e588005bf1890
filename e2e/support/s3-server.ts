// e2e/support/s3-server.ts: a storage that takes PUT and checks AWS Signature Version 4 by itself, written from its description
// (docs.aws.amazon.com, "Create a signed AWS API request"), so that two independent readings have to agree.
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A running storage. */
export interface S3Server {
  readonly endpoint: string;
  /** What it holds, by `bucket/key`. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Paths in the order they were taken. */
  readonly taken: readonly string[];
  /** Answers so many requests with 503 first. */
  readonly failNext: (times: number) => void;
  readonly close: () => void;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

function isSigned(request: IncomingMessage, body: Buffer, secret: string): boolean {
  const authorization = request.headers.authorization ?? '';
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const [day = '', region = '', service = ''] = scope.split('/');
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const digest = String(request.headers['x-amz-content-sha256']);
  if (digest !== 'UNSIGNED-PAYLOAD' && digest !== sha256(body)) return false;
  const canonical = [request.method, request.url, '', headers.join(''), names, digest].join('\n');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day));
  return hmac(key, text).toString('hex') === signature;
}

/** Starts it on a free port of this machine. */
export async function startS3(secret: string): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const taken: string[] = [];
  const state = { failures: 0 };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (state.failures > 0) {
        state.failures -= 1;
        response.writeHead(503).end();
      } else if (request.method !== 'PUT' || !isSigned(request, body, secret)) {
        response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
      } else {
        const path = decodeURIComponent((request.url ?? '').slice(1));
        objects.set(path, body);
        taken.push(path);
        response.writeHead(200).end();
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    taken,
    failNext: (times) => {
      state.failures = times;
    },
    close: () => {
      server.close();
    },
  };
}
