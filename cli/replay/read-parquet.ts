// cli/replay/read-parquet.ts: the rows of Online Retail's Parquet file.

const COLUMNS = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID'];

/**
 * Reads every row with the columns that the replay needs; nothing is checked here, `mapRetail` does.
 * The file is ZSTD-compressed, which hyparquet leaves to `hyparquet-compressors`.
 */
export async function readRetailRows(file: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const [{ asyncBufferFromFile, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  return parquetReadObjects({ file: await asyncBufferFromFile(file), compressors, columns: COLUMNS });
}
