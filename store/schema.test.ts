// store/schema.test.ts: the drizzle schema and the merged migrations say the same.
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as deadLetters from './schema/dead-letters.ts';
import * as derived from './schema/derived.ts';
import * as ground from './schema/ground.ts';
import * as collector from './schema/ground-collector.ts';
import * as exportsOfEvents from './schema/ground-exports.ts';
import * as imports from './schema/ground-imports.ts';
import * as notes from './schema/ground-notes.ts';
import * as access from './schema/ground-access.ts';
import * as privacy from './schema/ground-privacy.ts';
import * as rotation from './schema/ground-rotation.ts';
import * as groundSegments from './schema/ground-segments.ts';
import type { TestDatabase } from './testing.ts';
import { MIGRATIONS, openTestDatabase } from './testing.ts';

describe('D1: the schema is what a fresh migration makes', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const tables = [
    ...Object.values({
      ...ground,
      ...collector,
      ...privacy,
      ...rotation,
      ...groundSegments,
      ...access,
      ...notes,
      ...imports,
      ...exportsOfEvents,
      ...deadLetters,
    }).map((table) => ({
      schema: 'main',
      config: getTableConfig(table),
    })),
    ...Object.values(derived).map((table) => ({ schema: 'derived', config: getTableConfig(table) })),
  ];

  it.each(tables.map((table) => [table.config.name, table] as const))(
    '%s has the same columns',
    async (_, { schema, config }) => {
      const { rows } = await database.db.client.execute(`PRAGMA ${schema}.table_info(${config.name})`);
      const migrated = rows.map((row) => ({
        name: row['name'],
        type: String(row['type']).toLowerCase(),
        required: row['notnull'] === 1,
      }));
      const declared = config.columns.map((column) => ({
        name: column.name,
        type: column.getSQLType().toLowerCase(),
        required: column.notNull,
      }));
      expect(migrated.sort((a, b) => String(a.name).localeCompare(String(b.name)))).toEqual(
        declared.sort((a, b) => a.name.localeCompare(b.name)),
      );
    },
  );

  it('has no table that the schema does not know', async () => {
    for (const [schema, own] of [
      ['main', 'ground_migrations'],
      ['derived', 'derived_migrations'],
    ] as const) {
      const { rows } = await database.db.client.execute(
        `SELECT name FROM ${schema}.sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'`,
      );
      const known = tables.filter((table) => table.schema === schema).map((table) => table.config.name);
      expect(rows.map((row) => row['name']).sort()).toEqual([...known, own].sort());
    }
  });

  it.each(['ground', 'derived'])('%s migrations are dated in the order they are applied in', (folder) => {
    const journal = JSON.parse(readFileSync(join(MIGRATIONS, folder, 'meta', '_journal.json'), 'utf8')) as {
      entries: { when: number; tag: string }[];
    };
    const dates = journal.entries.map(({ when }) => when);
    expect(dates).toEqual([...dates].sort((a, b) => a - b));
    const files = readdirSync(join(MIGRATIONS, folder)).filter((name) => name.endsWith('.sql'));
    expect(files.sort()).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`).sort());
  });
});
