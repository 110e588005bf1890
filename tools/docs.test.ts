// tools/docs.test.ts: the documents say what the code does: links, names, versions and the consent table.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Consent, ConsentDecision } from '../contract/index.ts';
import { decideConsent, POLICIES, purposesOf } from '../contract/index.ts';
import * as limits from '../contract/limits.ts';
import { decodeBatch } from '../contract/wire-decode.ts';
import { ROLES, SCOPES, scopesOfRole } from '../core/index.ts';
import { PROBLEMS } from '../edge/http/problem.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'README.zh.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
/** The cells of every table row of a page, without the bars. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    );

/** What GitHub makes of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string): string[] => all(read(page), /^#+ (.+)$/gm).map(anchorOf);

const isBroken = (page: string, target: string): boolean => {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
  if (!existsSync(file)) return true;
  return anchor !== undefined && !anchorsOf(path === '' ? page : join(dirname(page), path)).includes(anchor);
};

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(read('package.json')) as Manifest;

const cellOf = (decision: ConsentDecision): string =>
  decision.action === 'link' ? `link: ${purposesOf(decision.purposes).join(', ')}` : decision.action;

/** The table of docs/consent.md as the code would write it. */
function consentTable(): string[][] {
  const choices: { readonly name: string; readonly consent: Consent }[] = [
    { name: 'not asked', consent: { state: 'unasked' } },
    { name: 'refused', consent: { state: 'refused', source: 'site' } },
    ...Array.from({ length: 15 }, (_, index) => ({
      name: purposesOf(index + 1).join(', '),
      consent: { state: 'granted', source: 'site', purposes: index + 1 } as const,
    })),
  ];
  const columns = [POLICIES.strict, POLICIES.standard, POLICIES.exempt].flatMap((policy) =>
    [false, true].map((gpc) => ({ policy, gpc })),
  );
  return [
    ['Choice', ...columns.map(({ policy, gpc }) => (gpc ? `${policy.preset} + GPC` : policy.preset))],
    Array.from({ length: columns.length + 1 }, () => '---'),
    ...choices.map(({ name, consent }) => [
      name,
      ...columns.map(({ policy, gpc }) => cellOf(decideConsent(policy, consent, gpc))),
    ]),
  ];
}

/** The table of separate consents: who agreed to measure, profile and share, and to what of what the site asks for. */
function separateTable(): string[][] {
  const asked = [16, 32, 64, 112];
  const given = [0, 16, 32, 64, 48, 112];
  return [
    ['Also given', ...asked.map((asks) => `asks ${purposesOf(asks).join(', ')}`)],
    Array.from({ length: asked.length + 1 }, () => '---'),
    ...given.map((also) => [
      purposesOf(also).join(', ') || 'nothing',
      ...asked.map((asks) => {
        const consent = { state: 'granted', source: 'site', purposes: 11 | also } as const;
        return cellOf(decideConsent({ ...POLICIES.standard, asks }, consent, false));
      }),
    ]),
  ];
}

describe('the documents lead somewhere', () => {
  it.each(pages)('every relative link of %s resolves', (page) => {
    const targets = all(withoutCode(read(page)), /\]\(([^)\s]+)\)/g).filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => isBroken(page, target))).toEqual([]);
  });

  it('every page of docs is linked from another page', () => {
    const linked = new Set(
      pages.flatMap((page) =>
        all(withoutCode(read(page)), /\]\(([^)\s#]+)/g).map((target) => join(dirname(page), target)),
      ),
    );
    expect(pages.filter((page) => page.startsWith('docs') && !linked.has(page))).toEqual([]);
  });

  it('every npm script a page names exists', () => {
    const named = pages.flatMap((page) => all(read(page), /npm run ([a-z:]+)/g));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });
});

describe('what the documents print can be used as it is', () => {
  const blocks = pages.flatMap((page) =>
    [...read(page).matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, kind = '', code = '']) => ({ page, kind, code })),
  );

  it('every block of JSON parses', () => {
    const json = blocks.filter(({ kind }) => kind === 'json');
    expect(json.length).toBeGreaterThan(10);
    for (const { page, code } of json) expect(() => void JSON.parse(code), `${page}: ${code}`).not.toThrow();
  });

  it('every block of shell is sound shell', () => {
    const shell = blocks.filter(({ kind }) => kind === 'sh');
    expect(shell.length).toBeGreaterThan(30);
    const wrong = shell.filter(({ code }) => spawnSync('bash', ['-n'], { input: code }).status !== 0);
    expect(wrong).toEqual([]);
  });
});

