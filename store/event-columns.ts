// store/event-columns.ts: how an event's row becomes columns; the one list that both ways of writing follow.
import type { EventRow } from './accept.ts';

/**
 * `plain`: as it is · `hex`: digits to bytes · `order`: those of the key the order is stored under · `string`: its number in
 * `strings` · `visitor`, `context`: its number there.
 */
export type ColumnKind = 'plain' | 'hex' | 'order' | 'string' | 'visitor' | 'context';

/** Fields that are columns of the event itself; the others become rows elsewhere (`sideStatements`). */
type ColumnField = Exclude<keyof EventRow, 'linked' | 'accounts'>;

/** A column of `events` and the field it is made of. */
export interface EventColumn {
  readonly column: string;
  readonly field: ColumnField;
  readonly kind: ColumnKind;
}

const column = (name: string, kind: ColumnKind, field: ColumnField = name as ColumnField): EventColumn => ({
  column: name,
  field,
  kind,
});

/** Every column but `seq`, which counts by itself, and `site_id`, which is the job's. */
export const EVENT_COLUMNS: readonly EventColumn[] = [
  column('id', 'hex'),
  column('at', 'plain'),
  column('name', 'string'),
  column('visitor', 'visitor'),
  column('purposes', 'plain'),
  column('policy_version', 'plain', 'policyVersion'),
  column('path', 'string'),
  column('title', 'string'),
  column('referrer', 'string'),
  column('campaign', 'string'),
  column('order_key', 'order', 'orderKey'),
  column('currency', 'string'),
  column('value', 'plain'),
  column('tax', 'plain'),
  column('shipping', 'plain'),
  column('discount', 'plain'),
  column('coupon', 'string'),
  column('items', 'plain'),
  column('properties', 'plain'),
  column('context', 'context'),
];

/** Fields whose values are kept once, in `strings`. */
export const DICTIONARY_FIELDS: readonly ColumnField[] = EVENT_COLUMNS.filter(({ kind }) => kind === 'string').map(
  ({ field }) => field,
);
