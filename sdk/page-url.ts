// sdk/page-url.ts: what of an address may leave the browser. The edge scrubs again; this is the first line.
import { isExempt, options } from './gate.ts';

/**
 * Where the visitor is, fragments apart. With `data-hash`, a fragment that is a route (`#/tea`) stays: the edge makes
 * of it the path that it stands for.
 */
export const address = (): string => location.href.split(options.hash ? /#(?!\/)/ : '#')[0] as string;

/** An address without its query, but for the utm_ parameters where the policy keeps them. */
export const pageUrl = (from: string): string =>
  from.replace(/\?[^#?]*/g, (query) => {
    const campaign = query.match(/\butm_[^&]*/g);
    return !campaign || isExempt ? '' : `?${campaign.join('&')}`;
  });
