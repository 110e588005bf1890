// tools/docs-nav.mjs: the order in which the site of documents shows its pages. A page that is in no group comes under More.

/** Groups of pages, by their paths in the repository; titles come from the pages. */
export const GROUPS = [
  {
    title: 'Begin',
    pages: [
      'README.md',
      'README.zh.md',
      'docs/start-site-owner.md',
      'docs/start-privacy-officer.md',
      'docs/start-marketer.md',
      'docs/moving.md',
      'docs/comparison.md',
    ],
  },
  {
    title: 'Collect',
    pages: [
      'docs/install.md',
      'docs/tag.md',
      'docs/consent.md',
      'docs/consent-platforms.md',
      'docs/ingest.md',
      'docs/tracking-plan.md',
      'docs/dead-letters.md',
      'docs/identity.md',
    ],
  },
  {
    title: 'Use',
    pages: ['docs/console.md', 'docs/segments.md', 'docs/reports.md', 'docs/export.md', 'docs/access.md'],
  },
  {
    title: 'Privacy',
    pages: [
      'docs/privacy.md',
      'docs/privacy-proof.md',
      'docs/notices.md',
      'docs/notices.zh.md',
      'docs/audit.md',
      'docs/security.md',
    ],
  },
  {
    title: 'Run',
    pages: ['docs/deploying.md', 'docs/operating.md', 'docs/workers.md', 'docs/metrics.md', 'docs/reliability.md'],
  },
  {
    title: 'Reference',
    pages: [
      'docs/api.md',
      'docs/api-reference.md',
      'docs/cli.md',
      'docs/configuration.md',
      'docs/wire.md',
      'docs/errors.md',
    ],
  },
  {
    title: 'Figures',
    pages: ['docs/performance.md', 'docs/quality.md', 'docs/tag-figures.md', 'docs/tag-proof.md'],
  },
  { title: 'Build on it', pages: ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/dependencies.md'] },
];
