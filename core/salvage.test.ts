// core/salvage.test.ts: nothing identifying is kept of a refused event, wherever it stood (P1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { salvageEvent } from './salvage.ts';

const kept = (raw: unknown, channelData = true): string => JSON.stringify(salvageEvent(raw, channelData)?.event ?? {});

describe('P1: salvaging a refused event', () => {
  it('keeps what may be kept, in the wire’s keys', () => {
    const raw = {
      i: 'not-an-id',
      t: 'yesterday',
      n: 'purchase',
      u: 'https://shop.example/a/b?utm_source=news&q=secret#x',
      r: 'https://search.example/find?q=secret',
      h: 'Thank you',
      p: { plan: 'gold', value: 25.5, currency: 'GBP', items: [{ item_id: 'tea', price: '12.75', wrap: 'red' }] },
      x: 'no field of ours',
    };
    expect(salvageEvent(raw, true)?.event).toEqual({
      n: 'purchase',
      u: 'https://page.invalid/a/b?utm_source=news',
      r: 'https://search.example/',
      h: 'Thank you',
      p: { plan: 'gold', value: 25.5, currency: 'GBP', items: [{ item_id: 'tea', price: '12.75' }] },
    });
  });

  it('keeps no channel where the policy keeps none', () => {
    const raw = { u: 'https://shop.example/a?utm_source=news', r: 'https://search.example/' };
    expect(salvageEvent(raw, false)?.event).toEqual({ u: 'https://page.invalid/a' });
  });

  it.each([
    { why: 'in mapped commerce', raw: { m: { o: 'ORDER-7' } } },
    { why: 'in parameters', raw: { p: { transaction_id: 'ORDER-7' } } },
  ])('takes the order id out for a key: $why', ({ raw }) => {
    const { event, transactionId } = salvageEvent(raw, true) ?? { event: {} };
    expect(transactionId).toBe('ORDER-7');
    expect(JSON.stringify(event)).not.toContain('ORDER-7');
  });

  it('keeps no e-mail address, number or token from any depth of any field', () => {
    const marks = ['marked.person@mail.example', '+44 7700 900731', '77009007311', 'tok9f3a7c2e8b1d4f60a5x'];
    const holder = fc.oneof(
      fc.constantFrom<unknown>(...marks, 77_009_007_311),
      fc.constantFrom(...marks).map((mark) => `to ${mark}.`),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        holder,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.constantFrom(...marks), fc.constantFrom('a', 'value', 'email', 'l')), tie('tree'), {
          maxKeys: 3,
        }),
      ),
    }));
    // Texts of products keep numbers, as those of sound events do; addresses go there too.
    const field = fc.constantFrom('i', 'n', 't', 'u', 'r', 'h', 'p', 'c', 'zz', '__proto__x');
    fc.assert(
      fc.property(fc.dictionary(field, tree, { maxKeys: 5 }), fc.boolean(), (raw, channelData) => {
        const text = kept(raw, channelData);
        for (const mark of [...marks, '7700900731', '900731']) expect(text).not.toContain(mark);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps little of what has no end', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 2_000; level += 1) deep = { a: deep };
    expect(kept({ p: { deep } }).length).toBeLessThan(100);
    expect(kept({ h: 'x'.repeat(2_000) })).toBe('{"h":"[too long]"}');
    expect(salvageEvent({ h: 'x'.repeat(40_000) }, true)).toBeUndefined();
  });
});
