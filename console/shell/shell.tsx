// console/shell/shell.tsx: navigation around the page that is open.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole, useScopes, useWords } from '../app/context.ts';
import { pathOf } from '../app/route.ts';
import { textIn } from '../app/words.ts';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/states.tsx';
import { Looks } from './looks.tsx';
import { Mark } from './mark.tsx';
import { OpenPage } from './open-page.tsx';
import { firstPage, GROUPS } from './page-names.ts';

const WORDS = {
  skip: ['Skip to content', '跳到正文'],
  menu: ['Menu', '菜单'],
  pages: ['Pages', '页面'],
  site: ['Site', '站点'],
  out: ['Sign out', '退出登录'],
  token: ['Signed in by a token', '以令牌登录'],
  noSite: ['There is no site that you may see', '没有您可以查看的站点'],
  noSiteDo: [
    'Add one on the server with “hushtag site add”, or ask an owner for a role.',
    '请在服务器上用“hushtag site add”添加站点,或向所有者申请角色。',
  ],
} as const;

function SiteSwitch(): JSX.Element {
  const say = useWords(WORDS);
  const { principal, route, go } = useConsole();
  const { site, page } = route;
  const known = principal.sites.map(({ id }) => id);
  const sites = site === undefined || known.includes(site) ? known : [site, ...known];
  return (
    <label class="site-switch">
      <span class="unseen">{say('site')}</span>
      <select
        value={site}
        onChange={(event) => go(pathOf(event.currentTarget.value, page ?? firstPage(principal.scopes)))}
      >
        {sites.map((one) => (
          <option key={one} value={one} selected={one === site}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Brings the page that is open into sight where the list is longer than the window. */
function useCurrentInSight(page: string | undefined): { readonly current: HTMLElement | null } {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }), [page]);
  return nav;
}

function Navigation({ onGone }: { readonly onGone: () => void }): JSX.Element {
  const say = useWords(WORDS);
  const { route, language, principal, signOut } = useConsole();
  const { site = '' } = route;
  const nav = useCurrentInSight(route.page);
  const who = principal.name === '' ? say('token') : principal.name;
  const scopes = useScopes();
  return (
    <>
      <Mark />
      <SiteSwitch />
      <nav ref={nav} aria-label={say('pages')} onClick={onGone}>
        {GROUPS.map(({ name, pages }) => (
          <div class="nav-group" key={name[0]}>
            <p class="nav-head">{textIn(language, name)}</p>
            <ul>
              {pages.map((one) => (
                <li key={one.page}>
                  <Link to={pathOf(site, one.page)} class="nav-link" isCurrent={route.page === one.page}>
                    <Icon name={one.page} />
                    {textIn(language, one.name)}
                    {one.scope === '' || scopes.has(one.scope) ? null : (
                      <span class="nav-lock">
                        <Icon name="lock" size={14} />
                      </span>
                    )}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div class="nav-foot">
        <p class="nav-who" translate={false}>
          {who}
        </p>
        <button type="button" class="button quiet small" onClick={signOut}>
          <Icon name="out" size={16} />
          {say('out')}
        </button>
        <Looks />
      </div>
    </>
  );
}

/** Puts the address right where it names no site or no page. */
function useWholeAddress(): void {
  const { route, go, principal } = useConsole();
  const { site = principal.sites[0]?.id, page } = route;
  useEffect(() => {
    if (site !== undefined && (route.site === undefined || page === undefined)) {
      go(pathOf(site, page ?? firstPage(principal.scopes)), 'replace');
    }
  }, [site, page, route.site, principal, go]);
}

/** The console around its pages. */
export function Shell(): JSX.Element {
  const say = useWords(WORDS);
  const { route } = useConsole();
  const [isOpen, setIsOpen] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  useWholeAddress();
  const close = (): void => setIsOpen(false);
  return (
    <div
      class={isOpen ? 'shell menu-open' : 'shell'}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        close();
        menuButton.current?.focus();
      }}
    >
      <a class="skip" href="#content">
        {say('skip')}
      </a>
      <div class="topbar">
        <button
          ref={menuButton}
          type="button"
          class="button quiet icon-only"
          aria-label={say('menu')}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Icon name={isOpen ? 'close' : 'menu'} />
        </button>
        <Mark />
      </div>
      <div class="sidebar">
        <Navigation onGone={close} />
      </div>
      <main id="content" tabIndex={-1}>
        {route.site === undefined ? (
          <Notice icon="sites" title={say('noSite')}>
            <p>{say('noSiteDo')}</p>
          </Notice>
        ) : (
          <OpenPage key={`${route.site}/${route.page}/${route.item ?? ''}`} />
        )}
      </main>
    </div>
  );
}
