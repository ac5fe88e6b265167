// Two paths to a root (SPEC §5.9). A key that was credentialed twice may carry both chains. Which of them counts follows from the
// signed bytes alone, never from what a party happens to recognise or to know: two parties never decide on different paths.
import { CHAIN_PATHS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { type Chain, type ChainMemory, parseChain } from "./chain.ts";

/** `chain` is the path that counts, for everyone; the others are carried, proved and recorded. */
export type Paths = { readonly chain: Chain; readonly otherPaths: readonly Chain[] };

type Interval = readonly [number, number];
const NO_PATHS: readonly Chain[] = [];

/** Reads every path and chooses: of those whose links hold at the stated time the shortest, then the one of the lowest ids. */
export function parsePaths(
  paths: readonly (readonly Uint8Array[])[],
  at: Interval,
  memory: ChainMemory | null,
): Result<Paths> {
  if (paths.length > CHAIN_PATHS_MAX)
    return fault("CHAIN_PATHS", { found: `${paths.length} of them`, limit: CHAIN_PATHS_MAX });
  const [only] = paths;
  if (only !== undefined && paths.length === 1) {
    const chain = parseChain(only, memory);
    return chain.ok ? ok({ chain: chain.value, otherPaths: NO_PATHS }) : chain;
  }
  const chains: Chain[] = [];
  for (const frames of paths) {
    const chain = parseChain(frames, memory);
    if (!chain.ok) return chain;
    chains.push(chain.value);
  }
  chains.sort(comparePaths);
  if (chains.some((chain, index) => index > 0 && nameOf(chain) === nameOf(chains[index - 1] as Chain)))
    return fault("CHAIN_PATHS", { found: "one of them twice", limit: CHAIN_PATHS_MAX });
  const holding = chains.find((chain) => chain.every((link) => holds(link.grant, at)));
  const [first] = chains;
  const chain = holding ?? first;
  if (chain === undefined) return fault("CHAIN_EMPTY");
  return ok({ chain, otherPaths: chains.filter((other) => other !== chain) });
}

function holds(grant: { readonly not_before: number; readonly not_after: number }, at: Interval): boolean {
  return at[0] >= grant.not_before && at[1] <= grant.not_after;
}

function nameOf(chain: Chain): string {
  return chain.map(({ id }) => id).join();
}

function comparePaths(a: Chain, b: Chain): number {
  if (a.length !== b.length) return a.length - b.length;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
