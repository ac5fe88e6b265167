// Refusals of the command line and the local stack: what was asked cannot be read, found, written or started.
export const COMMAND_REFUSALS = {
  USAGE: { what: "the command line cannot be read", why: "{reason}", do: "see: {see}" },
  FILE_UNREADABLE: { what: "the file {path} cannot be read", why: "{reason}", do: "check the path" },
  FILE_UNWRITABLE: { what: "{path} cannot be written", why: "{reason}", do: "name a folder that exists and is yours" },
  FILE_SHAPE: {
    what: "the file does not hold {thing}",
    why: "{path} must be {need}",
    do: "write it like this: {shape}",
  },
  ID_AMBIGUOUS: {
    what: "{id} is the beginning of more than one id",
    why: "these begin with it: {found}",
    do: "give more digits",
  },
  CARD_INVALID: {
    what: "the card of a partner cannot be used",
    why: "{path} must be {need}",
    do: "ask the partner for its card.json, or fetch /.well-known/quorate-party.json from its agent",
  },
  CARD_UNFIT: {
    what: "the card of {name} does not fit this party",
    why: "{reason}",
    do: "compare the eight words with the partner over another road, and agree on mesh and name",
  },
  PARTY_EXISTS: {
    what: "{path} holds a party already",
    why: "its keys would be overwritten, and whatever they signed could not go on",
    do: "name another folder, or move that one away",
  },
  COMMAND_FAILED: {
    what: "the command failed",
    why: "an unexpected error: {reason}",
    do: "report it, with the lines above; this is a bug",
  },
  INTERRUPTED: { what: "stopped by {signal}", why: "{reason}", do: "run it again" },
  UNREACHABLE: { what: "{url} does not answer", why: "{reason}", do: "check the URL, and that the agent runs" },
  DEPLOY_FAILED: {
    what: "the deployment stopped at {step}",
    why: "wrangler says: {reason}",
    do: "log in (npx wrangler login, or CLOUDFLARE_API_TOKEN) or mend what it names, then give the same plan again: what is done stays done",
  },
  PLAN_STALE: {
    what: "the plan is for something else than what would be deployed now",
    why: "the checkout, the party's documents or the names of its secrets have changed since {path} was made",
    do: "make the plan anew: deploy --plan",
  },
  BUS_LOGIN_REFUSED: {
    what: "{url} does not take this login",
    why: "the server says: {reason}",
    do: "ask whoever runs the server for a new login; one that has expired or was withdrawn does not come back",
  },
  BUS_PERMISSION_DENIED: {
    what: "this login may not {direction} on {subject}",
    why: "the server said so itself: it knows the login, and its permissions leave that subject out",
    do: "ask whoever runs the server for a login with the permissions of an agent's link (party nats)",
  },
  BUS_NO_LISTENER: {
    what: "what is sent to {partner} arrives nowhere",
    why: "{subject}: {reason}",
    do: "have {partner} start its agent once, which makes its inbox, and have the server's accounts joined",
  },
  BUS_NO_INBOX: {
    what: "this party has no inbox at the server that an agent works off",
    why: "{reason}",
    do: "start this party's agent once: it makes its streams",
  },
  OFFLINE_VIOLATION: {
    what: "the command tried to use the network, and was told not to",
    why: "it would have opened a socket to {address}",
    do: "leave --offline (or QUORATE_OFFLINE) away for this command, or give it files",
  },
  NATS_SERVER_MISSING: {
    what: "nats-server is not installed and could not be fetched",
    why: "{reason}",
    do: "install it (Debian, Ubuntu: sudo apt-get install -y nats-server; others: https://nats.io/download) and put it on PATH, or copy the binary to {place}",
  },
  NATS_SERVER_FAILED: { what: "nats-server {failure}", why: "{reason}", do: "read {log}" },
  STACK_FAILED: {
    what: "the development stack {failure}",
    why: "{reason}",
    do: "start it again; if that does not help, read {log}, or start with another folder: dev --dir DIR",
  },
  STACK_RUNNING: {
    what: "another development stack runs in {dir}",
    why: "process {pid} holds it; two of them would write the same objects",
    do: "use that one, or end it first (Ctrl-C there, or: kill {pid})",
  },
  SCENARIO_UNKNOWN: {
    what: "there is no scenario {scenario}",
    why: "no scenario has that name",
    do: "list them with: npm run demo -- --list",
  },
  SCENARIO_FAILED: {
    what: "the scenario did not end as it must",
    why: "{reason}",
    do: "run it again; the lines above say what each party did",
  },
  DRY_RUNS_TOO_MANY: {
    what: "there are too many ways to try",
    why: "{found} decisions would be made, and at most {limit} are",
    do: "name fewer parties or contributions, or fewer faults at a time",
  },
} as const;
