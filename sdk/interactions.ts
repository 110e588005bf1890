// sdk/interactions.ts: tracks links that leave the site, downloads and sent forms, in GA4's names; never what was typed.
import { safely } from './safely.ts';
import { track } from './track.ts';

/** A file: what has an extension that is not a page's. */
const FILE = /\.(?!html?$|php$|aspx?$|jsp$)[a-z]\w{1,3}$/i;

/**
 * Tracks `file_download` and `click` (links to another host) with the address but for its query, and `form_submit` with
 * the form's id. It only listens: no navigation waits for it.
 */
export const watchInteractions = (): void => {
  const on = (type: string, act: (target: Element) => void): void =>
    addEventListener(
      type,
      safely(({ target }) => act(target as Element)),
      true,
    );
  const followed = (target: Element): void => {
    // Where there is no link, this throws.
    const { host, origin, pathname } = target.closest('a[href]') as HTMLAnchorElement;
    if (!host) return; // None to a page: `mailto:` has no host.
    const link_url = origin + pathname;
    if (FILE.test(link_url)) track('file_download', [link_url]);
    else if (host !== location.host) track('click', [link_url]);
  };
  on('click', followed);
  on('auxclick', followed);
  // By attribute: a field that is called `id` hides the form's own.
  on('submit', (form) => track('form_submit', [form.getAttribute('id')]));
};
