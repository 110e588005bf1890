// console/pages/rules.tsx: rule segments, and one of them in the builder.
import type { JSX } from 'preact';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, usePathOf, useScopes, useSite, useWords } from '../app/context.ts';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Notice, WithheldMark } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { ruleSegmentsSchema } from './rule-schemas.ts';
import { RULE_WORDS } from './rule-words.ts';
import { useWhyWithheld } from './rule-withheld.ts';

function RuleList(): JSX.Element {
  const say = useWords(RULE_WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const { number, instant } = useFormats();
  const why = useWhyWithheld();
  const mayWrite = useScopes().has('segments:write');
  const read = useRead({ path: '/v1/sites/{site}/rule-segments', params: { site } }, ruleSegmentsSchema);
  const make = (
    <Link to={pathOf('rules', 'new')} class="button primary">
      {say('new')}
    </Link>
  );
  return (
    <Page title={say('title')} note={say('lead')} actions={mayWrite ? make : undefined}>
      <ReadPanel title={say('all')} read={read} height={240}>
        {({ segments }) =>
          segments.length === 0 ? (
            <Notice icon="rules" title={say('none')}>
              <p>{say('noneDo')}</p>
            </Notice>
          ) : (
            <Table
              label={say('all')}
              rows={segments}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: say('name'),
                  isName: true,
                  cell: ({ id, name }) => <Link to={pathOf('rules', id)}>{name}</Link>,
                },
                { head: say('version'), cell: ({ version }) => version, isNumber: true },
                { head: say('changed'), cell: ({ updatedAt }) => instant(updatedAt) },
                {
                  head: say('size'),
                  isNumber: true,
                  cell: ({ size, withheld }) =>
                    size === null ? <WithheldMark why={why(withheld)} /> : `≈ ${number(size)}`,
                },
              ]}
            />
          )
        }
      </ReadPanel>
    </Page>
  );
}

/** The list, or the rule the address names; `new` is one to be made. */
export function RulesPage(): JSX.Element {
  const { item } = useConsole().route;
  return item === undefined ? <RuleList /> : <RuleEditor id={item} />;
}
