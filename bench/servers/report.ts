// bench/servers/report.ts: what a server under load tells the benchmark: its port, and on SIGTERM the CPU it used since it was warm.

const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/**
 * Says the port now, and CPU and memory when stopped. `after` may count what was stored. CPU counts from the message `warm` on.
 * @param cpuMs CPU used until now; this process's unless the server is another one.
 */
export function reportOnStop(
  port: number,
  after: () => Promise<Readonly<Record<string, number>> | undefined>,
  cpuMs: () => number = ownCpuMs,
): void {
  let began = cpuMs();
  process.on('message', (told) => {
    if (told === 'warm') began = cpuMs();
  });
  process.send?.({ port });
  process.once('SIGTERM', () => {
    const used = cpuMs() - began;
    after()
      .then((counts) =>
        process.send?.({ cpuMs: used, rssMb: process.memoryUsage.rss() / 2 ** 20, ...counts }, () => process.exit(0)),
      )
      .catch(() => process.exit(1));
  });
}
