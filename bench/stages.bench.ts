// bench/stages.bench.ts: `npm run bench -- stages`: what the collector's stages cost a page view, without HTTP, and what writing it costs.
//
// Messages that are done earlier leave stages out, so the difference of two is what those cost: one of a bot has no row, one of a
// visitor who refused a row without a key. The kinds take turns in one process, so that the machine's mood is the same for all.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs } from '../contract/index.ts';
import { eventIdFrom } from '../contract/index.ts';
import type { Asked } from '../edge/index.ts';
import { createCollect, createKeyring } from '../edge/index.ts';
import { configuredKeys, createRandomPool, nodeHmac, openData } from '../runtime/index.ts';
import type { WriteJob } from '../store/index.ts';
import { findSite, insertSaltStatement } from '../store/index.ts';
import { openLocalWriter } from '../store/local-writer.ts';
import { addBenchShop, BENCH_SHOP, benchConfig } from './servers/bench-shop.ts';
import { median, printFigure, printMachine, spreadOf } from './figures.ts';

const BENCH = 'stages';
const MESSAGES = 2_048;
/** As many as are under way at 64 connections, half of them in a commit. */
const AT_ONCE = 32;
const WARM_ROUNDS = 12;
const ROUNDS = 24;

const folder = await mkdtemp(join(tmpdir(), 'hushtag-stages-'));
const config = benchConfig(folder, 1_000_000);
const now = (): EpochMs => Date.now() as EpochMs;
const db = await openData(config);
const site = BENCH_SHOP;
await addBenchShop(db);
const found = findSite(db, site);

const port = {
  now,
  randomBytes: createRandomPool(),
  hmacOf: nodeHmac,
  limits: config.limits,
  dataCentres: undefined,
  db,
  keys: await configuredKeys(config),
  keepSalt: async (salt: Parameters<typeof insertSaltStatement>[0]) => {
    await db.client.execute(insertSaltStatement(salt));
  },
  transact: async () => undefined,
  log: () => undefined,
};
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';
const FIRST_PARTY_ID = '0123456789abcdefghijklm';
const KINDS: Readonly<Record<string, { readonly agent?: string; readonly consent: unknown; readonly id?: string }>> = {
  bot: { agent: 'Googlebot/2.1', consent: ['u', 0, 0] },
  count: { consent: ['r', 0, 1] },
  day: { consent: ['u', 0, 0] },
  link: { consent: ['g', 3, 1], id: FIRST_PARTY_ID },
};

let made = 0;
function message(kind: string): Asked {
  made += 1;
  const { agent = AGENT, consent, id } = KINDS[kind] ?? { consent: [] };
  const product = made % 500;
  const event = {
    i: eventIdFrom(now(), randomBytes(10)),
    n: 'page_view',
    t: now(),
    u: `https://shop.example/products/${product}?utm_source=news`,
    r: 'https://search.example/',
    h: `Product ${product}`,
  };
  const value = new TextEncoder().encode(JSON.stringify({ v: 1, s: site, t: now(), c: consent, i: id, e: [event] }));
  const address = `10.${(made >> 16) & 255}.${(made >> 8) & 255}.${made & 255}`;
  const headers: Readonly<Record<string, string>> = { origin: 'https://shop.example', 'user-agent': agent };
  return {
    header: (name) => headers[name],
    address: () => address,
    place: () => undefined,
    body: () => Promise.resolve({ ok: true, value }),
  };
}

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const taken = new Map<string, number[]>();
const note = (name: string, us: number, round: number): void => {
  if (round < WARM_ROUNDS) return;
  const held = taken.get(name);
  if (held === undefined) taken.set(name, [us]);
  else held.push(us);
};

let jobs: WriteJob[] = [];
const collect = createCollect({
  port: {
    ...port,
    keepApart: undefined,
    write: (job) => {
      jobs.push(job);
      return Promise.resolve(undefined);
    },
  },
  tokenKeys: () => Promise.reject(new Error('no message has a token')),
  siteOf: () => found,
  saltHmac: createKeyring(port),
});

async function passStages(kind: string): Promise<number> {
  const messages = Array.from({ length: MESSAGES }, () => message(kind));
  jobs = [];
  const began = cpuUs();
  for (let from = 0; from < MESSAGES; from += AT_ONCE) {
    const answers = await Promise.all(messages.slice(from, from + AT_ONCE).map((asked) => collect(asked)));
    if (answers.some(({ status }) => status !== 202)) throw new Error(`${kind}: not every message was taken`);
  }
  return (cpuUs() - began) / MESSAGES;
}

const writer = openLocalWriter({
  ground: join(config.dataDir, 'ground.db'),
  derived: join(config.dataDir, 'derived.db'),
});
/** Hands the jobs of the last kind over as the writer thread is given them, and writes them. */
function write(size: number, round: number): void {
  const groups = Array.from({ length: Math.ceil(jobs.length / size) }, (_, nth) =>
    jobs.slice(nth * size, (nth + 1) * size),
  );
  const began = cpuUs();
  const texts = groups.map((group) => JSON.stringify(group));
  const written = cpuUs();
  const read = texts.map((text) => JSON.parse(text) as WriteJob[]);
  const parsed = cpuUs();
  for (const group of read) writer.accept(group);
  const done = cpuUs();
  note('hand_over', (written - began) / jobs.length, round);
  note('take_over', (parsed - written) / jobs.length, round);
  note(`write_${size}_a_commit`, (done - parsed) / jobs.length, round);
}

printMachine(BENCH);
for (let round = 0; round < WARM_ROUNDS + ROUNDS; round += 1) {
  for (const kind of Object.keys(KINDS)) note(`stages_${kind}`, await passStages(kind), round);
  await passStages('day');
  write(round % 2 === 0 ? AT_ONCE : 300, round);
}
writer.close();
db.client.close();
await rm(folder, { recursive: true });
for (const [figure, values] of taken) {
  printFigure({ bench: BENCH, figure, value: median(values), unit: 'us CPU/event', spread: spreadOf(values) });
}
