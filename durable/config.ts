// The agent's configuration: one public document and a few secrets, read once in an isolate. A missing or malformed part is a coded
// refusal that names the path, so that a deployment fails at its first request and not in the middle of a ceremony.
import { parseChain, rootOf } from "../shared/authority/chain.ts";
import { parseDeviceLink } from "../shared/authority/continuity.ts";
import type { Trust } from "../shared/authority/trust.ts";
import { parseBase64, parseHex, toHex } from "../shared/bytes.ts";
import { fromJson } from "../shared/cbor/json.ts";
import { list, misfit, type Reader, readAs, text } from "../shared/cbor/read.ts";
import type { CborValue } from "../shared/cbor/value.ts";
import type { Self } from "../shared/ceremony/state.ts";
import { openTrust, recognisedIn, type TrustStatement } from "../shared/evidence/trust-statement.ts";
import { isToken } from "../shared/mesh/subject.ts";
import { type Author, authorFor, type Identity } from "../shared/observation/author.ts";
import { fault, ok, type Result } from "../shared/result.ts";
import { refuseTargets } from "./hook-endpoints.ts";
import { type AccessDocument, type ApiKey, firstKey, readAccess, readKeys } from "./keys.ts";
import { type PartyDocument, readParty } from "./party-document.ts";
import { platformSigner } from "./signer.ts";
import { readStanding, type Standing } from "./standing.ts";

export type AgentSecrets = {
  /** JSON of a `PartyDocument`. */
  readonly PARTY: string;
  /** The agent's Ed25519 secret key, 32 bytes in hexadecimal. */
  readonly SIGNING_KEY: string;
  /** Bearer key for people and programs of the party itself. */
  readonly API_KEY: string;
  /** JSON: secrets in force by source id, the newest first; and what proves the agent to GitHub (github-token.ts). */
  readonly HOOK_SECRETS: string;
  /** JSON: further bearer keys, by the digests of their texts, with scopes; may be left out. */
  readonly API_KEYS?: string;
  /** JSON: whose tokens are taken (Cloudflare Access), and what their bearers may do; may be left out. */
  readonly ACCESS?: string;
  /** "1" on a development machine alone: webhooks may then be sent to this machine. */
  readonly HOOKS_LOOPBACK?: string;
};

export type AgentConfig = {
  readonly party: PartyDocument;
  readonly self: Self;
  readonly identity: Identity;
  readonly author: Author;
  /** By name, every mesh in which it stands; its own is among them. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** What its door takes as given; opened once, when the first frame comes. */
  readonly trust: () => Promise<Result<Trust>>;
  /** All bearer keys, the first one among them. */
  readonly keys: readonly ApiKey[];
  readonly access: AccessDocument | null;
  readonly hookSecrets: ReadonlyMap<string, readonly string[]>;
  /** Whether webhooks may be sent to this machine. */
  readonly loopback: boolean;
};

/** An RSA key of 4,096 bits in PEM is the longest of them. */
const HOOK_SECRET_LENGTH_MAX = 4_096;

const VARIABLES = ["PARTY", "SIGNING_KEY", "API_KEY", "HOOK_SECRETS", "API_KEYS", "ACCESS", "HOOKS_LOOPBACK"] as const;
let known: { readonly env: AgentSecrets; readonly config: Result<AgentConfig> } | null = null;

/** The configuration that these variables give. It is kept, and with it the memory of credential chains that were verified. */
export function configOf(env: AgentSecrets): Result<AgentConfig> {
  const same = VARIABLES.every((name) => known?.env[name] === env[name]);
  if (known === null || !same) {
    const given = Object.fromEntries(VARIABLES.map((name) => [name, env[name]]));
    known = { env: given as unknown as AgentSecrets, config: readConfig(env) };
  }
  return known.config;
}

function readConfig(env: AgentSecrets): Result<AgentConfig> {
  const document = parse(env.PARTY, "PARTY");
  if (!document.ok) return document;
  const party = readAs(document.value, readParty, "PARTY");
  if (!party.ok) return fault("CONFIG_INVALID", party.fault.detail);
  const secret = parseHex(env.SIGNING_KEY ?? "");
  if (secret === null || secret.length !== 32)
    return fault("KEY_MISSING", { need: "SIGNING_KEY must be 32 bytes in hexadecimal" });
  if ((env.API_KEY ?? "").length < 16)
    return fault("CONFIG_INVALID", { path: "API_KEY", need: "at least 16 characters" });
  const callers = readCallers(env);
  if (!callers.ok) return callers;
  const hooks = readHookSecrets(env.HOOK_SECRETS ?? "{}");
  if (!hooks.ok) return hooks;
  const loopback = env.HOOKS_LOOPBACK === "1";
  const unsent = refuseTargets(party.value, loopback);
  if (unsent !== null) return { ok: false, fault: unsent };
  const identity = readIdentity(party.value, secret);
  if (!identity.ok) return identity;
  const recognised = recognisedIn(party.value.trust);
  const chain = parseChain(identity.value.credentials);
  if (!chain.ok) return fault("CONFIG_INVALID", { path: "PARTY.credentials", need: "a credential chain" });
  const self: Self = {
    authority: party.value.name,
    root: rootOf(chain.value),
    key: toHex(identity.value.signer.key),
    roots: recognised.roots,
    recognised,
  };
  const unsendable = [...self.roots.values()].find((authority) => !isToken(authority));
  if (unsendable !== undefined)
    return fault("CONFIG_INVALID", {
      path: "PARTY.trust.roots",
      need: `names that subjects can hold, not ${unsendable}`,
    });
  const author = authorFor(identity.value);
  const standings = standingsOf(party.value, identity.value, author);
  if (!standings.ok) return standings;
  const elsewhere = new Map([...standings.value].map(([mesh, { trust }]) => [mesh, recognisedIn(trust).roots]));
  return ok({
    standings: standings.value,
    party: party.value,
    self: { ...self, elsewhere },
    identity: identity.value,
    author,
    trust: trustOf(party.value.trust),
    ...callers.value,
    hookSecrets: hooks.value,
    loopback,
  });
}

