// console/app/app.tsx: puts the console together: address, session, language and theme, around the page that is open.
import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { createApi } from '../api/client.ts';
import type { Principal } from '../api/session.ts';
import { currentSession, signOut } from '../api/session.ts';
import { Login } from '../shell/login.tsx';
import { Shell } from '../shell/shell.tsx';
import type { Console } from './context.ts';
import { ConsoleContext } from './context.ts';
import type { Route } from './route.ts';
import { readRoute } from './route.ts';
import type { Theme } from './theme.ts';
import { applyTheme, firstTheme } from './theme.ts';
import type { Language } from './words.ts';
import { firstLanguage, keepLanguage, localeOf } from './words.ts';

const NOBODY: Principal = { name: '', sites: [], scopes: new Set(), csrf: '' };

const here = (): Route => readRoute(location.pathname, location.search);

/** The address, as a state; the browser's back and forward change it too. */
function useAddress(): [Route, Console['go']] {
  const [route, setRoute] = useState(here);
  useEffect(() => {
    const onMove = (): void => setRoute(here());
    addEventListener('popstate', onMove);
    return () => removeEventListener('popstate', onMove);
  }, []);
  const go = useCallback((path: string, how: 'push' | 'replace' = 'push') => {
    const isOtherPage = path.split('?')[0] !== location.pathname;
    if (how === 'push') history.pushState(null, '', path);
    else history.replaceState(null, '', path);
    if (isOtherPage) scrollTo(0, 0);
    setRoute(here());
  }, []);
  return [route, go];
}

function useLooks(): Pick<Console, 'language' | 'setLanguage' | 'theme' | 'setTheme'> {
  const [language, setLanguage] = useState<Language>(() => firstLanguage(localStorage, navigator.languages));
  // At once and not in an effect: the first thing painted is in the right colours, and a choice is kept before anything else.
  const [theme, setTheme] = useState<Theme>(() => {
    const first = firstTheme(localStorage);
    applyTheme(localStorage, first);
    return first;
  });
  useLayoutEffect(() => {
    document.documentElement.lang = localeOf(language);
  }, [language]);
  const chooseTheme = useCallback((next: Theme) => {
    applyTheme(localStorage, next);
    setTheme(next);
  }, []);
  const choose = useCallback((next: Language) => {
    keepLanguage(localStorage, next);
    setLanguage(next);
  }, []);
  return { language, setLanguage: choose, theme, setTheme: chooseTheme };
}

/** The console. */
export function App(): JSX.Element {
  const [route, go] = useAddress();
  const looks = useLooks();
  // Undefined until the server has said whether this browser has a session.
  const [principal, setPrincipal] = useState<Principal | 'nobody' | undefined>();
  useEffect(() => {
    void currentSession(location.origin).then((found) => setPrincipal(found ?? 'nobody'));
  }, []);
  const forget = useCallback(() => setPrincipal('nobody'), []);
  const somebody = principal === undefined || principal === 'nobody' ? NOBODY : principal;
  const api = useMemo(() => createApi(location.origin, somebody.csrf, forget), [somebody, forget]);
  const leave = (): void => void signOut(location.origin, somebody).then(forget);
  const value: Console = { api, principal: somebody, signOut: leave, route, go, ...looks };
  return (
    <ConsoleContext.Provider value={value}>
      {principal === undefined ? null : principal === 'nobody' ? <Login onEnter={setPrincipal} /> : <Shell />}
    </ConsoleContext.Provider>
  );
}
