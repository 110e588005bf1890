// console/app/context.ts: what every part of the page may know: who looks, at which address, in which language.
import { createContext } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import type { Principal } from '../api/session.ts';
import { createFormats } from './formats.ts';
import type { Formats } from './formats.ts';
import type { PageName, Route } from './route.ts';
import { pathOf, withQuery } from './route.ts';
import { serverWord } from './server-words.ts';
import type { Theme } from './theme.ts';
import type { Language, Say, Words } from './words.ts';
import { localeOf, textIn } from './words.ts';

/** Permissions about the whole installation; a session has them beside those of its sites. */
export const INSTALLATION: ReadonlySet<string> = new Set(['people:manage', 'sites:manage', 'health:read']);

/** What the page is showing, and how it is changed. */
export interface Console {
  readonly api: Api;
  readonly principal: Principal;
  readonly signOut: () => void;
  readonly route: Route;
  readonly go: (path: string, how?: 'push' | 'replace') => void;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
}

/** Carries it. */
export const ConsoleContext = createContext<Console | undefined>(undefined);

/** The console. @throws outside of it. */
export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (found === undefined) throw new Error('this is shown outside the console');
  return found;
}

/** The site the address names. @throws on a page of no site. */
export function useSite(): string {
  const { site } = useConsole().route;
  if (site === undefined) throw new Error('this page is of a site');
  return site;
}

const NO_SCOPES: ReadonlySet<string> = new Set();

/** What whoever looks may do at the site the address names, and to the installation. */
export function useScopes(): ReadonlySet<string> {
  const { principal, route } = useConsole();
  return useMemo(() => {
    const here = principal.sites.find(({ id }) => id === route.site);
    return here === undefined
      ? NO_SCOPES
      : new Set(
          [...here.scopes, ...principal.scopes].filter(
            (scope) => INSTALLATION.has(scope) || here.scopes.includes(scope),
          ),
        );
  }, [principal, route.site]);
}

/** Says texts in the language in force. */
export function useWords<W extends Words>(words: W): Say<W> {
  const { language } = useConsole();
  return useMemo<Say<W>>(
    () => (name, parameters) => {
      const text = words[name];
      return text === undefined ? String(name) : textIn(language, text, parameters);
    },
    [words, language],
  );
}

/** Says a word of one of the API's closed lists. */
export function useServerWord(): (word: string) => string {
  const { language } = useConsole();
  return useMemo(() => (word) => textIn(language, serverWord(word)), [language]);
}

/** Writes numbers, dates and amounts as the language does. */
export function useFormats(): Formats {
  const { language } = useConsole();
  return useMemo(() => createFormats(localeOf(language)), [language]);
}

/** A filter in the address, and how to change some of them. A change can be taken back with the browser's back. */
export function useQuery(): {
  readonly query: URLSearchParams;
  readonly setQuery: (changes: Readonly<Record<string, string | undefined>>) => void;
} {
  const { route, go } = useConsole();
  const setQuery = (changes: Readonly<Record<string, string | undefined>>): void => {
    const { site, page, item, query } = route;
    if (site !== undefined && page !== undefined) go(pathOf(site, page, item, withQuery(query, changes)));
  };
  return { query: route.query, setQuery };
}

/** The address of another page of the same site. The days looked at go along. */
export function usePathOf(): (page: PageName, item?: string) => string {
  const site = useSite();
  const { query } = useConsole().route;
  return (page, item) => {
    const kept = new URLSearchParams();
    for (const name of ['from', 'to']) {
      const value = query.get(name);
      if (value !== null) kept.set(name, value);
    }
    return pathOf(site, page, item, kept);
  };
}
