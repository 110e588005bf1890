// contract/listed-params.ts: the tag's own events say their parameters by place; here they get GA4's names.

/** What each event's list holds, by place. */
const NAMES: { readonly [event: string]: readonly string[] } = {
  user_engagement: ['engagement_time_msec', 'percent_scrolled'],
  click: ['link_url', 'outbound'],
  file_download: ['link_url', 'file_extension'],
  form_submit: ['form_id'],
};
const PER_CENT = 100;
/** What goes without saying: a click that the tag tells of led out of the site, and a file's address ends in its extension. */
const UNSAID: { readonly [name: string]: (list: readonly unknown[]) => unknown } = {
  outbound: () => true,
  file_extension: ([url]) => (typeof url === 'string' ? /\.(\w+)$/.exec(url)?.[1] : undefined),
};

/**
 * The parameters of a list under GA4's names. The depth of scrolling comes as a share of the page's height, and becomes
 * whole per cent.
 * @returns undefined for an event that has no list.
 */
export function namedParams(event: unknown, list: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const names = typeof event === 'string' && Object.hasOwn(NAMES, event) ? NAMES[event] : undefined;
  return (
    names &&
    Object.fromEntries(
      names.map((name, place) => {
        const value = list[place] ?? UNSAID[name]?.(list);
        const isShare = name === 'percent_scrolled' && typeof value === 'number';
        return [name, isShare ? Math.round(value * PER_CENT) : value];
      }),
    )
  );
}
