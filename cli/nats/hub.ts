// A hub for parties that do not trust each other, in operator mode: whoever runs it keeps one file of keys, from which the server's
// configuration and every login follow. The subjects and limits are those of `nats-config.ts`; here tokens say what a file says there.
import { parseHex, toHex } from "../../shared/bytes.ts";
import { ACCOUNT_FILE_BYTES, type NatsPorts, PAYLOAD_BYTES_MAX, serverBlock } from "../stack/nats-config.ts";
import { accountJwt, activationJwt, credentials, operatorJwt, type Permissions, userJwt } from "./jwt.ts";
import { type Nkey, nkeyFrom } from "./nkey.ts";

export type HubUser = { readonly id: string; readonly issuedAt: number; readonly expires: number };
export type HubParty = {
  readonly name: string;
  /** The account's secret key, in hexadecimal. */
  readonly secret: string;
  readonly users: readonly HubUser[];
  /** When its account last changed, in seconds: the tokens of the others stay as they are, and so do their connections. */
  readonly changedAt: number;
  /** Ids of users withdrawn, and since when (seconds since 1970); never shortened. */
  readonly revoked: Readonly<Record<string, number>>;
};
export type Hub = {
  readonly format: "quorate-nats-hub/1";
  readonly url: string;
  readonly ports: NatsPorts;
  readonly store: string;
  /** Seconds since 1970. A server takes new accounts while it runs, but no other operator: its token stays the same. */
  readonly madeAt: number;
  readonly operator: string;
  readonly system: string;
  readonly parties: readonly HubParty[];
};

/** 32 random bytes. */
export type Random = () => Uint8Array;

export function newHub(url: string, ports: NatsPorts, store: string, madeAt: number, random: Random): Hub {
  const [operator, system] = [toHex(random()), toHex(random())];
  return { format: "quorate-nats-hub/1", url, ports, store, madeAt, operator, system, parties: [] };
}

/** With an account for each name that has none yet. */
export function withParties(hub: Hub, names: readonly string[], changedAt: number, random: Random): Hub {
  const fresh = names.filter((name) => hub.parties.every((party) => party.name !== name));
  const made = fresh.map((name): HubParty => ({ name, secret: toHex(random()), users: [], changedAt, revoked: {} }));
  return { ...hub, parties: [...hub.parties, ...made].map((party) => ({ ...party, changedAt })) };
}

const keyOf = (owner: Nkey["owner"], secret: string) => nkeyFrom(owner, parseHex(secret) as Uint8Array);
export const accountOfParty = ({ secret }: HubParty): string => keyOf("account", secret).id;

/** What an agent's link does, and nothing else: its own streams, its peers' inboxes, and answers to itself. */
const LINK: Permissions = {
  publish: ["to.>", "own.>", "$JS.API.>", "$JS.ACK.>"],
  subscribe: ["_INBOX.>"],
};

/** A new login of a party, beside those that it has; the login is not kept here. */
export function withLogin(
  hub: Hub,
  name: string,
  { issuedAt, expires }: { readonly issuedAt: number; readonly expires: number },
  random: Random,
  permissions = LINK,
): { readonly hub: Hub; readonly login: string } {
  const user = nkeyFrom("user", random());
  const [party] = hub.parties.filter((each) => each.name === name) as [HubParty];
  const token = userJwt(keyOf("account", party.secret), user.id, permissions, { name, issuedAt, expires });
  const users = [...party.users, { id: user.id, issuedAt, expires }];
  return { hub: replaced(hub, { ...party, users }), login: credentials(token, user) };
}

/** Withdraws users of a party that were issued before an instant; those issued from then on stay. */
export function withRevoked(
  hub: Hub,
  name: string,
  before: number,
): { readonly hub: Hub; readonly users: readonly string[] } {
  const [party] = hub.parties.filter((each) => each.name === name) as [HubParty];
  const users = party.users.filter((user) => user.issuedAt < before && party.revoked[user.id] === undefined);
  const revoked = { ...party.revoked, ...Object.fromEntries(users.map(({ id }) => [id, before])) };
  if (users.length === 0) return { hub, users: [] };
  return { hub: replaced(hub, { ...party, changedAt: before, revoked }), users: users.map(({ id }) => id) };
}

function replaced(hub: Hub, party: HubParty): Hub {
  return { ...hub, parties: hub.parties.map((each) => (each.name === party.name ? party : each)) };
}

/** The configuration of nats-server. */
export function hubConfig(hub: Hub): string {
  const issuedAt = hub.madeAt;
  const operator = keyOf("operator", hub.operator);
  const system = keyOf("account", hub.system);
  const plan = { exports: [], imports: [], fileBytes: 0, payloadBytes: PAYLOAD_BYTES_MAX, revocations: {} };
  const accounts = [
    [system.id, accountJwt(operator, system.id, plan, { name: "SYS", issuedAt })],
    ...hub.parties.map((party) => [accountOfParty(party), accountOf(hub, party, operator)]),
  ];
  return `# Operator mode: the accounts, what joins them and who may log in are tokens, signed by keys that this file does not hold.
${serverBlock(hub.ports, hub.store, hub.parties.length)}
operator: ${operatorJwt(operator, system.id, { name: "quorate", issuedAt })}
system_account: ${system.id}
resolver: MEMORY
resolver_preload: {
${accounts.map(([id, token]) => `  ${id}: ${token}`).join("\n")}
}
`;
}

function accountOf(hub: Hub, party: HubParty, operator: Nkey): string {
  const issuedAt = party.changedAt;
  const own = accountOfParty(party);
  const peers = hub.parties.filter(({ name }) => name !== party.name);
  const subject = `inbox.${own}.>`;
  const imports = peers.map((peer) => {
    const exporter = keyOf("account", peer.secret);
    const activation = activationJwt(exporter, own, subject, { name: `${party.name} to ${peer.name}`, issuedAt });
    return { account: exporter.id, subject, local: `to.${peer.name}.>`, activation };
  });
  const plan = {
    // The server puts the sender's account into the second token, or checks it there.
    exports: [{ subject: "inbox.*.>", position: 2 }],
    imports,
    fileBytes: ACCOUNT_FILE_BYTES,
    payloadBytes: PAYLOAD_BYTES_MAX,
    revocations: party.revoked,
  };
  return accountJwt(operator, own, plan, { name: party.name, issuedAt });
}
