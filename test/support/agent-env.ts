// An agent's variables for tests that run its edge in this process: what a deployment would set, for one of the test parties.
import type { Party } from "../../cli/stack/party.ts";
import { rootsOf } from "../../cli/stack/party.ts";
import type { AgentSecrets } from "../../durable/config.ts";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";

export function partyDocument(party: Party, parties: readonly Party[], changes: object = {}): object {
  return {
    name: party.name,
    mesh: party.mesh,
    credentials: party.identity.credentials.map(toBase64),
    trust: writeTrustStatement(party.mesh, rootsOf(parties)),
    partners: parties.filter((peer) => peer !== party).map(({ name }) => ({ name, account: name.toUpperCase() })),
    sources: [],
    clockOffsetMs: 0,
    ...changes,
  };
}

export function agentVariables(
  party: Party,
  parties: readonly Party[],
  changes: object = {},
  hookSecrets: Readonly<Record<string, readonly string[]>> = {},
): AgentSecrets {
  return {
    PARTY: JSON.stringify(partyDocument(party, parties, changes)),
    SIGNING_KEY: toHex(party.secret),
    API_KEY: "a key for the tests",
    HOOK_SECRETS: JSON.stringify(hookSecrets),
  };
}
