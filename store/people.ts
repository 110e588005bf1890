// store/people.ts: those who run sites: who they are by an id of no meaning, and what they are to which site.
import type { InStatement, Row } from '@libsql/client';
import type { SiteId } from '../contract/index.ts';
import type { Role } from '../core/index.ts';
import { invariant, isRole } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db } from './db.ts';
import { textOf } from './rows.ts';

/** The site number that stands for all sites. */
const ALL_SITES = 0;
/** People of one installation. */
export const PEOPLE_MAX = 1_000;

/** What somebody is to a site; to all of them where the site is null. */
export interface RoleHeld {
  readonly site: SiteId | null;
  readonly role: Role;
}

/** Somebody who logs in. */
export interface Person {
  readonly id: string;
  /** What colleagues call them. */
  readonly label: string;
  readonly createdAt: number;
  readonly hasLoggedIn: boolean;
  readonly roles: readonly RoleHeld[];
}

/** A role of a joined row; undefined where the person has none. */
export function roleOf(row: Row): RoleHeld | undefined {
  const role = row['role'];
  if (typeof role !== 'string' || !isRole(role)) return undefined;
  if (row['role_site'] === ALL_SITES) return { site: null, role };
  const { site_name: site } = row;
  // A role for a site that is gone gives nothing.
  return typeof site === 'string' ? { site: site as SiteId, role } : undefined;
}

/** Columns of a role and the tables they come from, for rows of `p.id`. */
export const ROLE_COLUMNS = 'r.site_id AS role_site, r.role, x.name AS site_name';
export const ROLE_JOIN = 'LEFT JOIN person_roles r ON r.person = p.id LEFT JOIN sites x ON x.id = r.site_id';

