// bench/proof/ways-in.ts: the ways by which a client's values come in beside POST /v1/collect, each with markers of its own (P1).
import { gzipSync } from 'node:zlib';
import type { EpochMs, WireCommerce, WireEvent } from '../../contract/index.ts';
import { MINUTE_MS } from '../../contract/index.ts';
import { rotateLongSalt } from '../../edge/index.ts';
import { findSite } from '../../store/index.ts';
import type { Marker } from './markers.ts';
import type { Stage } from './pipeline.ts';
import { batchOf, collectHeaders, CONSENTS, eventOf, send, SITE, tokenFor } from './pipeline.ts';

const ORIGIN = 'https://shop.example';
const EVENTS_A_BATCH = 400;
/** The successor of a salt is used two minutes after it is made. */
const ROTATION_MS: number = 3 * MINUTE_MS;

/** Gives each marker its number, so that none holds a value of another. */
export type Numbers = () => number;

/** Commerce of the wire as the parameters of GA4 say it. */
const paramsOf = ({ c, v, x, h, k, o, l }: WireCommerce): object => ({
  currency: c,
  value: v,
  tax: x,
  shipping: h,
  coupon: k,
  transaction_id: o,
  items: l?.map(({ i, n, c: category, b, v: variant, p, q, ...rest }) => ({
    ...rest,
    item_id: i,
    item_name: n,
    item_category: category,
    item_brand: b,
    item_variant: variant,
    price: p,
    quantity: q,
  })),
});

/** What these say whole has no word: a text where an amount belongs is a property like others here, kept where it is no identifier. */
const UNWORDED = /^amount_malformed:/;

/** A marker's event in words, as a back end says it: whatever it holds that has no word goes along. */
function inWords(marker: Marker, nth: number): object[] {
  if (UNWORDED.test(marker.name)) return [];
  const { i, n, t, u, r, h, p, m, ...rest } = eventOf(marker.event ?? {});
  const { i: id, x: string, c: consent } = marker.batch ?? {};
  return CONSENTS.map(([state], choice) => ({
    ...rest,
    // A UUID is never the sender's own id.
    id: choice === 0 ? i : eventOf({}).i,
    name: n,
    time: t,
    url: u,
    referrer: r,
    title: h,
    params: { ...p, ...(m === undefined ? {} : paramsOf(m)) },
    first_party_id: id ?? `server-visitor-of-the-proof-${nth}`,
    address: marker.headers?.['x-forwarded-for'] ?? `10.1.${(nth >> 8) & 255}.${nth & 255}`,
    user_agent: marker.headers?.['user-agent'],
    consent:
      consent === undefined
        ? { state: state === 'g' ? 'granted' : state === 'r' ? 'refused' : 'unasked', ...(state === 'g' ? ALL : {}) }
        : { state: consent, string },
  }));
}
const ALL = { purposes: ['measure', 'profile', 'personalise', 'share'] };

/** Markers as a back end sends them, in batches: POST /v1/events. */
export async function sendAsEvents(stage: Stage, markers: readonly Marker[]): Promise<void> {
  const authorization = `Bearer ${await tokenFor(stage, ['ingest'])}`;
  const events = markers.flatMap(inWords);
  for (let from = 0; from < events.length; from += EVENTS_A_BATCH) {
    const body = JSON.stringify({ source: 'shop', events: events.slice(from, from + EVENTS_A_BATCH) });
    await send(stage, '/v1/events', { authorization, 'content-type': 'application/json' }, body);
  }
  // What is refused whole is not repeated either.
  for (const { name, values } of markers.slice(0, 20)) {
    const text = values[0] ?? name;
    await send(stage, `/v1/events?${text}=${text}`, { authorization }, `{"events": "${text}"`);
    await send(stage, '/v1/events', { authorization, 'x-request-id': text }, JSON.stringify({ events: [], [text]: 1 }));
  }
}

