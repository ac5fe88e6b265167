// Addresses that are nobody's on the public Internet: IANA's registries of special-purpose addresses (RFC 6890), and what clouds answer
// their own machines on. A webhook to one of them would make the agent speak to its own surroundings.

export type Block = { readonly prefix: string; readonly bits: number; readonly is: string };

export const IPV4_BLOCKS: readonly Block[] = [
  { prefix: "0.0.0.0", bits: 8, is: "this network" },
  { prefix: "10.0.0.0", bits: 8, is: "private" },
  { prefix: "100.64.0.0", bits: 10, is: "shared by carriers (CGNAT)" },
  { prefix: "127.0.0.0", bits: 8, is: "loopback" },
  { prefix: "168.63.129.16", bits: 32, is: "a cloud's own service" },
  { prefix: "169.254.0.0", bits: 16, is: "link-local, metadata services among them" },
  { prefix: "172.16.0.0", bits: 12, is: "private" },
  { prefix: "192.0.0.0", bits: 24, is: "for protocols" },
  { prefix: "192.0.2.0", bits: 24, is: "for documentation" },
  { prefix: "192.31.196.0", bits: 24, is: "for protocols" },
  { prefix: "192.52.193.0", bits: 24, is: "for protocols" },
  { prefix: "192.88.99.0", bits: 24, is: "a relay" },
  { prefix: "192.168.0.0", bits: 16, is: "private" },
  { prefix: "192.175.48.0", bits: 24, is: "for protocols" },
  { prefix: "198.18.0.0", bits: 15, is: "for measurements" },
  { prefix: "198.51.100.0", bits: 24, is: "for documentation" },
  { prefix: "203.0.113.0", bits: 24, is: "for documentation" },
  { prefix: "224.0.0.0", bits: 4, is: "multicast" },
  { prefix: "240.0.0.0", bits: 4, is: "reserved" },
];

/** Of IPv6 only 2000::/3 is handed out; within it these are not anybody's. All else is refused without being listed. */
export const IPV6_GLOBAL: Block = { prefix: "2000::", bits: 3, is: "handed out" };
export const IPV6_BLOCKS: readonly Block[] = [
  { prefix: "2001::", bits: 23, is: "for protocols, tunnels among them" },
  { prefix: "2001:db8::", bits: 32, is: "for documentation" },
  { prefix: "2002::", bits: 16, is: "a tunnel to an IPv4 address" },
  { prefix: "2620:4f:8000::", bits: 48, is: "for protocols" },
  { prefix: "3fff::", bits: 20, is: "for documentation" },
];

/** Last labels under which no public name stands (RFC 6761, 6762, 8375, 9476), and those that networks use among themselves. */
export const PRIVATE_SUFFIXES: readonly string[] = [
  "alt",
  "arpa",
  "corp",
  "domain",
  "example",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "onion",
  "private",
  "test",
  "workgroup",
];
