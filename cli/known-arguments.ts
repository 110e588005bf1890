// cli/known-arguments.ts: a mistyped option must not be taken for one that was left out.
import type { ArgsDef } from 'citty';

/**
 * Finds the first argument of a command that it does not know.
 * @param args what follows the command's name. @param known the options and positional arguments it declares.
 * @returns what to say, or undefined where all is known.
 */
export function unknownArgument(args: readonly string[], known: ArgsDef): string | undefined {
  const positionals = Object.values(known).filter(({ type }) => type === 'positional').length;
  let seen = 0;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('--')) {
      seen += 1;
      if (seen > positionals) return `"${arg}" is one argument too many`;
      continue;
    }
    const [name = '', value] = arg.slice(2).split('=', 2);
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined || option.type === 'positional') {
      const names = Object.keys(known).filter((one) => known[one]?.type !== 'positional');
      return `There is no option --${name}; there are ${names.map((one) => `--${one}`).join(', ') || 'none'}`;
    }
    if (option.type !== 'boolean' && value === undefined) at += 1;
  }
  return undefined;
}
