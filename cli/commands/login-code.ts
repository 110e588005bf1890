// cli/commands/login-code.ts: `hushtag login-code`: a code that logs somebody in once.
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import type { LoginCodeNeeds } from '../../edge/index.ts';
import { firstOwnerCode, giveLoginCode, LOGIN_CODE_MINUTES } from '../../edge/index.ts';
import type { Db, Person } from '../../store/index.ts';
import { readPeople } from '../../store/index.ts';
import { CliError, print, requireConfig, withDb } from '../context.ts';

/** What giving a code needs of this process. */
export const codeNeeds = (db: Db): LoginCodeNeeds => ({
  db,
  now: () => Date.now() as EpochMs,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
});

const isOwner = ({ roles }: Person): boolean => roles.some(({ site, role }) => site === null && role === 'owner');

/** Finds whom a code is for: by id or label, or the one owner where nobody is named. */
function requirePerson(people: readonly Person[], named: string | undefined): Person {
  const found = people.filter((one) => (named === undefined ? isOwner(one) : one.id === named || one.label === named));
  const [person] = found;
  if (person !== undefined && found.length === 1) return person;
  const known = people.map(({ id, label }) => `  ${id}  ${label}`).join('\n');
  if (found.length > 1) throw new CliError(2, `Several are meant; name one by id with --person:\n${known}`);
  throw new CliError(1, `Nobody is called that. There are:\n${known}`);
}

/** The command. */
export const loginCodeCommand = defineCommand({
  meta: {
    name: 'login-code',
    description: `Make a code that logs somebody in, once, within ${LOGIN_CODE_MINUTES} minutes`,
  },
  args: {
    person: { type: 'string', description: 'Whom it is for: an id or a label; the owner where it is left out' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const code = await withDb(requireConfig(), async (db) => {
      const people = await readPeople(db);
      const first = people.length === 0 && args.person === undefined ? await firstOwnerCode(codeNeeds(db)) : undefined;
      return first ?? giveLoginCode(codeNeeds(db), requirePerson(people, args.person).id, 'command');
    });
    print(args.json === true, { code, minutes: LOGIN_CODE_MINUTES }, code);
  },
});
