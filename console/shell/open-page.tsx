// console/shell/open-page.tsx: loads the page that the address names; each is a file of its own, loaded when it is first opened.
import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useConsole } from '../app/context.ts';
import type { PageName } from '../app/route.ts';
import { textIn } from '../app/words.ts';
import { Page } from '../parts/page.tsx';
import { Failed, Skeleton } from '../parts/states.tsx';
import { nameOfPage } from './page-names.ts';

type Loader = () => Promise<FunctionComponent>;

const LOADERS: Partial<Readonly<Record<PageName, Loader>>> = {
  audit: async () => (await import('../pages/audit.tsx')).AuditPage,
  clusters: async () => (await import('../pages/clusters.tsx')).ClustersPage,
  documents: async () => (await import('../pages/documents.tsx')).DocumentsPage,
  files: async () => (await import('../pages/files.tsx')).FilesPage,
  funnel: async () => (await import('../pages/funnel.tsx')).FunnelPage,
  health: async () => (await import('../pages/health.tsx')).HealthPage,
  items: async () => (await import('../pages/items.tsx')).ItemsPage,
  jobs: async () => (await import('../pages/jobs.tsx')).JobsPage,
  journeys: async () => (await import('../pages/journeys.tsx')).JourneysPage,
  ledger: async () => (await import('../pages/ledger.tsx')).LedgerPage,
  letters: async () => (await import('../pages/letters.tsx')).LettersPage,
  live: async () => (await import('../pages/live.tsx')).LivePage,
  overview: async () => (await import('../pages/overview.tsx')).OverviewPage,
  people: async () => (await import('../pages/people.tsx')).PeoplePage,
  policy: async () => (await import('../pages/policy.tsx')).PolicyPage,
  privacy: async () => (await import('../pages/privacy.tsx')).PrivacyPage,
  requests: async () => (await import('../pages/requests.tsx')).RequestsPage,
  retention: async () => (await import('../pages/retention.tsx')).RetentionPage,
  rules: async () => (await import('../pages/rules.tsx')).RulesPage,
  segments: async () => (await import('../pages/segments.tsx')).SegmentsPage,
  setup: async () => (await import('../pages/setup.tsx')).SetupPage,
  sites: async () => (await import('../pages/sites.tsx')).SitesPage,
  tokens: async () => (await import('../pages/tokens.tsx')).TokensPage,
  trends: async () => (await import('../pages/trends.tsx')).TrendsPage,
};

const loaded = new Map<PageName, FunctionComponent>();

/** The page, or the frame of it while it is loaded. */
export function OpenPage(): JSX.Element | null {
  const { route, language } = useConsole();
  const { page } = route;
  const [, setTurn] = useState(0);
  const [isFailed, setIsFailed] = useState(false);
  const load = page === undefined ? undefined : LOADERS[page];
  const isThere = page !== undefined && loaded.has(page);
  useEffect(() => {
    if (page === undefined || load === undefined || isThere) return;
    const open = async (): Promise<void> => {
      loaded.set(page, await load());
      setTurn((turn) => turn + 1);
    };
    open().catch(() => setIsFailed(true));
  }, [page, load, isThere]);
  if (page === undefined) return null;
  const Shown = loaded.get(page);
  if (Shown !== undefined) return <Shown />;
  return (
    <Page title={textIn(language, nameOfPage(page))}>
      {load === undefined ? (
        <Failed failure={{ kind: 'not_offered' }} />
      ) : isFailed ? (
        <Failed failure={{ kind: 'offline' }} onAgain={() => location.reload()} />
      ) : (
        <section class="panel">
          <Skeleton height={240} />
        </section>
      )}
    </Page>
  );
}