/** Who may call: no two keys may go by one name or one text. */
function readCallers(env: AgentSecrets): Result<Pick<AgentConfig, "keys" | "access">> {
  const keys = readVariable(env.API_KEYS ?? "[]", "API_KEYS", readKeys);
  if (!keys.ok) return keys;
  const all = [firstKey(env.API_KEY), ...keys.value];
  for (const field of ["id", "sha256"] as const)
    if (new Set(all.map((key) => key[field])).size < all.length)
      return fault("CONFIG_INVALID", { path: "API_KEYS", need: `keys of which each has its own ${field}` });
  const access = env.ACCESS === undefined ? ok(null) : readVariable(env.ACCESS, "ACCESS", readAccess);
  return access.ok ? ok({ keys: all, access: access.value }) : access;
}

function readVariable<T>(source: string, path: string, reader: Reader<T>): Result<T> {
  const document = parse(source, path);
  const read = document.ok ? readAs(document.value, reader, path) : document;
  return read.ok || read.fault.code === "CONFIG_INVALID" ? read : fault("CONFIG_INVALID", read.fault.detail);
}

/** The party's own mesh, where everyone whom it knows is told, and the further ones. */
function standingsOf(party: PartyDocument, identity: Identity, author: Author): Result<ReadonlyMap<string, Standing>> {
  const { mesh, trust, partners } = party;
  const own = { mesh, clockOffsetMs: 0, trust, identity, author, partners: partners.map(({ name }) => name) };
  const standings = new Map<string, Standing>([[mesh, own]]);
  for (const [index, document] of party.meshes.entries()) {
    const path = `PARTY.meshes[${index}]`;
    if (standings.has(document.mesh)) return fault("CONFIG_INVALID", { path: `${path}.mesh`, need: "each mesh once" });
    const stranger = document.partners.find((name) => !partners.some((partner) => partner.name === name));
    if (stranger !== undefined)
      return fault("CONFIG_INVALID", { path: `${path}.partners`, need: `names of partners, not ${stranger}` });
    const standing = readStanding(document, identity.signer, path);
    if (!standing.ok) return standing;
    standings.set(document.mesh, standing.value);
  }
  return ok(standings);
}

/** Opened at the first call. Its outcome is kept and not its promise, which would hang for all if the first caller were cancelled. */
function trustOf(statement: TrustStatement): () => Promise<Result<Trust>> {
  let opened: Result<Trust> | null = null;
  return async () => {
    if (opened !== null) return opened;
    const trust = await openTrust(statement);
    opened ??= trust;
    return opened;
  };
}

function readIdentity(party: PartyDocument, secret: Uint8Array): Result<Identity> {
  const credentials = party.credentials.map(parseBase64);
  if (credentials.includes(null))
    return fault("CONFIG_INVALID", { path: "PARTY.credentials", need: "canonical base64" });
  const links = party.deviceLinks.map(parseBase64);
  const sound = links.every((frame) => frame !== null && parseDeviceLink(frame).ok);
  if (!sound) return fault("CONFIG_INVALID", { path: "PARTY.deviceLinks", need: "device links in canonical base64" });
  return ok({
    mesh: party.mesh,
    signer: platformSigner(secret),
    credentials: credentials as readonly Uint8Array[],
    ...(links.length === 0 ? {} : { deviceLinks: links as readonly Uint8Array[] }),
    place: { frame: "logical", key: party.name },
    timeFrame: "utc",
    governanceClass: "coordination",
  });
}

function readHookSecrets(source: string): Result<ReadonlyMap<string, readonly string[]>> {
  return readVariable(source, "HOOK_SECRETS", (value, path) => {
    if (!(value instanceof Map)) return misfit(path, "a map from source ids to lists of secrets");
    return new Map(
      [...value].map(([id, item]) => [
        String(id),
        list(text(HOOK_SECRET_LENGTH_MAX), 4, 1)(item as CborValue, `${path}.${id}`),
      ]),
    );
  });
}

function parse(source: string, path: string): Result<CborValue> {
  try {
    const value = fromJson(JSON.parse(source));
    return value.ok
      ? value
      : fault("CONFIG_INVALID", { path: `${path}.${value.fault.detail.path}`, need: value.fault.detail.need });
  } catch {
    return fault("CONFIG_INVALID", { path, need: "JSON" });
  }
}

/** What a mesh's clock reads now by this agent's estimate, in microseconds of that mesh's frame. */
export function timeIn(config: AgentConfig, { clockOffsetMs }: Standing): number {
  return meshTime(config) + clockOffsetMs * 1_000;
}

/** The agent's estimate of mesh time, in microseconds. */
export function meshTime(config: AgentConfig): number {
  return (Date.now() + config.party.clockOffsetMs) * 1_000;
}
