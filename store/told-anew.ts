// store/told-anew.ts: dictionaries grow by what new events name; an event that the site has is ignored, and so is what it names.
//
// Else a retry that names something else (its sender's key of another day, a title that changed meanwhile) would leave a
// visitor or a text that no event names, and a check between two purges would find it (P5).

/** The first row of each event id: those that repeat one are duplicates whatever is stored. */
export function firstTelling<Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter(({ id }) => {
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

/** SQL: whether one of some events, a JSON list of ids as hex digits, is not stored yet. ?1 is the site. */
export const tellsAnew = (ids: string): string =>
  `EXISTS (SELECT 1 FROM json_each(${ids}) AS teller
    WHERE NOT EXISTS (SELECT 1 FROM events WHERE site_id = ?1 AND id = unhex(teller.value)))`;

/** Values in order of first sight, each with the ids of the events that name it. */
export function tellersOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  valuesOf: (row: Row) => readonly (string | undefined)[],
): Map<string, string[]> {
  const tellers = new Map<string, string[]>();
  for (const row of rows) {
    for (const value of valuesOf(row)) {
      if (value === undefined) continue;
      const held = tellers.get(value);
      if (held === undefined) tellers.set(value, [row.id]);
      else held.push(row.id);
    }
  }
  return tellers;
}
