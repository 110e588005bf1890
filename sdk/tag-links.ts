// sdk/tag-links.ts: entry of dist/tag.links.js: one visitor on several hosts of one site.
import { callTag } from './chunk.ts';
import { ID_AGE_MS_MAX } from './first-party-id.ts';
import { MARK_KEY } from './mark.ts';
import { safely } from './safely.ts';

/** How long an id in an address is taken, ms: from the click to the script of the next page. */
const LINK_MS_MAX = 60_000;

/** How often the tag is asked whether the visitor agreed, and how many times: ten minutes in all. */
const ASK_MS = 200;
const ASKS_MAX = 3_000;

/** In the fragment, which browsers send to no server and in no referrer. */
const PARAMETER = /[#&]hushtag=((\d{13})(?:-\d{1,10}){4})\.(\d{13})$/;

/**
 * Where this host has an id as well, takes the older of the two, once there is consent: so all hosts come to one. Before
 * that there is nothing to ask the tag for, and nothing is written. The tag reads its id anew for each message.
 */
const adopt = (id: string, asksLeft = ASKS_MAX): void => {
  const own = callTag('id');
  if (typeof own === 'string') {
    if (id < own) localStorage.setItem(MARK_KEY, id);
  } else if (asksLeft)
    setTimeout(
      safely(() => adopt(id, asksLeft - 1)),
      ASK_MS,
    );
};

safely(() => {
  // All hosts of the site, this one as well: `data-hosts="shop.example shop.de"`.
  const { hosts = '' } = (document.currentScript as HTMLScriptElement).dataset;
  const isOurs = (host: string): boolean => hosts.split(/\s+/).includes(host || '-');

  const [given, id = '', bornAt, leftAt] = PARAMETER.exec(location.hash) ?? [];
  if (given) {
    history.replaceState(history.state, '', location.href.slice(0, -given.length));
    const underwayMs = Date.now() - Number(leftAt);
    const ageMs = Number(leftAt) - Number(bornAt);
    // From our own hosts alone, so that nobody can plant an id; none that is born later, to live longer; and none so old that the tag would
    // make another of it, in the place of this host's.
    const from = document.referrer && new URL(document.referrer).host;
    const isFresh = underwayMs >= 0 && underwayMs < LINK_MS_MAX && ageMs >= 0 && ageMs < ID_AGE_MS_MAX;
    if (isFresh && isOurs(from)) {
      callTag('id', id); // Where this host has none, it is this one from the first message on.
      adopt(id);
    }
  }

  const lend = safely(({ target, type }: Event) => {
    // A click on a form's button is followed by the form's own event.
    const name = type === 'submit' ? 'action' : 'href';
    const element = (target as Element).closest(`[${name}]`);
    const before = element?.getAttribute(name);
    // Without consent there is no id, and the address stays as it is.
    const own = before && callTag('id');
    if (!element || typeof own !== 'string') return;
    const to = new URL(before as string, document.baseURI);
    if (to.host === location.host || !isOurs(to.host)) return;
    element.setAttribute(name, `${to.href}${to.hash ? '&' : '#'}hushtag=${own}.${Date.now()}`);
    // Once the browser has followed it, the page has its link back.
    setTimeout(() => element.setAttribute(name, before as string));
  });
  for (const type of ['click', 'auxclick', 'submit']) addEventListener(type, lend, true);
})();
