// bench/proof/markers.ts: marked values for every field, header and encoding a client can set (P1).
//
// Two kinds of places. What is dropped or made into a key whole (an order id, a query, a header) gets any text at all. What
// is kept scrubbed (a title, a path, a property) gets what docs/privacy.md promises to mask: e-mail and network addresses,
// numbers of seven digits and more, tokens. Names of people are not promised, so none is sent there.
import { createHash } from 'node:crypto';
import type { WireBatch, WireCommerce, WireEvent, WireItem } from '../../contract/index.ts';

/** A marked value, and how it is sent. */
export interface Marker {
  /** Where and how, for the report. */
  readonly name: string;
  /** The values that must be nowhere afterwards. */
  readonly values: readonly string[];
  readonly event?: Partial<WireEvent>;
  readonly batch?: Partial<WireBatch>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What follows /v1/collect. */
  readonly query?: string;
}

type Place = (text: string) => Pick<Marker, 'event' | 'batch' | 'headers' | 'query'>;

const SHOP = 'https://shop.example';
const inEvent =
  (make: (text: string) => Partial<WireEvent>): Place =>
  (text) => ({ event: make(text) });
const inCommerce = (make: (text: string) => WireCommerce): Place =>
  inEvent((text) => ({ n: 'purchase', m: { c: 'GBP', v: 1_999, ...make(text) } }));
const inItem = (make: (text: string) => Partial<WireItem>): Place =>
  inCommerce((text) => ({ l: [{ i: 'tea', ...make(text) }] }));
/** What no page of ours would send. */
const malformed = (fields: object): Partial<WireEvent> => fields;
const inHeader =
  (name: string): Place =>
  (text) => ({ headers: { [name]: text } });

/** Kept scrubbed: gets what looks like an identifier. */
const TEXTS: Readonly<Record<string, Place>> = {
  title: inEvent((h) => ({ h: `Order of ${h} placed` })),
  title_alone: inEvent((h) => ({ h })),
  path: inEvent((text) => ({ u: `${SHOP}/u/${text}/orders` })),
  path_in_name: inEvent((text) => ({ u: `${SHOP}/mail-${text}.html` })),
  utm_source: inEvent((text) => ({ u: `${SHOP}/?utm_source=${text}` })),
  utm_medium: inEvent((text) => ({ u: `${SHOP}/?utm_medium=a-${text}` })),
  utm_campaign: inEvent((text) => ({ u: `${SHOP}/?utm_campaign=${text}&utm_id=7` })),
  utm_term: inEvent((text) => ({ u: `${SHOP}/?utm_term=to+${text}+now` })),
  utm_content: inEvent((text) => ({ u: `${SHOP}/?utm_content=${text}` })),
  utm_id: inEvent((text) => ({ u: `${SHOP}/?utm_id=${text}` })),
  property: inEvent((text) => ({ n: 'custom', p: { note: `for ${text}.`, plan: 'gold' } })),
  property_alone: inEvent((text) => ({ n: 'custom', p: { value: text } })),
  coupon: inCommerce((k) => ({ k })),
  ga4_parameter: inEvent((text) => ({ n: 'search', p: { search_term: text, coupon: `C ${text}` } })),
};

/** Product texts lose e-mail addresses alone: they are full of numbers. */
const PRODUCTS: Readonly<Record<string, Place>> = {
  item_id: inItem((i) => ({ i })),
  item_name: inItem((text) => ({ n: `Mug for ${text}` })),
  item_category: inItem((c) => ({ c })),
  item_brand: inItem((b) => ({ b })),
  item_variant: inItem((v) => ({ v })),
};

