// runtime/client-address.ts: whom a request comes from, behind as many proxies as the operator trusts.

/** The client's address: the socket's, or behind proxies the entry that the outermost trusted one wrote. */
export function addressOf(
  forwardedFor: string | null,
  socketAddress: string | undefined,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0) return socketAddress;
  const entries = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  return entries.at(-trustedProxies) || socketAddress;
}
