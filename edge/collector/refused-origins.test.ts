// edge/collector/refused-origins.test.ts: the log names a refused origin once an hour, and no more than it should.
import { describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { HOUR_MS } from '../../contract/index.ts';
import { noteRefusedOrigins, ORIGIN_CHARS_MAX, ORIGIN_LINES_MAX } from './refused-origins.ts';

const shop = 'shop' as SiteId;
function noting() {
  const lines: unknown[] = [];
  let at = 0;
  const note = noteRefusedOrigins({
    now: () => at as EpochMs,
    log: (level, event, fields) => lines.push([level, event, fields]),
  });
  return { lines, note, pass: (ms: number) => (at += ms) };
}
const longest = `https://${'a'.repeat(ORIGIN_CHARS_MAX - 'https://.example'.length)}.example`;

describe('a refused origin', () => {
  it('is named once an hour, and again in the next', () => {
    const { lines, note, pass } = noting();
    note(shop, 'https://www.shop.example');
    note(shop, 'https://www.shop.example');
    pass(HOUR_MS);
    note(shop, 'https://www.shop.example');
    const line = ['warn', 'origin_refused', { site: 'shop', origin: 'https://www.shop.example' }];
    expect(lines).toEqual([line, line]);
  });

  it.each([
    { why: 'there is none', origin: undefined, said: 'none' },
    { why: 'a page has none to tell', origin: 'null', said: 'malformed' },
    { why: 'it has a path', origin: 'https://shop.example/jane@mail.example', said: 'malformed' },
    { why: 'it has a name before the host', origin: 'https://jane:secret@shop.example', said: 'malformed' },
    { why: 'it is as long as may be', origin: longest, said: longest },
    { why: 'it is a character longer', origin: longest.replace('aa', 'aaa'), said: 'malformed' },
  ])('P1: is "$said" where $why', ({ origin, said }) => {
    const { lines, note } = noting();
    note(shop, origin);
    expect(lines).toEqual([['warn', 'origin_refused', { site: 'shop', origin: said }]]);
  });

  it('is one of few lines, whatever is sent', () => {
    const { lines, note } = noting();
    for (let nth = 0; nth < ORIGIN_LINES_MAX * 3; nth += 1) note(shop, `https://host-${nth}.example`);
    expect(lines).toHaveLength(ORIGIN_LINES_MAX);
  });
});
