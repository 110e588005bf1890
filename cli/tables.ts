// cli/tables.ts: how tables look.

/** The style of every table: what is read by other programs as well has no colours in it. */
export const NO_COLOURS = { head: [], border: [] };
