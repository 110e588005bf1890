// edge/api/access/people.ts: those who may log in: an owner of all sites adds them, changes their roles and removes them.
import type { Context } from 'hono';
import { Hono } from 'hono';
import {
  addPersonStatements,
  changePerson,
  isLoginTaken,
  PEOPLE_MAX,
  readPeople,
  removePerson,
} from '../../../store/index.ts';
import { LOGIN_CODE_MINUTES } from '../../http/login-code.ts';
import { problem } from '../../http/problem.ts';
import type { TokenKeys } from '../../http/tokens.ts';
import type { Port } from '../../port.ts';
import { idempotent } from '../idempotent.ts';
import { keyedHash } from '../keyed.ts';
import { pageOf, readJson, readWholePage, sortable } from '../read-json.ts';
import type { InstallationEnv } from '../require-scope.ts';
import { installationScopesOf, privateJson } from '../require-scope.ts';
import { giveLoginCode, makePersonId } from './give-code.ts';
import {
  describeChange,
  describeCode,
  describeNewPerson,
  describePeople,
  describePerson,
  describeRemoval,
  newPersonSchema,
  PERSON_HELP,
  personChangeSchema,
} from './people-openapi.ts';

type Asked = Context<InstallationEnv>;

/** The keyed hash by which an address that logs in is found again (P1: it is nowhere in clear). */
export const emailDigest = (port: Port, email: string): Promise<Uint8Array> =>
  keyedHash(port, 'hushtag login 1', 'email', email);

const LAST_OWNER = 'Make somebody else an owner of all sites first.';
const nobody = (): Response => problem('not_found', 'List the people to see who there is.');

async function shownPerson(context: Asked, port: Port, id: string, status: 200 | 201 = 200): Promise<Response> {
  const [person] = await readPeople(port.ground, id);
  return person === undefined ? nobody() : privateJson(context, person, status);
}

async function add(context: Asked, port: Port): Promise<Response> {
  const asked = await readJson(context, newPersonSchema, PERSON_HELP);
  if (!asked.ok) return asked.error;
  const { label, roles, email } = asked.value;
  if ((await readPeople(port.db)).length >= PEOPLE_MAX) {
    return problem('malformed_request', `There are ${PEOPLE_MAX} people, and no more can be added.`);
  }
  const digest = email === undefined ? undefined : await emailDigest(port, email);
  if (digest !== undefined && (await isLoginTaken(port.db, digest))) {
    return problem('login_taken', 'Change the person who has it.');
  }
  const id = makePersonId(port.randomBytes);
  const person = { id, label, roles, at: port.now(), by: context.get('token') };
  await port.transact(await addPersonStatements(digest === undefined ? person : { ...person, email: digest }));
  return shownPerson(context, port, id, 201);
}

async function change(context: Asked, port: Port, id: string): Promise<Response> {
  const asked = await readJson(context, personChangeSchema, PERSON_HELP);
  if (!asked.ok) return asked.error;
  if ((await readPeople(port.ground, id)).length === 0) return nobody();
  const { label, roles, email } = asked.value;
  const digest = email === undefined ? undefined : await emailDigest(port, email);
  if (digest !== undefined && (await isLoginTaken(port.db, digest, id))) {
    return problem('login_taken', 'Change the person who has it.');
  }
  const order = { at: port.now(), by: context.get('token') };
  const changed = await changePerson(port.ground, id, { label, roles, email: digest }, order);
  return changed === 'last_owner' ? problem(changed, LAST_OWNER) : shownPerson(context, port, id);
}

/** Makes the routes. */
export function createPeopleRoutes(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono<InstallationEnv> {
  const app = new Hono<InstallationEnv>();
  const managing = installationScopesOf(port, tokenKeys)('people:manage');
  app.get('/v1/people', describePeople, managing, async (context) => {
    const asked = readWholePage(context);
    if (!asked.ok) return asked.error;
    const { page, next } = pageOf(
      await readPeople(port.db),
      asked.value,
      ({ createdAt, id }) => `${sortable(createdAt)}.${id}`,
    );
    return privateJson(context, { people: page, next });
  });
  app.post('/v1/people', describeNewPerson, managing, idempotent(port), (context) => add(context, port));
  app.get('/v1/people/:id', describePerson, managing, (context) => shownPerson(context, port, context.req.param('id')));
  app.patch('/v1/people/:id', describeChange, managing, (context) => change(context, port, context.req.param('id')));
  app.delete('/v1/people/:id', describeRemoval, managing, async (context) => {
    const id = context.req.param('id');
    if ((await readPeople(port.ground, id)).length === 0) return nobody();
    const removed = await removePerson(port.ground, id, { at: port.now(), by: context.get('token') });
    return removed === 'last_owner' ? problem(removed, LAST_OWNER) : context.body(null, 204);
  });
  app.post('/v1/people/:id/login-code', describeCode, managing, async (context) => {
    const id = context.req.param('id');
    if ((await readPeople(port.ground, id)).length === 0) return nobody();
    const code = await giveLoginCode({ ...port, db: port.ground }, id, context.get('token'));
    return privateJson(context, { code, minutes: LOGIN_CODE_MINUTES }, 201);
  });
  return app;
}
