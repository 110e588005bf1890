// console/parts/table.tsx: a real table, which scrolls sideways in its own frame where it is wider than a phone.
import type { ComponentChildren, JSX } from 'preact';

/** A column: its head, and what of a row stands in it. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  /** The column that names the row, for a screen reader. */
  readonly isName?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** The table. */
export const Table = <Row,>({ label, columns, rows, keyOf }: TableProps<Row>): JSX.Element => (
  <div class="table-frame" role="group" aria-label={label} tabIndex={0}>
    <table>
      <caption class="unseen">{label}</caption>
      <thead>
        <tr>
          {columns.map(({ head, isNumber }) => (
            <th key={head} scope="col" class={isNumber === true ? 'number' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ head, cell, isNumber, isName }) =>
              isName === true ? (
                <th key={head} scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={head} class={isNumber === true ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
