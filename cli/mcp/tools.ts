// cli/mcp/tools.ts: the closed list of what an assistant may ask: published numbers, and nothing of any visitor (P3, P6).
import type { Scope } from '../../core/index.ts';

/** One tool: a GET of the API. What it takes is what the route takes, without the site, which is the token's. */
export interface PublishedTool {
  readonly name: string;
  /** As the OpenAPI document has it. */
  readonly path: string;
  /** For whoever chooses among tools. */
  readonly description: string;
}

/** Scopes whose routes answer published numbers alone. A token with any other is refused. */
export const PUBLISHED_SCOPES: readonly Scope[] = ['segments:read', 'reports:read', 'ledger:read'];

/** Every tool there is. A new one is added here by somebody who looked at what its route answers. */
export const TOOLS: readonly PublishedTool[] = [
  {
    name: 'list_segments',
    path: '/v1/sites/{site}/segments',
    description:
      'The published segments of the site: clusters and rule segments with size, label and what tells them apart.',
  },
  {
    name: 'get_segment',
    path: '/v1/sites/{site}/segments/{id}',
    description: 'One published segment, by the id of list_segments.',
  },
  {
    name: 'get_segment_profile',
    path: '/v1/sites/{site}/segments/{id}/profile',
    description: 'How a segment differs from everybody: the distribution of each trait. By the id of list_segments.',
  },
  {
    name: 'list_rule_segments',
    path: '/v1/sites/{site}/rule-segments',
    description: 'The rules that define segments, with their published sizes.',
  },
  {
    name: 'get_model',
    path: '/v1/sites/{site}/models/current',
    description: 'How the clusters were made: method, parameters, window of data, quality, privacy floor.',
  },
  {
    name: 'get_overview',
    path: '/v1/sites/{site}/overview',
    description: 'Visits, visitors, revenue, pages, sources and devices of a period.',
  },
  {
    name: 'get_funnel',
    path: '/v1/sites/{site}/funnels',
    description: 'How many go from step to step, for steps that are event names.',
  },
  { name: 'get_retention', path: '/v1/sites/{site}/retention', description: 'How many of each cohort come back.' },
  { name: 'get_paths', path: '/v1/sites/{site}/paths', description: 'Where visits go next.' },
  {
    name: 'get_trends',
    path: '/v1/sites/{site}/trends',
    description: 'A daily series with its expected range, anomalies and a forecast.',
  },
  {
    name: 'get_predictions',
    path: '/v1/sites/{site}/predictions',
    description: 'Predicted purchases and churn by segment.',
  },
  { name: 'get_item_rules', path: '/v1/sites/{site}/item-rules', description: 'What is bought together.' },
  {
    name: 'get_ledger',
    path: '/v1/sites/{site}/ledger',
    description: 'What became of every event received in the last 30 days: stored, or why not. Sums exactly.',
  },
];
