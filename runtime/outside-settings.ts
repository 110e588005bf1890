// runtime/outside-settings.ts: the settings of what lies outside: inner origins that may be called, and the provider people log in by.
import type { Result, SiteId } from '../contract/index.ts';
import { err, ok, parseSiteId } from '../contract/index.ts';
import type { InnerOrigins } from '../core/index.ts';
import { INNER_ORIGINS_MAX, isRole, outboundWay, readInnerOrigins } from '../core/index.ts';
import type { DomainRole, OidcSettings } from '../edge/index.ts';

/** What was set. */
export interface Outside {
  readonly innerOrigins?: InnerOrigins;
  readonly oidc?: OidcSettings;
  /** The origin that browsers know this server by. */
  readonly publicUrl?: string;
  /** Where a collector of OpenTelemetry takes traces (OTLP over HTTP). */
  readonly tracesUrl?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const CALLBACK = '/v1/session/oidc/callback';
const NAME_CHARS_MAX = 40;
const DOMAINS_MAX = 50;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** Reads `corp.example=analyst`, or `corp.example=marketer@shop` for one site. */
function readDomain(text: string): DomainRole | undefined {
  const [, domain = '', role = '', name] = /^([^=]+)=([a-z_]+)(?:@(.+))?$/.exec(text) ?? [];
  const site = name === undefined ? null : parseSiteId(name);
  if (!DOMAIN.test(domain) || !isRole(role) || role === 'owner' || (site !== null && !site.ok)) return undefined;
  return { domain, role, site: site === null ? null : (site.value satisfies SiteId) };
}

function readDomains(text: string | undefined): readonly DomainRole[] | undefined {
  const parts = (text ?? '').split(',').map((one) => one.trim().toLowerCase());
  const rules = parts.filter((one) => one !== '').map(readDomain);
  const sound = rules.filter((one) => one !== undefined);
  const named = new Set(sound.map(({ domain, site }) => `${domain} ${site}`));
  return sound.length === rules.length && named.size === rules.length && rules.length <= DOMAINS_MAX
    ? sound
    : undefined;
}

/** The address that browsers know this server by: https, or this machine, where browsers keep Secure cookies without. */
function readPublicUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, protocol, hostname } = new URL(text);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return origin === text.replace(/\/$/, '') && (protocol === 'https:' || isHere) ? origin : undefined;
}

function readOidc(env: Environment, inner: InnerOrigins): Result<OidcSettings | undefined, readonly string[]> {
  const issuer = env['HUSHTAG_OIDC_ISSUER'];
  if (!issuer) return ok(undefined);
  const [clientId, clientSecret] = [env['HUSHTAG_OIDC_CLIENT_ID'], env['HUSHTAG_OIDC_CLIENT_SECRET']];
  const publicUrl = readPublicUrl(env['HUSHTAG_PUBLIC_URL'] ?? '');
  const name = env['HUSHTAG_OIDC_NAME']?.trim() || new URL(URL.canParse(issuer) ? issuer : 'https://-').hostname;
  const domains = readDomains(env['HUSHTAG_OIDC_DOMAINS']);
  const problems: string[] = [];
  if (!URL.canParse(issuer) || outboundWay(new URL(issuer), inner) === 'refused') {
    problems.push('HUSHTAG_OIDC_ISSUER must be an https address of the public internet, or of HUSHTAG_INNER_ORIGINS');
  }
  if (!clientId) problems.push('HUSHTAG_OIDC_ISSUER needs HUSHTAG_OIDC_CLIENT_ID');
  if (!clientSecret) problems.push('HUSHTAG_OIDC_ISSUER needs HUSHTAG_OIDC_CLIENT_SECRET');
  if (publicUrl === undefined) {
    problems.push('HUSHTAG_OIDC_ISSUER needs HUSHTAG_PUBLIC_URL, the origin browsers reach this server at, with https');
  }
  if (name.length > NAME_CHARS_MAX) problems.push(`HUSHTAG_OIDC_NAME has at most ${NAME_CHARS_MAX} characters`);
  if (domains === undefined) {
    problems.push(
      'HUSHTAG_OIDC_DOMAINS must be like corp.example=analyst,corp.example=marketer@shop, and makes no owners',
    );
  }
  if (problems.length > 0 || !clientId || !clientSecret || publicUrl === undefined || domains === undefined) {
    return err(problems);
  }
  return ok({ issuer, clientId, clientSecret, redirectUri: `${publicUrl}${CALLBACK}`, name, domains });
}

/** Reads them. @returns all that is wrong together; no value of theirs is repeated. */
export function readOutside(env: Environment): Result<Outside, readonly string[]> {
  const inner = readInnerOrigins(env['HUSHTAG_INNER_ORIGINS']);
  if (!inner.ok) {
    return err([
      `HUSHTAG_INNER_ORIGINS must be at most ${INNER_ORIGINS_MAX} origins with commas between them, like https://sso.corp.internal`,
    ]);
  }
  const oidc = readOidc(env, inner.value);
  if (!oidc.ok) return oidc;
  const publicUrl = readPublicUrl(env['HUSHTAG_PUBLIC_URL'] ?? '');
  if (env['HUSHTAG_PUBLIC_URL'] && publicUrl === undefined)
    return err([
      'HUSHTAG_PUBLIC_URL must be an origin with https (or of this machine), like https://tags.shop.example',
    ]);
  const tracesUrl = env['HUSHTAG_TRACES_URL'];
  if (tracesUrl && (!URL.canParse(tracesUrl) || outboundWay(new URL(tracesUrl), inner.value) === 'refused'))
    return err(['HUSHTAG_TRACES_URL must be an https address of the public internet, or of HUSHTAG_INNER_ORIGINS']);
  return ok({
    ...(inner.value.size === 0 ? {} : { innerOrigins: inner.value }),
    ...(oidc.value === undefined ? {} : { oidc: oidc.value }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(tracesUrl ? { tracesUrl } : {}),
  });
}
