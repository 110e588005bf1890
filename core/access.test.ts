// core/access.test.ts: what each role may do is decided here and nowhere else.
import { describe, expect, it } from 'vitest';
import type { Role } from './access.ts';
import { INSTALLATION_SCOPES, ROLES, SCOPES, scopesOfRole } from './access.ts';

describe('P6: a role is allowed what its work needs', () => {
  it('lets an owner do everything', () => {
    expect([...scopesOfRole('owner')]).toEqual([...SCOPES]);
  });
  it.each(SCOPES)('%s is somebody’s', (scope) => {
    expect(ROLES.some((role) => scopesOfRole(role).has(scope))).toBe(true);
  });
  it.each(['people:manage', 'sites:manage', 'settings:write', 'tokens:manage', 'exports:write'] as const)(
    '%s is an owner’s alone',
    (scope) => {
      expect(ROLES.filter((role) => scopesOfRole(role).has(scope))).toEqual(['owner']);
    },
  );
  it.each<[Role, (typeof SCOPES)[number]]>([
    ['marketer', 'privacy:read'],
    ['analyst', 'segments:write'],
    ['privacy_officer', 'reports:write'],
    ['developer', 'settings:write'],
    ['developer', 'privacy:read'],
    ['developer', 'segments:read'],
    ['marketer', 'live:read'],
    ['privacy_officer', 'segments:write'],
    ['privacy_officer', 'live:read'],
  ])('keeps %s from %s', (role, scope) => {
    expect(scopesOfRole(role).has(scope)).toBe(false);
  });
  it('knows which scopes are about the whole installation', () => {
    expect(INSTALLATION_SCOPES.every((scope) => SCOPES.includes(scope))).toBe(true);
  });
});
