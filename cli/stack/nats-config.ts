// The configuration of a nats-server for parties that do not trust each other: one account per party, each with a stream
// of its own, joined only by exports that make the server itself stamp the sender's account into the subject. What an account may
// use is bounded, so that none can fill the server for the others.
import { isToken } from "../../shared/mesh/subject.ts";

export type NatsParty = {
  /** As peers write it in `to.<name>.…`. */
  readonly name: string;
  /** As the server stamps it in `inbox.<account>.…`; the uppercase name. */
  readonly account: string;
  readonly user: string;
  readonly password: string;
};

/** Of one party's account: its inbox, at most 256 MiB, and the journal of its own statements. */
export const ACCOUNT_FILE_BYTES = 1_073_741_824;
/** Twice the largest message that a stream takes, so that one too large is refused with a reason and not with a broken connection. */
export const PAYLOAD_BYTES_MAX = 262_144;

export type NatsPorts = { readonly client: number; readonly websocket: number };

/** Whether messages may pass between two parties; where they may not, neither can reach the other's inbox. */
export type Joined = (one: NatsParty, other: NatsParty) => boolean;

export function buildNatsConfig(
  parties: readonly NatsParty[],
  ports: NatsPorts,
  storeDir: string,
  joined: Joined = () => true,
): string {
  for (const { name, account } of parties) {
    if (!isToken(name) || !isToken(account)) throw new Error(`not a subject token: ${name} or ${account}`);
  }
  return `# One account per party; a party's inbox can be reached only under the sender's own account name.
${serverBlock(ports, storeDir, parties.length)}
accounts {
${parties.map((party) => accountBlock(party, parties, joined)).join("\n")}
}
`;
}

/** Where the server listens, and what it keeps: the same whoever says who its accounts are. */
export function serverBlock(ports: NatsPorts, storeDir: string, accounts: number): string {
  return `server_name: quorate
host: "127.0.0.1"
port: ${ports.client}
max_payload: ${PAYLOAD_BYTES_MAX}
# A client that is gone must not go on receiving deliveries for minutes.
ping_interval: "20s"
ping_max: 2
websocket {
  host: "127.0.0.1"
  port: ${ports.websocket}
  no_tls: true
}
jetstream {
  store_dir: ${JSON.stringify(storeDir)}
  max_memory_store: 0
  max_file_store: ${accounts * ACCOUNT_FILE_BYTES}
}`;
}

function accountBlock(party: NatsParty, parties: readonly NatsParty[], joined: Joined): string {
  const peers = parties.filter((peer) => peer.account !== party.account && joined(party, peer));
  const imports = peers.map(
    ({ name, account }) =>
      `      { service: { account: ${account}, subject: "inbox.${party.account}.>" }, to: "to.${name}.>" }`,
  );
  const importers = peers.map(({ account }) => account).join(", ");
  // The position is that of the account in the subject: the second token is filled in, or checked, by the server.
  const exported = `{ service: "inbox.*.>", account_token_position: 2, accounts: [${importers}] }`;
  return `  ${party.account} {
    jetstream { max_memory: 0, max_file: ${ACCOUNT_FILE_BYTES}, max_streams: 4, max_consumers: 8 }
    limits { max_connections: 16, max_subscriptions: 256, max_payload: ${PAYLOAD_BYTES_MAX} }
    users: [{ user: ${JSON.stringify(party.user)}, password: ${JSON.stringify(party.password)} }]
    exports: [${peers.length > 0 ? exported : ""}]
    imports: [
${imports.join("\n")}
    ]
  }`;
}
