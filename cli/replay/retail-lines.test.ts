// cli/replay/retail-lines.test.ts
import { describe, expect, it } from 'vitest';
import { parseInvoiceDate, parseRetailRow, roleOf } from './retail-lines.ts';
import { aRow } from './testing.ts';

const role = (over: Readonly<Record<string, unknown>>) => {
  const line = parseRetailRow(aRow(over));
  return line.ok ? roleOf(line.value) : line.error;
};
const skip = (reason: string) => ({ role: 'skip', reason });
const CANCELS = { InvoiceNo: 'C536379' };

describe('D2: every line of an invoice is something, or nothing for a named reason', () => {
  it.each([
    { why: 'goods sold', row: {}, is: { role: 'item', pence: 255, quantity: 6 } },
    { why: 'goods that came back', row: { ...CANCELS, Quantity: -6n }, is: { role: 'item', pence: 255, quantity: 6 } },
    { why: 'a code in lower case', row: { StockCode: '47566b' }, is: { role: 'item', pence: 255, quantity: 6 } },
    { why: 'a voucher', row: { StockCode: 'gift_0001_20' }, is: { role: 'item', pence: 255, quantity: 6 } },
    { why: 'postage', row: { StockCode: 'POST' }, is: { role: 'shipping', pence: 255, quantity: 6 } },
    { why: 'postage of the web shop', row: { StockCode: 'DOT' }, is: { role: 'shipping', pence: 255, quantity: 6 } },
    { why: 'carriage', row: { StockCode: 'C2' }, is: { role: 'shipping', pence: 255, quantity: 6 } },
    { why: 'a discount', row: { StockCode: 'D', Quantity: -1n }, is: { role: 'discount', pence: 255, quantity: 1 } },
    { why: 'a later discount', row: { ...CANCELS, StockCode: 'D', Quantity: -1n }, is: skip('discount_after_sale') },
    { why: 'a manual entry', row: { StockCode: 'M' }, is: skip('manual_entry') },
    { why: 'a manual entry, as typed', row: { StockCode: 'm' }, is: skip('manual_entry') },
    { why: 'samples', row: { StockCode: 'S' }, is: skip('sample') },
    { why: 'a fee', row: { StockCode: 'AMAZONFEE' }, is: skip('fee') },
    { why: 'another fee', row: { StockCode: 'BANK CHARGES' }, is: skip('fee') },
    { why: 'breakage', row: { Quantity: -6n, UnitPrice: 0 }, is: skip('stock_adjustment') },
    { why: 'nothing sold', row: { Quantity: 0n }, is: skip('stock_adjustment') },
    { why: 'a gift', row: { UnitPrice: 0 }, is: skip('zero_price') },
    { why: 'just below half a penny', row: { UnitPrice: 0.0049 }, is: skip('below_a_penny') },
    { why: 'half a penny', row: { UnitPrice: 0.005 }, is: { role: 'item', pence: 1, quantity: 6 } },
    { why: 'a penny', row: { UnitPrice: 0.01 }, is: { role: 'item', pence: 1, quantity: 6 } },
    { why: 'a negative price', row: { UnitPrice: -11_062.06 }, is: skip('negative_price') },
    { why: 'more goods, cancelled', row: CANCELS, is: skip('addition_in_cancellation') },
  ])('reads $why', ({ row, is }) => {
    expect(role(row)).toEqual(is);
  });

  it.each([
    { why: 'no invoice', row: { InvoiceNo: null } },
    { why: 'an empty invoice', row: { InvoiceNo: '' } },
    { why: 'no code', row: { StockCode: null } },
    { why: 'no quantity', row: { Quantity: null } },
    { why: 'a broken quantity', row: { Quantity: 1.5 } },
    { why: 'no price', row: { UnitPrice: Number.NaN } },
    { why: 'a price in words', row: { UnitPrice: '2.55' } },
    { why: 'no date', row: { InvoiceDate: null } },
    { why: 'another date form', row: { InvoiceDate: '2010-12-01T08:26' } },
    { why: 'a customer in words', row: { CustomerID: 'someone' } },
  ])('refuses a row with $why', ({ row }) => {
    expect(parseRetailRow(aRow(row))).toEqual({ ok: false, error: 'malformed' });
  });

  it('leaves out what the row lacks', () => {
    const line = parseRetailRow(aRow({ Description: null, CustomerID: null }));
    expect(line.ok && Object.keys(line.value)).not.toContain('description');
    expect(line.ok && Object.keys(line.value)).not.toContain('customerId');
  });
});

describe('an invoice date is read as UTC', () => {
  it.each([
    { text: '12/1/10 8:26', iso: '2010-12-01T08:26:00.000Z' },
    { text: '6/26/11 10:59', iso: '2011-06-26T10:59:00.000Z' },
    { text: '2/28/11 23:59', iso: '2011-02-28T23:59:00.000Z' },
  ])('reads $text', ({ text, iso }) => {
    expect(parseInvoiceDate(text)).toEqual({ ok: true, value: Date.parse(iso) });
  });

  it.each(['2/29/11 0:00', '13/1/10 8:26', '0/1/10 8:26', '12/1/10 24:00', '12/1/10 8:60', '12/1/10', ''])(
    'refuses %j',
    (text) => {
      expect(parseInvoiceDate(text).ok).toBe(false);
    },
  );
});
