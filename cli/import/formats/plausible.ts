// cli/import/formats/plausible.ts: Plausible's export: days of pages (imported_pages_….csv); and rows of events_v2 of one's own server.
import type { FormatOptions, ImportFormat, ImportRecord, WordedEvent } from './parts.ts';
import { addressOf, eventName, isoOf, numberOf, present, textOf, visitorId } from './parts.ts';

/** Views of one page and day that are made events at most. */
const VIEWS_MAX = 1_000_000;
const NOON = 'T12:00:00Z';

/** Plausible's export holds no events: each view of a page becomes one at noon of its day, of nobody. */
function viewsOf(row: ImportRecord, options: FormatOptions): WordedEvent[] {
  const [date, page] = [textOf(row['date']), textOf(row['page'])];
  const views = Math.min(Math.max(numberOf(row['pageviews']) ?? 0, 0), VIEWS_MAX);
  if (date === undefined || page === undefined) return [{ name: 'page_view' }];
  const host = textOf(row['hostname']);
  const url = addressOf(host, page, undefined, options);
  return Array.from({ length: views }, (_, nth) => ({
    id: `plausible ${date} ${nth} ${url}`.slice(0, 200),
    name: 'page_view',
    time: `${date}${NOON}`,
    url,
  }));
}

/** Days of pages. */
export const plausible: ImportFormat = { reader: 'csv', numbering: 'event', events: viewsOf };

/** Rows of the table `events_v2`, from a server of one's own. */
export const plausibleEvents: ImportFormat = {
  reader: 'csv',
  numbering: 'row',
  events: (row, options) => {
    const user = textOf(row['user_id']);
    const name = textOf(row['name']) ?? '';
    const path = textOf(row['pathname']) ?? '/';
    return [
      present({
        name: name === 'pageview' ? 'page_view' : eventName(name),
        time: isoOf(row['timestamp']),
        url: addressOf(textOf(row['hostname']), path, undefined, options),
        referrer: textOf(row['referrer']),
        first_party_id: user === undefined ? undefined : visitorId('plausible', user),
      }),
    ];
  },
};
