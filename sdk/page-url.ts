// sdk/page-url.ts: what of an address may leave the browser. The edge scrubs again; this is the first line.

/** An address without its fragment, by which a page tells places in itself apart. */
export const withoutFragment = (href: string): string => href.replace(/#.*/s, '');

/** An address without fragment and query; with `campaign`, the query's utm_ parameters stay. */
export const pageUrl = (href: string, campaign: boolean): string => {
  const [path = '', query = ''] = withoutFragment(href).split('?');
  const kept = campaign && query.match(/\butm_[^&]*/g);
  return kept ? `${path}?${kept.join('&')}` : path;
};
