// The patterns that ship. Adding one is adding a document here; nothing else in the code knows their names.
import { fault, ok, type Result } from "../result.ts";
import { AGGREGATION } from "./patterns/aggregation.ts";
import { APPROVAL } from "./patterns/approval.ts";
import { AUCTION } from "./patterns/auction.ts";
import { CONSENSUS } from "./patterns/consensus.ts";
import { QUORUM } from "./patterns/quorum.ts";
import { VOTE } from "./patterns/vote.ts";
import type { PolicyDocument } from "./policy.ts";

export const PATTERNS: readonly PolicyDocument[] = [CONSENSUS, QUORUM, AUCTION, AGGREGATION, APPROVAL, VOTE];

export function findPattern(id: string): Result<PolicyDocument> {
  const found = PATTERNS.find((pattern) => pattern.id === id);
  return found ? ok(found) : fault("POLICY_UNKNOWN", { pattern: id });
}
