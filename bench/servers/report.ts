// bench/servers/report.ts: what a server under load tells the benchmark: its port, and on SIGTERM the CPU it used.

/** Says the port now, and CPU and memory when stopped. `after` may count what was stored. */
export function reportOnStop(port: number, after: () => Promise<Readonly<Record<string, number>> | undefined>): void {
  const began = process.cpuUsage();
  process.send?.({ port });
  process.once('SIGTERM', () => {
    const { user, system } = process.cpuUsage(began);
    const cpuMs = (user + system) / 1_000;
    after()
      .then((counts) =>
        process.send?.({ cpuMs, rssMb: process.memoryUsage.rss() / 2 ** 20, ...counts }, () => process.exit(0)),
      )
      .catch(() => process.exit(1));
  });
}
