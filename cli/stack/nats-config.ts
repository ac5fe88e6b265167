// The configuration of a nats-server for parties that do not trust each other: one account per party, each with a stream
// of its own, joined only by exports that make the server itself stamp the sender's account into the subject.
import { isToken } from "../../shared/mesh/subject.ts";

export type NatsParty = {
  /** As peers write it in `to.<name>.…`. */
  readonly name: string;
  /** As the server stamps it in `inbox.<account>.…`; the uppercase name. */
  readonly account: string;
  readonly user: string;
  readonly password: string;
};

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
server_name: quorate
host: "127.0.0.1"
port: ${ports.client}
max_payload: 1048576
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
  max_memory_store: 67108864
  max_file_store: 4294967296
}
accounts {
${parties.map((party) => accountBlock(party, parties, joined)).join("\n")}
}
`;
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
    jetstream: enabled
    users: [{ user: ${JSON.stringify(party.user)}, password: ${JSON.stringify(party.password)} }]
    exports: [${peers.length > 0 ? exported : ""}]
    imports: [
${imports.join("\n")}
    ]
  }`;
}
