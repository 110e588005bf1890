// console/app/route.ts: which page an address names, and the address of a page. Filters are in the query, so that it can be shared.

/** Pages of a site, by their place in the address. */
export const PAGES = [
  'overview', 'live', 'ledger',
  'segments', 'rules', 'clusters', 'retention', 'journeys', 'items', 'trends', 'funnel',
  'privacy', 'requests', 'policy', 'audit', 'documents',
  'setup', 'files', 'letters', 'people', 'tokens', 'sites', 'jobs', 'health',
] as const; // biome-ignore format: a group a row
/** One of them. */
export type PageName = (typeof PAGES)[number];

/** What an address names. */
export interface Route {
  readonly site: string | undefined;
  readonly page: PageName | undefined;
  /** What of the page: a segment's id, a request's. */
  readonly item: string | undefined;
  readonly query: URLSearchParams;
}

const BASE = '/console/';
const EMPTY = new URLSearchParams();

const isPage = (text: string | undefined): text is PageName => PAGES.some((page) => page === text);

/** Reads an address of ours. */
export function readRoute(path: string, search: string): Route {
  const parts = path
    .slice(BASE.length)
    .split('/')
    .filter((one) => one !== '')
    .map(decodeURIComponent);
  const [site, page, item] = parts;
  return { site, page: isPage(page) ? page : undefined, item, query: new URLSearchParams(search) };
}

/** The address of a page of a site, of one thing in it where `item` names one. */
export function pathOf(site: string, page: PageName, item?: string, query: URLSearchParams = EMPTY): string {
  const path = [site, page, ...(item === undefined ? [] : [item])].map(encodeURIComponent).join('/');
  const text = query.toString();
  return `${BASE}${path}${text === '' ? '' : `?${text}`}`;
}

/** The query with some names set; undefined or '' takes one out. */
export function withQuery(
  query: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  next.sort();
  return next;
}
