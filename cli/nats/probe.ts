// Whether a login may do at a NATS server what an agent's link does: for each partner, whether its inbox takes what is sent, and for one's
// own side whether answers and deliveries arrive. A probe leaves nothing behind: it is sent under a condition that no stream fulfils.
import { connect, credsAuthenticator, headers, type NatsConnection, type NatsError } from "nats.ws";
import { type Fault, fault } from "../../shared/result.ts";
import { reasonOf } from "../agent-client.ts";

export type BusLogin = {
  readonly NATS_URL: string;
  readonly NATS_USER?: string;
  readonly NATS_PASSWORD?: string;
  readonly NATS_CREDS?: string;
};

/** `fault` is null where the probe went through. */
export type Probe = {
  readonly subject: string;
  readonly direction: "publish" | "receive";
  readonly fault: Fault | null;
};
export type BusReport = {
  readonly partners: ReadonlyMap<string, Probe>;
  /** One's own side: what a link must be allowed, its inbox and the consumer that works it off, with how much waits there. */
  readonly inbox: Probe & { readonly waiting: number | null };
};

const CONNECT_MS = 5_000;
const ANSWER_MS = 3_000;
const STREAM = "INBOX";
const JOURNAL = "OWN";
const CONSUMER = "agent";
/** "Wrong last sequence": the stream was reached, judged the condition, and kept nothing. */
const UNFULFILLED = 10_071;
const NEVER = String(Number.MAX_SAFE_INTEGER);

/** Throws the fault of a server that cannot be reached or does not take the login. */
export async function probeBus(login: BusLogin, partners: readonly string[], mesh: string): Promise<BusReport> {
  const connection = await dial(login);
  const denied = denialsOn(connection);
  try {
    // Answers come to a subject of one's own: without them nothing else can be judged.
    const answering = await inboxOf(connection, denied);
    const inbox = answering.fault === null ? ((await unfitFor(connection, denied)) ?? answering) : answering;
    const probes = await Promise.all(
      partners.map(async (name) => [name, await probeOf(connection, denied, name, mesh)] as const),
    );
    return { partners: new Map(probes), inbox };
  } finally {
    await connection.close().catch(() => undefined);
  }
}

/** A fault on its way out of a probe. */
export class BusFault extends Error {
  readonly fault: Fault;
  constructor(found: Fault) {
    super(found.code);
    this.fault = found;
  }
}

async function dial({ NATS_URL, NATS_USER = "", NATS_PASSWORD = "", NATS_CREDS }: BusLogin): Promise<NatsConnection> {
  const who =
    NATS_CREDS === undefined
      ? { user: NATS_USER, pass: NATS_PASSWORD }
      : { authenticator: credsAuthenticator(new TextEncoder().encode(NATS_CREDS)) };
  try {
    return await connect({ servers: NATS_URL, ...who, timeout: CONNECT_MS, reconnect: false });
  } catch (error) {
    const reason = (error as NatsError).message.replaceAll("'", "") || (await silenceOf(NATS_URL));
    const refused = /authorization|authentication|expired|revoked|nonce|creds|credential/i.test(reason);
    throw new BusFault(fault(refused ? "BUS_LOGIN_REFUSED" : "UNREACHABLE", { url: NATS_URL, reason }).fault);
  }
}

/** A WebSocket does not say why it failed; a plain request to the same place does. */
async function silenceOf(url: string): Promise<string> {
  try {
    const { status } = await fetch(url.replace(/^ws/, "http"), { signal: AbortSignal.timeout(ANSWER_MS) });
    return `it answers ${status} over HTTP, and takes no WebSocket`;
  } catch (error) {
    return reasonOf(error as Error);
  }
}

type Denials = ReadonlyMap<string, "publish" | "receive">;

/** What the server says in its own words that this login may not do, by subject. */
function denialsOn(connection: NatsConnection): Denials {
  const denied = new Map<string, "publish" | "receive">();
  void (async () => {
    for await (const { permissionContext } of connection.status())
      if (permissionContext !== undefined)
        denied.set(permissionContext.subject, permissionContext.operation === "publish" ? "publish" : "receive");
  })().catch(() => undefined);
  return denied;
}

