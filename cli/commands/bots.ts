// cli/commands/bots.ts: `hushtag bots`: a site's own rules about what counts as automated.
import { defineCommand } from 'citty';
import type { BotRule, BotRuleRefusal } from '../../core/index.ts';
import { addBotRule, AGENT_CHARS, BOT_RULES_MAX } from '../../core/index.ts';
import { setBotRules } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

const REFUSALS: Readonly<Record<BotRuleRefusal, string>> = {
  agent_length: `--agent takes ${AGENT_CHARS.min} to ${AGENT_CHARS.max} characters of a user agent`,
  not_a_network: '--network takes a network such as 192.0.2.0/24 or 2001:db8::/32, or one address',
  rule_exists: 'There is a rule about this already: remove it first',
  too_many_rules: `A site has at most ${BOT_RULES_MAX} rules: remove one first`,
};

const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const subject = {
  agent: { type: 'string', description: 'Part of a user agent, taken literally, case aside' },
  network: { type: 'string', description: 'A network such as 192.0.2.0/24, or one address' },
} as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

interface Subject {
  readonly agent?: string | undefined;
  readonly network?: string | undefined;
}

function ruleOf(action: BotRule['action'], { agent, network }: Subject): BotRule {
  if (agent !== undefined && network === undefined) return { action, agent };
  if (network !== undefined && agent === undefined) return { action, network };
  throw new CliError(2, 'Give either --agent or --network.');
}

const lineOf = (rule: BotRule): string =>
  `${rule.action.padEnd(5)}  ${'agent' in rule ? `agent    ${rule.agent}` : `network  ${rule.network}`}`;

const show = (isJson: boolean, site: string, rules: readonly BotRule[]): void =>
  print(
    isJson,
    { site, rules },
    rules.length === 0
      ? `${site} has no rules of its own: what isbot, the browser and HUSHTAG_BOT_NETWORKS say decides.`
      : rules.map(lineOf).join('\n'),
  );

/** Changes a site's rules and shows what they are then. */
async function change(
  args: { readonly site: string; readonly json?: boolean | undefined },
  next: (rules: readonly BotRule[]) => readonly BotRule[],
): Promise<void> {
  await withDb(requireConfig(), async (db) => {
    const site = await requireSite(db, args.site);
    const rules = next(site.botRules);
    await setBotRules(db, site, rules, Date.now());
    show(args.json === true, site.id, rules);
  });
}

const adding = (action: BotRule['action'], description: string) =>
  defineCommand({
    meta: { name: action, description },
    args: { site: siteArgument, ...subject, json },
    run: ({ args }) =>
      change(args, (rules) => {
        const added = addBotRule(rules, ruleOf(action, args));
        if (!added.ok) throw new CliError(added.error === 'rule_exists' ? 1 : 2, `${REFUSALS[added.error]}.`);
        return added.value;
      }),
  });

const removeCommand = defineCommand({
  meta: { name: 'remove', description: 'Take a rule away' },
  args: { site: siteArgument, ...subject, json },
  run: ({ args }) =>
    change(args, (rules) => {
      const rule = ruleOf('deny', args);
      const text = ('agent' in rule ? rule.agent : rule.network).trim().toLowerCase();
      const left = rules.filter((held) => ('agent' in held ? held.agent : held.network) !== text);
      if (left.length === rules.length) throw new CliError(1, 'There is no such rule; nothing was changed.');
      return left;
    }),
});

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the rules in the order they are tried' },
  args: { site: siteArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      show(args.json === true, site.id, site.botRules);
    }),
});

/** The command. */
export const botsCommand = defineCommand({
  meta: { name: 'bots', description: "A site's own rules about what counts as automated; the first that fits decides" },
  subCommands: {
    list: listCommand,
    allow: adding('allow', 'Take senders for people, whatever else says they are bots'),
    deny: adding('deny', 'Take senders for bots'),
    remove: removeCommand,
  },
});
