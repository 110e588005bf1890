import { describe, expect, it } from 'vitest';
import { parseDestination, PURPOSE_CHARS_MAX } from './destination.ts';

const destination = (over: object = {}) => ({
  name: 'crm',
  url: 'https://crm.example.com/erasures?shop=1',
  purpose: 'newsletters',
  ...over,
});

describe('P4: a destination', () => {
  it.each([
    { why: 'as it should be', over: {}, refusal: undefined },
    { why: 'with another port', over: { url: 'https://crm.example.com:8443/' }, refusal: undefined },
    { why: 'without encryption', over: { url: 'http://crm.example.com/' }, refusal: 'url_not_https' },
    { why: 'of no URL', over: { url: 'crm.example.com' }, refusal: 'url_malformed' },
    { why: 'with a password', over: { url: 'https://a:b@crm.example.com/' }, refusal: 'url_malformed' },
    { why: 'at an IPv4 address', over: { url: 'https://93.184.215.14/' }, refusal: 'url_not_public' },
    { why: 'at one in another spelling', over: { url: 'https://0x7f000001/' }, refusal: 'url_not_public' },
    { why: 'at one as a number', over: { url: 'https://2130706433/' }, refusal: 'url_not_public' },
    { why: 'at an IPv6 address', over: { url: 'https://[::1]/' }, refusal: 'url_not_public' },
    { why: 'at home', over: { url: 'https://localhost/' }, refusal: 'url_not_public' },
    { why: 'at home, with a dot', over: { url: 'https://crm.localhost./' }, refusal: 'url_not_public' },
    { why: 'in a cloud’s own network', over: { url: 'https://metadata.google.internal/' }, refusal: 'url_not_public' },
    { why: 'without a domain', over: { url: 'https://crm/' }, refusal: 'url_not_public' },
    { why: 'with a name of one character', over: { name: 'c' }, refusal: undefined },
    { why: 'with a name of 40', over: { name: 'c'.repeat(40) }, refusal: undefined },
    { why: 'with a name of 41', over: { name: 'c'.repeat(41) }, refusal: 'name_malformed' },
    { why: 'with a name in capitals', over: { name: 'CRM' }, refusal: 'name_malformed' },
    { why: 'without a purpose', over: { purpose: ' ' }, refusal: 'purpose_length' },
    { why: 'with the longest purpose', over: { purpose: 'x'.repeat(PURPOSE_CHARS_MAX) }, refusal: undefined },
    { why: 'with a longer one', over: { purpose: 'x'.repeat(PURPOSE_CHARS_MAX + 1) }, refusal: 'purpose_length' },
  ])('$why: $refusal', ({ over, refusal }) => {
    const read = parseDestination(destination(over));
    expect(read.ok ? undefined : read.error).toBe(refusal);
  });
});
