// bench/delivery/site.ts: one origin that serves every tracker's page and takes every tracker's events.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tracker } from './trackers.ts';

/** What became of one visit's events at the collector. */
export interface Received {
  /** How often each event was counted, by key. Ours counts an id once, as the edge does (D1); the others know no ids. */
  readonly counted: Map<string, number>;
  /** How often each event came over the wire. */
  readonly arrived: Map<string, number>;
}

/** The site under test. A page belongs to the visit that its cookie names. */
export interface Site {
  readonly origin: string;
  readonly admit: (visit: string, tracker: Tracker) => Received;
  /** From now on, or no longer, events of a visit are answered with 503. */
  readonly fail: (visit: string, isFailing: boolean) => void;
  readonly close: () => Promise<void>;
}
interface Visit extends Received {
  readonly tracker: Tracker;
  readonly ids: Set<string>;
  isFailing: boolean;
}

const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** Counts the events of a message that was answered. */
function count(visit: Visit, body: string): void {
  // Our events carry an id before their key; the others have the key alone.
  for (const [, id, key = ''] of body.matchAll(/(?:"i":"([\w-]+)"(?:(?!"i":).)*?)?"key":"([\w.-]+)"/g)) {
    add(visit.arrived, key);
    if (id !== undefined && visit.ids.has(id)) continue;
    if (id !== undefined) visit.ids.add(id);
    add(visit.counted, key);
  }
}

/** Starts the site on a free port of the loopback. */
export async function startSite(): Promise<Site> {
  const visits = new Map<string, Visit>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const visit = visits.get(/visit=([\w.-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    if (request.method === 'POST') {
      const body = await bodyOf(request);
      if (visit && !visit.isFailing) count(visit, body);
      response.writeHead(visit?.isFailing ? 503 : 202).end();
    } else if (request.url === '/tracker.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(visit?.tracker.script);
    } else {
      const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">`;
      response.writeHead(200, { 'content-type': 'text/html' }).end(`${page}${visit?.tracker.head ?? ''}<h1>Shop</h1>`);
    }
  };
  // A request whose browser is gone ends in the middle: nothing of it counts.
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    admit: (name, tracker) => {
      const visit: Visit = { tracker, counted: new Map(), arrived: new Map(), ids: new Set(), isFailing: false };
      visits.set(name, visit);
      return visit;
    },
    fail: (name, isFailing) => {
      const visit = visits.get(name);
      if (visit) visit.isFailing = isFailing;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