/** Dropped, refused or made into a key: gets any text. */
const WHOLES: Readonly<Record<string, Place>> = {
  query: inEvent((text) => ({ u: `${SHOP}/search?q=${text}&gclid=${text}&fbclid=${text}` })),
  query_name: inEvent((text) => ({ u: `${SHOP}/?${text}=1` })),
  fragment: inEvent((text) => ({ u: `${SHOP}/#${text}` })),
  credentials: inEvent((text) => ({ u: `https://${text}:${text}@shop.example/` })),
  page_host: inEvent((text) => ({ u: `https://${text}.shop.example/` })),
  referrer_path: inEvent((text) => ({ r: `https://search.example/${text}?q=${text}#${text}` })),
  referrer_credentials: inEvent((text) => ({ r: `https://${text}:${text}@search.example/` })),
  referrer_scheme: inEvent((text) => ({ r: `android-app://${text}/` })),
  url_not_a_url: inEvent((u) => ({ u })),
  order_id: inCommerce((o) => ({ o })),
  ga4_transaction_id: inEvent((text) => ({ n: 'purchase', p: { transaction_id: text, value: 4, currency: 'EUR' } })),
  refunded_order: inEvent((text) => ({ n: 'refund', m: { o: text, c: 'GBP', v: 100 } })),
  property_email: inEvent((email) => ({ n: 'custom', p: { email } })),
  property_user_id: inEvent((text) => ({ n: 'custom', p: { user_id: text, customerName: text } })),
  property_nested: inEvent((text) => malformed({ p: { deep: { text } } })),
  event_name_malformed: inEvent((text) => ({ n: `Sign up ${text}` })),
  event_id_malformed: inEvent((i) => ({ i })),
  event_time_malformed: inEvent((text) => ({ t: text as never })),
  event_unknown_field: inEvent((text) => ({ zz: text }) as never),
  currency_malformed: inCommerce((text) => ({ c: text })),
  amount_malformed: inCommerce((text) => ({ v: text as never })),
  item_unknown_field: inItem((text) => ({ zz: text }) as never),
  item_price_malformed: inItem((text) => ({ p: text as never })),
  first_party_id: (text) => ({ batch: { i: text.padEnd(22, 'x'), c: ['g', 3, 1] } }),
  first_party_id_malformed: (text) => ({ batch: { i: `${text}!`, c: ['g', 3, 1] } }),
  site_unknown: (s) => ({ batch: { s: s.toLowerCase() } }),
  site_malformed: (text) => ({ batch: { s: `${text} ${text}` } }),
  batch_unknown_field: (text) => ({ batch: { zz: text } as never }),
  consent_malformed: (text) => ({ batch: { c: ['g', text, 1] as never } }),
  consent_words: (text) => ({ batch: { c: ['g', `measure ${text}`, 1] as never } }),
  request_query: (text) => ({ query: `?${text}=${text}` }),
  user_agent: (text) => ({
    headers: {
      'user-agent': `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/148.0 Safari/537.36 ${text}/1`,
    },
  }),
  user_agent_bot: (text) => ({ headers: { 'user-agent': `Googlebot/${text}` } }),
  origin: inHeader('origin'),
  referer: inHeader('referer'),
  cookie: inHeader('cookie'),
  authorization: (text) => ({ headers: { authorization: `Bearer ${text}` } }),
  content_type: inHeader('content-type'),
  forwarded_for_first: (text) => ({ headers: { 'x-forwarded-for': `${text}, 198.51.100.9` } }),
  forwarded_for_no_address: inHeader('x-forwarded-for'),
  ...Object.fromEntries(
    ['accept-language', 'sec-ch-ua', 'sec-gpc', 'dnt', 'from', 'via', 'forwarded', 'x-real-ip', 'true-client-ip',
      'cf-connecting-ip', 'x-request-id', 'traceparent', 'x-client-data', 'x-forwarded-host', 'if-none-match',
    ].map((name) => [`header_${name}`, inHeader(name)]),
  ), // biome-ignore format: a list reads better in rows
};

const hash =
  (name: string) =>
  (text: string): string =>
    createHash(name).update(text).digest('hex');
const encodeAll = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** Spellings of an e-mail address that a page may send. */
const EMAIL_SPELLINGS: Readonly<Record<string, (email: string) => string>> = {
  plain: (email) => email,
  upper: (email) => email.toUpperCase(),
  percent: encodeURIComponent,
  percent_twice: (email) => encodeURIComponent(encodeURIComponent(email)),
  percent_all: encodeAll,
  percent_after_stray: (email) => `50% off ${encodeURIComponent(email)}`,
  entity: (email) => email.replace('@', '&#64;'),
  entity_hex: (email) => email.replace('@', '&#x40;'),
  entity_named: (email) => email.replace('@', '&commat;'),
  entity_percent: (email) => encodeURIComponent(email.replace('@', '&#64;')),
  small_at: (email) => email.replace('@', '\ufe6b'),
  no_width: (email) => email.replace('@', '\u200b@'),
  wide_at: (email) => email.replace('@', '\uff20'),
  mailto: (email) => `mailto:${email}`,
  base64: (email) => Buffer.from(email).toString('base64'),
  base64url: (email) => Buffer.from(email).toString('base64url'),
  hex: (email) => Buffer.from(email).toString('hex'),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
};

const digits = (nth: number): string => String(7_700_000_000 + nth * 10_037);
const grouped = (nth: number, by: string): string => digits(nth).replace(/(\d{4})(\d{3})(\d{3})/, `$1${by}$2${by}$3`);