/** People by label, with their roles; one person where an id is named. */
export async function readPeople(db: Db, id?: string): Promise<Person[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT p.id, p.label, p.created_at, p.has_logged_in, ${ROLE_COLUMNS} FROM people p ${ROLE_JOIN}
      ${id === undefined ? '' : 'WHERE p.id = ?'} ORDER BY p.created_at, p.id, r.site_id`,
    args: id === undefined ? [] : [id],
  });
  const people = new Map<string, Person & { readonly roles: RoleHeld[] }>();
  for (const row of rows) {
    const key = textOf(row, 'id');
    const held = people.get(key) ?? {
      id: key,
      label: textOf(row, 'label'),
      createdAt: Number(row['created_at']),
      hasLoggedIn: row['has_logged_in'] === 1,
      roles: [],
    };
    const role = roleOf(row);
    if (role !== undefined) held.roles.push(role);
    people.set(key, held);
  }
  return [...people.values()];
}

/** A role as the audit log names it: `owner@*`, `marketer@shop`. */
const roleText = ({ site, role }: RoleHeld): string => `${role}@${site ?? '*'}`;

const roleStatements = (person: string, roles: readonly RoleHeld[]): InStatement[] => [
  { sql: 'DELETE FROM person_roles WHERE person = ?', args: [person] },
  ...roles.map(({ site, role }) =>
    site === null
      ? { sql: 'INSERT INTO person_roles (person, site_id, role) VALUES (?, ?, ?)', args: [person, ALL_SITES, role] }
      : {
          sql: 'INSERT INTO person_roles (person, site_id, role) SELECT ?, id, ? FROM sites WHERE name = ?',
          args: [person, role, site],
        },
  ),
];

/** Somebody to add. */
export interface NewPerson {
  readonly id: string;
  readonly label: string;
  readonly roles: readonly RoleHeld[];
  readonly at: number;
  /** Who adds them, as the audit log names them. */
  readonly by: string;
  /** Keyed hash of the address they will log in with, where a provider will tell it. */
  readonly email?: Uint8Array;
}

/** The statements that add somebody, their roles and the audit entry. */
export async function addPersonStatements({ id, label, roles, at, by, email }: NewPerson): Promise<InStatement[]> {
  invariant(roles.length > 0, 'P6: a person has a role');
  return [
    { sql: 'INSERT INTO people (id, label, created_at) VALUES (?, ?, ?)', args: [id, label, at] },
    await auditStatement({ kind: 'person_added', person: id, roles: roles.map(roleText), by, at }),
    ...roleStatements(id, roles),
    ...(email === undefined
      ? []
      : [{ sql: `INSERT INTO person_logins (digest, person, kind) VALUES (?, ?, 'email')`, args: [email, id] }]),
  ];
}

// Two owners who unmake each other at once: the second one's transaction breaks on this row without a name.
const OWNER_REMAINS: InStatement = `INSERT INTO people (id, label, created_at) SELECT NULL, '', 0
  WHERE NOT EXISTS (SELECT 1 FROM person_roles WHERE site_id = ${ALL_SITES} AND role = 'owner')`;

const isOwner = ({ roles }: Pick<Person, 'roles'>): boolean =>
  roles.some(({ site, role }) => site === null && role === 'owner');

/** Whether all sites would still have an owner if somebody had these roles instead of theirs. */
const ownerRemains = async (db: Db, person: string, roles: readonly RoleHeld[]): Promise<boolean> =>
  isOwner({ roles }) || (await readPeople(db)).some((one) => one.id !== person && isOwner(one));

/** What may change of somebody. */
export interface PersonChange {
  readonly label?: string | undefined;
  readonly roles?: readonly RoleHeld[] | undefined;
  /** Keyed hash of a new address to log in with; what was bound to the old one is forgotten. */
  readonly email?: Uint8Array | undefined;
}

/** Changes somebody. */
export async function changePerson(
  db: Db,
  id: string,
  { label, roles, email }: PersonChange,
  { at, by }: { readonly at: number; readonly by: string },
): Promise<'changed' | 'last_owner'> {
  if (roles !== undefined && !(await ownerRemains(db, id, roles))) return 'last_owner';
  await db.client.batch(
    [
      ...(label === undefined ? [] : [{ sql: 'UPDATE people SET label = ? WHERE id = ?', args: [label, id] }]),
      ...(roles === undefined
        ? []
        : [
            ...roleStatements(id, roles),
            await auditStatement({ kind: 'roles_changed', person: id, roles: roles.map(roleText), by, at }),
          ]),
      ...(email === undefined
        ? []
        : [
            { sql: 'DELETE FROM person_logins WHERE person = ?', args: [id] },
            { sql: `INSERT INTO person_logins (digest, person, kind) VALUES (?, ?, 'email')`, args: [email, id] },
          ]),
      OWNER_REMAINS,
    ],
    'write',
  );
  return 'changed';
}

/** Removes somebody with all that is kept of them; their sessions end. */
export async function removePerson(
  db: Db,
  id: string,
  { at, by }: { readonly at: number; readonly by: string },
): Promise<'removed' | 'last_owner'> {
  if (!(await ownerRemains(db, id, []))) return 'last_owner';
  await db.client.batch(
    [
      { sql: 'DELETE FROM people WHERE id = ?', args: [id] },
      await auditStatement({ kind: 'person_removed', person: id, by, at }, 'if_changed'),
      ...['person_roles', 'person_logins', 'login_codes', 'sessions'].map((table) => ({
        sql: `DELETE FROM ${table} WHERE person = ?`,
        args: [id],
      })),
      OWNER_REMAINS,
    ],
    'write',
  );
  return 'removed';
}

/** Whether somebody logs in with an address already, by its keyed hash. */
export async function isLoginTaken(db: Db, digest: Uint8Array, besides = ''): Promise<boolean> {
  const { rows } = await db.client.execute({
    sql: 'SELECT 1 FROM person_logins WHERE digest = ? AND person <> ?',
    args: [digest, besides],
  });
  return rows.length > 0;
}
