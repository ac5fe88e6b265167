// The project's rules as data: what may be imported where, what the pure room may name, and every exception with its reason.

/** Rooms that each room may import from. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: ["shared"],
  durable: ["shared", "durable"],
  functions: ["shared", "durable", "functions"],
  cli: ["shared", "cli"],
  test: ["shared", "durable", "functions", "cli", "test", "root"],
  root: [],
};

/** Files at the top that any room but shared may read: the version is told in one place. */
export const ROOT_FILES_IMPORTABLE: readonly string[] = ["package.json"];

/** Folders that must not know of each other, on top of the rooms. */
export const FOLDER_BANS: readonly { folder: string; mayNotImport: readonly string[]; reason: string }[] = [
  {
    folder: "shared/reconcile/",
    mayNotImport: ["shared/policy/", "shared/ceremony/", "shared/observation/"],
    reason: "it reconciles ids; their meaning is elsewhere",
  },
  {
    folder: "shared/lineage/",
    mayNotImport: ["shared/policy/", "shared/ceremony/"],
    reason: "history does not know what it is for",
  },
];

/** Packages that have one home outside test/; `home` is a file or a folder with a closing slash. */
export const PACKAGE_HOMES: readonly { specifier: string; homes: readonly string[]; reason: string }[] = [
  {
    specifier: "nats.ws",
    homes: ["durable/nats-link.ts", "durable/nats-streams.ts", "cli/demo/rogue.ts", "cli/nats/probe.ts"],
    reason:
      "one adapter holds the socket and the streams behind it; the demo's dishonest party has its own, and a probe must speak as no agent does",
  },
  { specifier: "cbor-x", homes: ["shared/cbor/"], reason: "a second reading of what people are asked to sign" },
  { specifier: "@noble/hashes", homes: ["shared/hash.ts"], reason: "one hash function" },
  { specifier: "@noble/curves", homes: ["shared/cose/"], reason: "one signature rule" },
  { specifier: "@bufbuild/cel", homes: ["shared/policy/expression.ts"], reason: "one way to evaluate an expression" },
  {
    specifier: "@cfworker/json-schema",
    homes: ["shared/policy/attestation-schema.ts"],
    reason: "one way to apply a schema",
  },
  { specifier: "jose", homes: ["functions/http/tokens.ts"], reason: "one way to check a token" },
  { specifier: "hono", homes: ["functions/"], reason: "only the edge speaks HTTP" },
  { specifier: "cloudflare:", homes: ["durable/", "functions/"], reason: "only these rooms run in the platform" },
];

/** All that shared/ may import from packages, by exact name or as a prefix with a closing slash. */
export const SHARED_PACKAGES: readonly string[] = [
  "@noble/hashes/",
  "@noble/curves/",
  "cbor-x/decode-no-eval",
  "@bufbuild/cel",
  "@cfworker/json-schema",
  "@scure/bip39/",
];

/** Refused by their exact name in every room, test/ included. */
export const FORBIDDEN_SPECIFIERS: Readonly<Record<string, string>> = {
  "cbor-x": "its default build compiles readers with `new Function`; import cbor-x/decode-no-eval",
  "cbor-x/encode": "the encoder is ours; cbor-x only decodes",
};

/** The only files in shared/ that may suspend. Everywhere else a step must not pause between check and change. */
export const MAY_SUSPEND: Readonly<Record<string, string>> = {
  "shared/cose/ed25519.ts": "WebCrypto signs and verifies asynchronously",
  "shared/observation/admit.ts": "the door: awaits the signature",
  "shared/observation/suspects.ts": "awaits the signatures that an altered frame still carries",
  "shared/authority/chain.ts": "awaits the signature of every credential in a chain",
  "shared/authority/statement.ts": "awaits the signature of a statement about authority",
  "shared/source/statement.ts": "awaits the signature of a source's document",
  "shared/authority/device.ts": "awaits the countersignature of every device link",
  "shared/observation/admit-all.ts": "the door over a set of frames",
  "shared/evidence/trust-statement.ts": "opens the statements that trust rests on",
  "shared/evidence/explain-bundle.ts": "runs the door over a whole bundle before it explains a frame of it",
  "shared/mesh/signed/open.ts": "runs the door over the files of several meshes",
  "shared/coalition/open.ts": "runs the door over a coalition's pool",
  "shared/mesh/exchange/arrival.ts": "runs the door over a file that has arrived",
  "shared/mesh/live/compute.ts": "runs the door over what an agent holds of two meshes",
  "shared/evidence/trace.ts": "runs the door over the files of a lineage",
  "shared/authority/card.ts": "awaits the signatures of the chain on a party's card",
  "shared/evidence/propagate.ts": "awaits the verifier for each decision that a revocation reaches",
  "shared/evidence/verdict.ts": "runs the verifier for whoever has files",
  "shared/evidence/inclusion.ts": "awaits the signatures of the statements on a proof",
  "shared/evidence/take-in.ts": "the verifier's first checks run the door over a whole bundle",
  "shared/evidence/account.ts": "awaits the exporter's signature",
  "shared/evidence/refused-again.ts": "takes through the door again what the exporter refused",
  "shared/composition/verify.ts": "verifies every bundle of a dossier",
  "shared/evidence/verify.ts": "the verifier: runs the door over a whole bundle",
};