/** Identifiers other than e-mail addresses: as sent, and what must be gone. */
const IDENTIFIERS: Readonly<Record<string, (nth: number) => readonly [sent: string, ...gone: string[]]>> = {
  phone_plain: (nth) => [digits(nth), digits(nth)],
  phone_plus: (nth) => [`+44${digits(nth)}`, digits(nth)],
  phone_spaced: (nth) => [`+44 ${grouped(nth, ' ')}`, grouped(nth, ' '), digits(nth)],
  phone_dashed: (nth) => [grouped(nth, '-'), grouped(nth, '-'), digits(nth)],
  phone_dotted: (nth) => [grouped(nth, '.'), grouped(nth, '.'), digits(nth)],
  phone_wide: (nth) => {
    const wide = digits(nth).replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    return [wide, wide, digits(nth)];
  },
  phone_arabic: (nth) => {
    const arabic = digits(nth).replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    return [arabic, arabic, digits(nth)];
  },
  phone_percent: (nth) => [`%2B44%20${grouped(nth, '%20')}`, grouped(nth, ' '), digits(nth)],
  card: (nth) => [
    `4111 11${String(nth).padStart(2, '0').slice(-2)} ${digits(nth).slice(0, 8)}`,
    digits(nth).slice(0, 8),
  ],
  ipv4: (nth) => [`198.51.${100 + (nth % 100)}.${1 + (nth % 250)}`, `198.51.${100 + (nth % 100)}.${1 + (nth % 250)}`],
  ipv6: (nth) => [`2001:db8:${nth.toString(16)}:7f3a::1`, `${nth.toString(16)}:7f3a::1`],
  ipv6_whole: (nth) => [`2001:db8:0:${nth.toString(16)}:7f3a:0:0:1`, `${nth.toString(16)}:7f3a:0:0:1`],
  uuid: (nth) => uuidOf(nth),
  uuid_upper: (nth) => uuidOf(nth + 5_000).map((text) => text.toUpperCase()) as [string, string],
  jwt: (nth) => {
    const body = Buffer.from(`{"sub":"${nth}7f3a"}`).toString('base64url');
    return [`eyJhbGciOiJFZERTQSJ9.${body}.c2lnbmF0dXJl${nth}x`, body];
  },
  iban: (nth) => [`GB33BUKB2020${digits(nth)}`, digits(nth), `BUKB2020${digits(nth)}`],
  token: (nth) => [`tk_${hash('sha256')(`token ${nth}`).slice(0, 24)}`, hash('sha256')(`token ${nth}`).slice(0, 24)],
};

function uuidOf(nth: number): readonly [string, string] {
  const hex = hash('sha256')(`uuid ${nth}`);
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return [text, text];
}

const placed = (name: string, place: Place, sent: string, values: readonly string[]): Marker => ({
  name,
  values,
  ...place(sent),
});

/** Counts markers through, so that no two hold a value in common. */
type Numbers = () => number;

function emailMarkers(next: Numbers): Marker[] {
  return Object.entries({ ...TEXTS, ...PRODUCTS }).flatMap(([place, put]) =>
    Object.entries(EMAIL_SPELLINGS).flatMap(([spelling, spell]) => {
      // A product's text is promised to lose addresses, not encodings of them that look like article numbers.
      if (place in PRODUCTS && /^(?:base64|hex|md5|sha)/.test(spelling)) return [];
      const nth = next();
      const local = `mk${nth}q7f3a.person`;
      const email = `${local}@mail${nth}.example`;
      const sent = spell(email);
      return [placed(`${place}:email_${spelling}`, put, sent, [email, local, sent])];
    }),
  );
}

const identifierMarkers = (next: Numbers): Marker[] =>
  Object.entries(TEXTS).flatMap(([place, put]) =>
    Object.entries(IDENTIFIERS).map(([kind, make]) => {
      const [sent, ...gone] = make(next());
      return placed(`${place}:${kind}`, put, sent, gone);
    }),
  );

const wholeMarkers = (next: Numbers): Marker[] =>
  Object.entries(WHOLES).flatMap(([place, put]) =>
    ['mk', 'Marked-'].map((shape) => {
      const text = `${shape}${next()}q7f3aWhole`;
      return placed(`${place}:text`, put, text, [text]);
    }),
  );

/** Identifiers as names of events and properties, as far as a name may hold them. */
function nameMarkers(next: Numbers): Marker[] {
  return Object.entries(IDENTIFIERS).flatMap(([kind, make]) => {
    const [sent, ...gone] = make(next());
    const name = `view_${sent.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 40);
    const inName = gone.filter((text) => name.includes(text.toLowerCase()));
    const [other, ...otherGone] = make(next());
    const property = other.slice(0, 40);
    return [
      ...(inName.length === 0
        ? []
        : [
            placed(
              `event_name:${kind}`,
              inEvent((n) => ({ n })),
              name,
              inName,
            ),
          ]),
      placed(
        `property_name:${kind}`,
        inEvent((text) => ({ n: 'custom', p: { [text]: 1 } })),
        property,
        otherGone.filter((text) => property.includes(text)),
      ),
    ];
  });
}

const numberMarkers = (next: Numbers): Marker[] =>
  Array.from({ length: 5 }, () => {
    const reference = Number(digits(next()));
    return placed(
      'property_number',
      inEvent(() => ({ n: 'custom', p: { reference } })),
      '',
      [String(reference)],
    );
  });

/** Every marker. @param from numbers before it are taken: markers of another way in hold other values. */
export function allMarkers(from = 0): Marker[] {
  let nth = from;
  const next = (): number => {
    nth += 1;
    return nth;
  };
  return [emailMarkers, identifierMarkers, wholeMarkers, nameMarkers, numberMarkers].flatMap((make) => make(next));
}