/** Subjects that a link sends to besides its partners' inboxes, each with something that changes nothing wherever it may go. */
const OWN_SUBJECTS = [
  ...["STREAM.CREATE", "STREAM.INFO", "STREAM.MSG.GET"].map((verb) => `$JS.API.${verb}.${JOURNAL}`),
  ...["CONSUMER.MSG.NEXT", "CONSUMER.DURABLE.CREATE"].map((verb) => `$JS.API.${verb}.${STREAM}.${CONSUMER}`),
  `$JS.ACK.${STREAM}.${CONSUMER}.1.${NEVER}.${NEVER}.0.0`,
  "own.probe",
] as const;

/** The first of them on which this login may not send; null where it may on all. The server says so before it answers a flush. */
async function unfitFor(connection: NatsConnection, denied: Denials): Promise<BusReport["inbox"] | null> {
  const meta = headers();
  meta.set("Nats-Expected-Last-Sequence", NEVER);
  for (const subject of OWN_SUBJECTS) connection.publish(subject, new Uint8Array(), { headers: meta });
  await connection.flush();
  await new Promise((resolve) => setTimeout(resolve, 0)); // what it said is handed on by then
  const subject = OWN_SUBJECTS.find((each) => denied.get(each) === "publish");
  if (subject === undefined) return null;
  const refused = fault("BUS_PERMISSION_DENIED", { subject, direction: "publish" }).fault;
  return { subject, direction: "publish", fault: refused, waiting: null };
}

async function inboxOf(connection: NatsConnection, denied: Denials): Promise<BusReport["inbox"]> {
  const subject = `$JS.API.CONSUMER.INFO.${STREAM}.${CONSUMER}`;
  const answered = await ask(connection, denied, subject, null);
  if ("fault" in answered) return { subject, direction: "receive", fault: answered.fault, waiting: null };
  const { error, num_pending: waiting = null } = answered.document as {
    readonly error?: { readonly description?: string };
    readonly num_pending?: number;
  };
  if (error === undefined) return { subject, direction: "receive", fault: null, waiting };
  const missing = fault("BUS_NO_INBOX", { reason: error.description ?? "the server does not say why" }).fault;
  return { subject, direction: "receive", fault: missing, waiting: null };
}

async function probeOf(connection: NatsConnection, denied: Denials, name: string, mesh: string): Promise<Probe> {
  const subject = `to.${name}.${mesh}.probe`;
  const answered = await ask(connection, denied, subject, NEVER);
  if ("fault" in answered) return { subject, direction: "publish", fault: answered.fault };
  const { error } = answered.document as {
    readonly error?: { readonly err_code?: number; readonly description?: string };
  };
  if (error === undefined || error.err_code === UNFULFILLED) return { subject, direction: "publish", fault: null };
  const reason = error.description ?? "the stream refuses it";
  return { subject, direction: "publish", fault: fault("BUS_NO_LISTENER", { partner: name, subject, reason }).fault };
}

type Answered = { readonly document: unknown } | { readonly fault: Fault };

async function ask(
  connection: NatsConnection,
  denied: Denials,
  subject: string,
  condition: string | null,
): Promise<Answered> {
  const meta = headers();
  if (condition !== null) meta.set("Nats-Expected-Last-Sequence", condition);
  const options = { timeout: ANSWER_MS, ...(condition === null ? {} : { headers: meta }) };
  try {
    const answer = await connection.request(subject, new Uint8Array(), options);
    return { document: answer.json() };
  } catch (error) {
    return { fault: causeOf(error as NatsError, subject, denied) };
  }
}

/** A refused subscription does not fail the call that needed it: it only never answers, so the server's own words are looked at first. */
function causeOf(error: NatsError, subject: string, denied: Denials): Fault {
  const receiving = [...denied].find(([, direction]) => direction === "receive");
  if (receiving !== undefined)
    return fault("BUS_PERMISSION_DENIED", { subject: receiving[0], direction: "receive" }).fault;
  if (denied.has(subject) || /permissions violation/i.test(error.message))
    return fault("BUS_PERMISSION_DENIED", { subject, direction: "publish" }).fault;
  const partner = subject.split(".")[1] ?? "";
  const reason = error.code === "503" ? "nobody takes that subject" : `no answer: ${error.message}`;
  return fault("BUS_NO_LISTENER", { partner, subject, reason }).fault;
}
