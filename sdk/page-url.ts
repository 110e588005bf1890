// sdk/page-url.ts: what of an address may leave the browser. The edge scrubs again; this is the first line.
import { isExempt, options } from './gate.ts';

/**
 * Where the visitor is, fragments apart. With `data-hash`, a fragment that is a route (`#/tea`) counts as the
 * path that it stands for.
 */
export const address = (): string =>
  // What is split always has a first part.
  (options.hash ? location.href.replace(/\/?(\?[^#]*)?#(\/.*)/, '$2$1') : location.href).split('#')[0] as string;

/** An address without its query, but for the utm_ parameters where the policy keeps them. */
export const pageUrl = (from: string): string | undefined => {
  const [path, query] = from.split('?');
  const campaign = !isExempt() && query?.match(/\butm_[^&]*/g);
  return campaign ? `${path}?${campaign.join('&')}` : path;
};
