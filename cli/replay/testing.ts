// cli/replay/testing.ts: rows and a collector for the replay's tests.
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import * as fc from 'fast-check';

/** A row as the Parquet reader gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** A row that is a sale of six pieces at £2.55 to a known customer. */
export const aRow = (over: Row = {}): Row => ({
  InvoiceNo: '536365',
  StockCode: '85123A',
  Description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  Quantity: 6n,
  InvoiceDate: '12/1/10 8:26',
  UnitPrice: 2.55,
  CustomerID: 17850n,
  ...over,
});

/** Rows of few invoices, so that lines meet in one; the codes and signs of the real file, and worse, in amounts the wire can carry. */
export const rowsArb: fc.Arbitrary<Row[]> = fc.array(
  fc
    .record({
      invoice: fc.constantFrom('536365', '536366', 'C536367', 'C536368'),
      StockCode: fc.constantFrom('85123A', '22423', 'POST', 'DOT', 'C2', 'D', 'M', 'm', 'S', 'AMAZONFEE', 'PADS'),
      Description: fc.constantFrom('A NAME', ' PADDED ', '', null),
      Quantity: fc.bigInt({ min: -936n, max: 936n }),
      InvoiceDate: fc.constantFrom('12/1/10 8:26', '12/1/10 8:27', '6/26/11 10:59', '2/30/11 1:00'),
      UnitPrice: fc.constantFrom(0, 0.001, 0.03, 1.005, 2.55, 12.75, 38.97, -11_062.06),
    })
    // One invoice has one customer, as in the file; one has none.
    .map(({ invoice, ...row }) => ({
      ...row,
      InvoiceNo: invoice,
      CustomerID: invoice === '536366' ? null : invoice === '536365' ? 17_850n : 12_346n,
    })),
  { maxLength: 40 },
);

/** What a test's collector answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a test's collector was asked. */
export interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A collector on 127.0.0.1 that answers as told; `undefined` cuts the connection. */
export async function startCollector(
  reply: (asked: Asked, nth: number) => Reply | undefined,
): Promise<{ readonly url: URL; readonly asked: readonly Asked[]; readonly close: () => Promise<void> }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const one: Asked = { method, url, headers, body: Buffer.concat(chunks).toString() };
      const answer = reply(one, asked.push(one));
      if (answer === undefined) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
