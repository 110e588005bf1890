// cli/import/formats/umami.ts: rows of Umami's table website_event, as its export (CSV) has them.
import type { ImportFormat } from './parts.ts';
import { addressOf, eventName, isoOf, present, textOf, visitorId } from './parts.ts';

/** Umami's event_type of page views; 2 is an event of the site's own. */
const PAGE_VIEW = '1';

/** The format. */
export const umami: ImportFormat = {
  reader: 'csv',
  numbering: 'row',
  events: (row, options) => {
    const [event, session] = [textOf(row['event_id']), textOf(row['session_id'])];
    const own = textOf(row['event_name']);
    const isView = own === undefined || textOf(row['event_type']) === PAGE_VIEW;
    const host = textOf(row['referrer_domain']);
    const path = textOf(row['url_path']) ?? '/';
    return [
      present({
        id: event === undefined ? undefined : `umami ${event}`,
        name: isView ? 'page_view' : eventName(own),
        time: isoOf(row['created_at']),
        url: addressOf(textOf(row['hostname']), path, textOf(row['url_query']), options),
        referrer: host === undefined ? undefined : `https://${host}${textOf(row['referrer_path']) ?? '/'}`,
        title: textOf(row['page_title']),
        // Umami's session lasts a month; it is no login and no person.
        first_party_id: session === undefined ? undefined : visitorId('umami', session),
      }),
    ];
  },
};