describe('ARCHITECTURE.md names files that are there', () => {
  const text = read('ARCHITECTURE.md');

  it('every path in code marks exists', () => {
    const paths = all(text, /`([\w.-]+\/[\w./-]*)`/g).filter((path) => !path.startsWith('dist/'));
    expect(paths.filter((path) => path.endsWith('.test.ts')).length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('every file that is said to hold an invariant has its id in it', () => {
    const rows = rowsOf(text).filter(([id]) => /^\*\*[A-Z]\d\*\*$/.test(id ?? ''));
    expect(rows.length).toBeGreaterThan(0);
    const missing = rows.flatMap(([id = '', , held = '']) =>
      all(held, /`([^`]+)`/g)
        .filter((path) => !new RegExp(`\\b${id.replaceAll('*', '')}\\b`).test(read(path)))
        .map((path) => `${id} ${path}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('ARCHITECTURE.md says who may import whom', () => {
  const folders = readdirSync(root).filter((name) => existsSync(join(root, name, 'tsconfig.json')));
  const stated = new Map(rowsOf(read('ARCHITECTURE.md')).map(([folder = '', , imports = '']) => [folder, imports]));

  it.each(folders)('%s/ as its project references do', (folder) => {
    const references = all(read(`${folder}/tsconfig.json`), /"path": "\.\.\/([a-z0-9]+)"/g);
    expect(stated.get(`\`${folder}/\``)).toBe(references.join(', ') || 'nothing');
  });
});

describe('the reference pages are complete', () => {
  it('docs/dependencies.md names every dependency with its version, and none other', () => {
    const listed = rowsOf(read('docs/dependencies.md'))
      .filter(([name]) => name?.startsWith('`'))
      .map(([name = '', version = '']) => [name.replaceAll('`', ''), version] as const);
    expect(new Map(listed)).toEqual(new Map(Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })));
    expect(listed.length).toBe(new Map(listed).size);
  });

  it('docs/errors.md explains every problem with its status, and none other', () => {
    const listed = rowsOf(read('docs/errors.md')).filter(([, status]) => /^[45]\d\d$/.test(status ?? ''));
    const stated = listed.map(([name = '', status]) => [name.replaceAll('`', ''), Number(status)] as const);
    expect(new Map(stated)).toEqual(new Map(Object.entries(PROBLEMS).map(([name, { status }]) => [name, status])));
  });

  it('P6: docs/audit.md names every kind of entry that the log takes, and none other', () => {
    const union = read('core/audit/entry.ts');
    const kinds = all(union, /readonly kind: ([^;]+);/g).flatMap((kind) => all(kind, /'([a-z_]+)'/g));
    const listed = rowsOf(read('docs/audit.md')).flatMap(([names = '']) => all(names, /`([a-z_]+)`/g));
    expect(listed.toSorted()).toEqual(kinds.toSorted());
  });

  it('docs/configuration.md names every variable that is read', () => {
    const config = read('runtime/config.ts') + read('runtime/outside-settings.ts');
    const names = new Set([...all(config, /env\['([A-Z_]+)'\]/g), ...all(config, /\(env, '([A-Z_]+)'/g)]);
    expect(names.size).toBeGreaterThan(5);
    const text = read('docs/configuration.md');
    expect([...names].filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('docs/cli.md names every command', () => {
    const commands = all(read('cli/command-line.ts'), /^ {4}'?([a-z-]+)'?: [a-zA-Z]+Command,/gm);
    expect(commands.length).toBeGreaterThan(5);
    const text = read('docs/cli.md');
    expect(commands.filter((name) => !text.includes(`| \`hushtag ${name}`))).toEqual([]);
  });

  it('docs/configuration.md names every binding of the Worker', () => {
    const bindings = all(read('runtime/worker.ts'), /^ {2}readonly (HUSHTAG_[A-Z_]+)\??:/gm);
    expect(bindings.length).toBeGreaterThan(2);
    const text = read('docs/configuration.md');
    expect(bindings.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/wire.md states every limit, and its example is a message the edge takes', () => {
    const text = read('docs/wire.md');
    const unstated = Object.entries(limits).filter(([, max]) => !text.includes(max.toLocaleString('en-US')));
    expect(unstated).toEqual([]);
    const example = decodeBatch(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
    expect(example.ok && example.value.events.map((event) => event.ok)).toEqual([true]);
  });

  it('P6: docs/access.md prints which role has which scope', () => {
    const printed = /<!-- table: roles -->\n([\s\S]*?)<!-- \/table -->/.exec(read('docs/access.md'))?.[1] ?? '';
    const stated = rowsOf(printed).filter(([scope]) => scope?.startsWith('`'));
    expect(stated).toEqual(
      SCOPES.map((scope) => [`\`${scope}\``, ...ROLES.map((role) => (scopesOfRole(role).has(scope) ? 'yes' : 'no'))]),
    );
  });

  it('C2: docs/consent.md prints the decision table of contract/consent.ts', () => {
    const printed =
      /<!-- table: decideConsent -->\n([\s\S]*?)<!-- \/table -->/.exec(read('docs/consent.md'))?.[1] ?? '';
    expect(rowsOf(printed)).toEqual(consentTable());
    const separate = /<!-- table: separate -->\n([\s\S]*?)<!-- \/table -->/.exec(read('docs/consent.md'))?.[1] ?? '';
    expect(rowsOf(separate)).toEqual(separateTable());
  });
});