/** The only files in shared/ that may name `crypto`. */
export const MAY_USE_CRYPTO: readonly string[] = ["shared/cose/ed25519.ts"];

/** The only file of an agent that may name `console`. */
export const LOG_FILE = "durable/log.ts";

/** Globals that bring time, chance, I/O or the host's locale into the pure room. */
export const IMPURE_GLOBALS: Readonly<Record<string, string>> = {
  Date: "time is an input",
  Temporal: "time is an input",
  performance: "time is an input",
  setTimeout: "timers are rows that a host keeps",
  setInterval: "timers are rows that a host keeps",
  setImmediate: "timers are rows that a host keeps",
  clearTimeout: "timers are rows that a host keeps",
  clearInterval: "timers are rows that a host keeps",
  queueMicrotask: "a step does not suspend",
  console: "failures are values, not lines in a log",
  fetch: "the core does no I/O",
  WebSocket: "the core does no I/O",
  process: "the core has no host",
  navigator: "the core has no host",
  globalThis: "a way round the other rules",
  eval: "a way round the other rules",
  Intl: "results would depend on locale data",
};

/** Members that depend on the host's locale or on chance, whatever they hang on. */
export const IMPURE_MEMBERS: Readonly<Record<string, string>> = {
  randomUUID: "chance is an input",
  getRandomValues: "chance is an input",
  localeCompare: "results would depend on locale data",
  toLocaleString: "results would depend on locale data",
  toLocaleLowerCase: "results would depend on locale data",
  toLocaleUpperCase: "results would depend on locale data",
};

/** Exact on every engine; the rest of Math is approximated as the engine likes, or random. */
export const MATH_ALLOWED: readonly string[] = [
  "abs",
  "ceil",
  "clz32",
  "floor",
  "imul",
  "max",
  "min",
  "round",
  "sign",
  "trunc",
];

/** Patterns are literals under shared/policy/patterns: the machinery never asks which one it runs. */
export const PATTERN_IDS: readonly string[] = [
  "consensus",
  "quorum",
  "auction",
  "lead-follow",
  "custody-chain",
  "aggregation",
  "approval",
  "vote",
  "ratified-handoff",
  "joint-witness",
  "escrow",
  "federated-consensus",
  "hierarchical-authority",
  "pair-settlement",
  "n-party-ceremony",
  "marketplace-bilateral",
  "coalition-mesh",
];
/** Where a pattern's name means something else. */
export const PATTERN_WORDS: Readonly<Record<string, { readonly paths: readonly string[]; readonly reason: string }>> = {
  approval: {
    paths: ["shared/policy/policy.ts", "shared/policy/outcome-rules.ts", "cli/commands/demo.ts"],
    reason: "also the name of a rule for elections, and of the demo's first scenario",
  },
};
export const MAY_NAME_PATTERNS: readonly string[] = ["shared/policy/patterns/", "test/", "cli/demo/"];

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 60;
/** A shorter document says nothing that its name does not. */
export const DOCUMENT_LINES_MIN = 11;

/** Names that do not say what is inside. */
export const EMPTY_NAMES: readonly string[] = ["util", "utils", "helper", "helpers", "common", "misc"];

/** Files that a tool requires to have a default export: configurations, the agent, and workers that tests start. */
export const MAY_DEFAULT_EXPORT: readonly RegExp[] = [
  /^functions\/agent\.ts$/,
  /(^|\/)[^/]+\.config\.ts$/,
  /^functions\/console\/text-modules\.d\.ts$/,
  /^test\/(.+\/)?[^/]*worker\.ts$/,
];

export const TOP_LEVEL: readonly string[] = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "wrangler.toml",
  "functions",
  "durable",
  "shared",
  "cli",
  "test",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "biome.json",
  "vitest.config.ts",
];

/** Hosts that what ships may name, each with what it is for; none is called unless the party's own documents ask for it. */
export const HOSTS_NAMED: Readonly<Record<string, string>> = {
  "api.github.com": "a source of GitHub's deployment protection answers the run that waits there",
  "nats.io": "where people get the server from, in the words of a refusal",
  "github.com": "in a sample of what GitHub sends, and in words for people",
  "json-schema.org": "the name of a dialect",
  "www.w3.org": "the names of namespaces",
};

/** The files that open connections, and to whom. Everything else gets what it needs handed in. */
export const MAY_CALL_OUT: Readonly<Record<string, string>> = {
  "durable/hook-send.ts": "endpoints that the party lists, and the resolver that it names",
  "durable/github-token.ts": "GitHub, for the App that a source answers as",
  "durable/nats-link.ts": "the NATS server of the party's login",
  "functions/coalition-sources.ts": "addresses that the party's own document pulls from",
  "functions/http/tokens.ts": "the keys of the issuer that the party names",
  "functions/console/browser/live.ts": "its own page",
  "cli/agent-client.ts": "the agent that the command names",
  "cli/ops/support.ts": "the agent that the command names",
  "cli/commands/mesh-check.ts": "the partners' agents that the command names",
  "cli/commands/coalition-pull.ts": "the addresses that the command names",
  "cli/nats/probe.ts": "the NATS server of the login that is checked",
  "cli/stack/agent.ts": "an agent of the local stack",
  "cli/demo/github.ts": "an agent of the local stack",
  "cli/demo/rogue.ts": "the NATS server of the local stack",
};
