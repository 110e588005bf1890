// console/shell/page-names.ts: the pages by group, each with the permission that it needs to show anything.
import type { PageName } from '../app/route.ts';
import type { Text } from '../app/words.ts';

/** The groups of the navigation. */
export const GROUPS: readonly {
  readonly name: Text;
  readonly pages: readonly { readonly page: PageName; readonly name: Text; readonly scope: string }[];
}[] = [
  {
    name: ['Traffic', '流量'],
    pages: [
      { page: 'overview', name: ['Overview', '概览'], scope: 'reports:read' },
      { page: 'live', name: ['Live', '实时'], scope: 'live:read' },
      { page: 'funnel', name: ['Funnel', '转化漏斗'], scope: 'reports:read' },
      { page: 'trends', name: ['Trends', '趋势'], scope: 'reports:read' },
      { page: 'ledger', name: ['Loss ledger', '损耗账本'], scope: 'ledger:read' },
    ],
  },
  {
    name: ['Audiences', '人群'],
    pages: [
      { page: 'segments', name: ['Segments', '细分群体'], scope: 'segments:read' },
      { page: 'rules', name: ['Rules', '规则'], scope: 'segments:read' },
      { page: 'clusters', name: ['Clusters', '聚类图'], scope: 'segments:read' },
      { page: 'retention', name: ['Retention', '留存'], scope: 'reports:read' },
      { page: 'journeys', name: ['Journeys', '路径'], scope: 'reports:read' },
      { page: 'items', name: ['Next items', '关联商品'], scope: 'reports:read' },
    ],
  },
  {
    name: ['Privacy', '隐私'],
    pages: [
      { page: 'privacy', name: ['What is kept', '数据留存'], scope: 'privacy:read' },
      { page: 'requests', name: ['Requests', '权利请求'], scope: 'privacy:read' },
      { page: 'policy', name: ['Policy', '同意策略'], scope: 'policy:read' },
      { page: 'audit', name: ['Audit log', '审计日志'], scope: 'audit:read' },
      { page: 'documents', name: ['Documents', '合规文件'], scope: 'privacy:read' },
    ],
  },
  {
    name: ['Administration', '管理'],
    pages: [
      { page: 'setup', name: ['Setup', '接入'], scope: 'ledger:read' },
      { page: 'files', name: ['Imports and exports', '导入与导出'], scope: 'imports:read' },
      { page: 'letters', name: ['Dead letters', '死信'], scope: 'dead-letters:read' },
      { page: 'sites', name: ['Sites', '站点'], scope: '' },
      { page: 'people', name: ['People', '成员'], scope: 'people:manage' },
      { page: 'tokens', name: ['Tokens', '令牌'], scope: 'tokens:manage' },
      { page: 'jobs', name: ['Jobs', '任务'], scope: 'segments:read' },
      { page: 'health', name: ['Health', '健康'], scope: 'health:read' },
    ],
  },
];

const ALL = GROUPS.flatMap(({ pages }) => pages);

/** A page's name. */
export const nameOfPage = (page: PageName): Text => ALL.find((one) => one.page === page)?.name ?? [page, page];

/** The page that somebody with these permissions begins at. */
export const firstPage = (scopes: ReadonlySet<string>): PageName =>
  ALL.find(({ scope }) => scopes.has(scope))?.page ?? 'overview';