/** Markers as history: POST /v1/import, packed, with lines that are no JSON among them. */
export async function sendAsImport(stage: Stage, markers: readonly Marker[]): Promise<void> {
  const authorization = `Bearer ${await tokenFor(stage, ['import'])}`;
  const lines = markers.flatMap((marker, nth) => [
    ...inWords(marker, nth).map((event) => JSON.stringify(event)),
    ...(nth % 10 === 0 ? [`no JSON: ${marker.values[0] ?? ''}`, JSON.stringify([marker.values[0]])] : []),
  ]);
  const headers = { authorization, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
  await send(stage, '/v1/import?source=crm', headers, gzipSync(lines.join('\n')));
  await send(stage, `/v1/import?source=${encodeURIComponent(markers[0]?.values[0] ?? '')}`, { authorization }, '{}');
}

/** Markers of what a page's address says of it: GET /v1/pixel.gif. */
export async function sendAsPixels(stage: Stage, markers: readonly Marker[]): Promise<void> {
  for (const [nth, { event = {}, headers = {} }] of markers.entries()) {
    const { u = `${ORIGIN}/`, r, h } = event;
    const query = new URLSearchParams({ s: SITE, u, ...(r === undefined ? {} : { r }), ...(h ? { t: h } : {}) });
    const given = { ...collectHeaders(nth), referer: `${ORIGIN}/from`, ...headers };
    await send(stage, `/v1/pixel.gif?${query.toString()}`, given);
  }
}

/** Logins, sound and not, for every way that takes events. */
export function loginMarkers(next: Numbers): Marker[] {
  const markers: Marker[] = [];
  const login = (kind: string, sent: string, ...values: string[]): void => {
    markers.push({ name: `identify:${kind}`, values, event: { n: 'identify', p: { [kind]: sent } } });
  };
  for (let round = 0; round < 8; round++) {
    const nth = next();
    const mail = `login.mark${nth}q7f3a@mail.example`;
    login('email', mail, mail);
    login('email', ` ${mail.toUpperCase().replace('MARK', 'MARKED')} `, `login.marked${nth}q7f3a@mail.example`);
    login('email', `login mark ${nth} q7f3a`, `login mark ${nth} q7f3a`);
    login('user_id', `user-mark-${nth}-q7f3a`, `user-mark-${nth}-q7f3a`);
    login('user_id', `x`.repeat(250) + `user-long-${nth}-q7f3a`, `user-long-${nth}-q7f3a`);
    login('phone', `+44 7700 9${String(10_000 + nth)}`, `7700 9${String(10_000 + nth)}`, `4477009${10_000 + nth}`);
    login('phone', `phone ${nth}q7f3aNone`, `phone ${nth}q7f3aNone`);
    login('other_id', `other.mark${nth}q7f3a@mail.example`, `other.mark${nth}q7f3a@mail.example`);
  }
  return markers;
}

/** The strings of consent platforms, ids beside a refusal, questions of a browser. @returns the markers. */
export async function sendChoices(stage: Stage, next: Numbers): Promise<Marker[]> {
  const markers: Marker[] = [];
  const tell = async (name: string, text: string, batch: object): Promise<void> => {
    markers.push({ name: `choice:${name}`, values: [text] });
    const event = eventOf({ h: 'Choice' });
    const message = { ...batchOf(['g', 15, 2], 1, [event]), ...batch };
    await send(stage, '/v1/collect', collectHeaders(1), JSON.stringify(message));
  };
  for (let round = 0; round < 4; round++) {
    const id = `ChoiceMark${next()}q7f3aOfFirstParty`;
    const [first, second] = [`CQmark${next()}q7f3aTcString.YAAAAAAAAAAA`, `DBABmark${next()}q7f3aGpp~1YNN`];
    await tell('tc_string', first, { i: id, x: first });
    await tell('gpp_string', second, { i: id, c: ['g', 3, 3], x: second });
    await tell('withdrawn', id, { i: id, c: ['r', 0, 2, Date.now()], x: first });
    const own = `OwnMark${next()}q7f3aOfSegments`;
    markers.push({ name: 'choice:own_segments', values: [own] });
    await send(stage, `/v1/me/segments?site=${SITE}&q=${own}`, { 'hushtag-visitor': own, origin: ORIGIN });
    await send(stage, `/v1/me/segments?site=${own}`, {
      'hushtag-visitor': `${own}!`,
      origin: `https://${own}.example`,
    });
    await send(stage, `/v1/consent/status?${own}`, { 'sec-gpc': own, cookie: own });
    for (const kind of ['access', 'objection', 'erasure']) {
      const asked = `SelfMark${next()}q7f3aOfFirstParty`;
      const body = JSON.stringify({ site: SITE, kind, first_party_id: asked, [asked]: asked });
      const sound = JSON.stringify({ site: SITE, kind, first_party_id: asked });
      markers.push({ name: `choice:self_${kind}`, values: [asked, `key-${asked}`] });
      const headers = { origin: ORIGIN, 'x-forwarded-for': `10.2.${round}.9`, 'idempotency-key': `key-${asked}` };
      await send(stage, '/v1/privacy/requests', headers, body);
      await send(stage, '/v1/privacy/requests', headers, sound);
    }
  }
  return markers;
}

/** Paths, queries and headers of routes that are not there or not open, which logs like to repeat. @returns the markers. */
export async function sendProbes(stage: Stage, next: Numbers): Promise<Marker[]> {
  const markers: Marker[] = [];
  const paths: readonly ((text: string) => string)[] = [
    (text) => `/${text}`,
    (text) => `/v1/sites/${text}/segments`,
    (text) => `/v1/sites/shop/segments/${text}`,
    (text) => `/v1/sites/shop/segments/${text}/members`,
    (text) => `/v1/sites/shop/dead-letters?reason=${text}`,
    (text) => `/v1/sites/shop/privacy/requests/${text}`,
    (text) => `/v1/sites/shop/funnels?steps=${text}`,
    (text) => `/v1/sites/shop/recommendations?item=${text}`,
    (text) => `/console/${text}?q=${text}`,
    (text) => `/v1/collect/${text}`,
  ];
  const token = await tokenFor(stage, ['segments:read', 'members:export', 'dead-letters:read', 'privacy:read']);
  for (const path of paths) {
    const text = `probe${next()}q7f3aPath`;
    markers.push({ name: `probe:${path('…')}`, values: [text] });
    for (const authorization of [`Bearer ${token}`, `Bearer ${text}`, text]) {
      await send(stage, path(text), { authorization, cookie: `session=${text}`, 'if-none-match': `"${text}"` });
    }
    await send(stage, path(text), { 'content-type': text, origin: `https://${text}.example` }, `{"${text}": `);
  }
  return markers;
}

/** Orders that are met on both sides of a rotation of their salt. @returns the markers, and how many second names came of it. */
export async function sendOrdersThroughRotation(
  stage: Stage,
  next: Numbers,
): Promise<{ readonly markers: readonly Marker[]; readonly aliases: number }> {
  const orders = Array.from({ length: 12 }, () => `order-mark-${next()}-q7f3a`);
  const visitor = 'RotationVisitorOfTheProofStage';
  const tell = async (name: 'purchase' | 'refund', order: string): Promise<void> => {
    const event: Partial<WireEvent> = { n: name, m: { c: 'GBP', v: 900, o: order, l: [{ i: 'tea' }] } };
    const batch = { ...batchOf(['g', 15, 1], 2, [eventOf(event)]), i: visitor };
    await send(stage, '/v1/collect', collectHeaders(2), JSON.stringify(batch));
  };
  for (const order of orders.slice(0, 8)) await tell('purchase', order);
  const { db, keys } = stage.server;
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
  await rotateLongSalt({ db, keys, randomBytes }, site.row, (Date.now() + stage.clock.ahead) as EpochMs);
  stage.clock.ahead += ROTATION_MS;
  for (const order of orders) await tell('refund', order);
  const { rows } = await db.client.execute('SELECT count(*) FROM order_aliases');
  return {
    markers: orders.map((order) => ({ name: 'order:alias', values: [order] })),
    aliases: Number(rows[0]?.[0] ?? 0),
  };
}
