// console/pages/sites.tsx: the sites that whoever looks may see, with their role at each.
import type { JSX } from 'preact';
import { useRead } from '../api/read.ts';
import { sitesSchema } from '../api/session.ts';
import { useWords } from '../app/context.ts';
import { pathOf } from '../app/route.ts';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Sites', '站点'],
  lead: [
    'Sites you may see. They are added on the server with “hushtag site add”.',
    '您可查看的站点。请在服务器上用“hushtag site add”添加。',
  ],
  id: ['Site', '站点'],
  origins: ['Origins', '来源'],
  preset: ['Policy', '策略'],
  role: ['Your role', '您的角色'],
  token: ['by a token', '令牌'],
} as const;

/** The page. */
export function SitesPage(): JSX.Element {
  const say = useWords(WORDS);
  const read = useRead({ path: '/v1/sites' }, sitesSchema);
  return (
    <Page title={say('title')} note={say('lead')}>
      <ReadPanel title={say('title')} read={read} height={200}>
        {({ sites }) => (
          <Table
            label={say('title')}
            rows={sites}
            keyOf={({ id }) => id}
            columns={[
              { head: say('id'), cell: ({ id }) => <Link to={pathOf(id, 'overview')}>{id}</Link>, isName: true },
              { head: say('origins'), cell: ({ origins }) => origins.join(', ') },
              { head: say('preset'), cell: ({ preset }) => <Badge>{preset}</Badge> },
              { head: say('role'), cell: ({ role }) => role?.replaceAll('_', ' ') ?? say('token') },
            ]}
          />
        )}
      </ReadPanel>
    </Page>
  );
}
