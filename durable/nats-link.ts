// The bus over NATS JetStream: the one socket, and what is said over it.
import type { ConnectionOptions, JetStreamManager, Msg, NatsConnection } from "nats.ws";
import { connect, createInbox, credsAuthenticator, DebugEvents, Events, headers, nanos } from "nats.ws";
import type { Bus, Delivery } from "./bus.ts";
import { Receipts } from "./nats-receipts.ts";
import { ensureStreams, type StreamNames } from "./nats-streams.ts";

/** A password, or the credentials file of a server in operator mode: a token, and the key that proves its possession. */
export type NatsLogin = { readonly user: string; readonly password: string } | { readonly credentials: string };

export type NatsDial = StreamNames & {
  readonly url: string;
  readonly login: NatsLogin;
  /** Told whenever the connection is lost or regained, so that waiting rows go out at once. */
  readonly onStatus?: (connected: boolean) => void;
};

const TIMEOUT_MS = 5_000;
const PING_MS = 20_000;
const RECONNECT_WAIT_MS = 500;
const RECONNECT_JITTER_MS = 500;
/** Past this after its own expiry, a pull request is taken for lost with the server that held it. */
const PULL_GRACE_MS = 1_000;

const ENCODER = new TextEncoder();
const ACK = ENCODER.encode("+ACK");
const TERM = ENCODER.encode("+TERM");

export async function dialNats(dial: NatsDial): Promise<Bus> {
  const connection = await connect({
    servers: dial.url.split(",").map((url) => url.trim()),
    ...authentication(dial.login),
    name: `quorate ${dial.durable}`,
    timeout: TIMEOUT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    reconnectJitterTLS: RECONNECT_JITTER_MS,
    // Addresses learnt from a cluster are rarely covered by the certificate of the address that we were given.
    ignoreClusterUpdates: true,
  });
  try {
    const manager = await connection.jetstreamManager({ timeout: TIMEOUT_MS });
    await ensureStreams(manager, dial);
    return new NatsBus(connection, manager, dial);
  } catch (error) {
    connection.close().catch(() => undefined);
    throw error;
  }
}

function authentication(login: NatsLogin): ConnectionOptions {
  if ("credentials" in login) return { authenticator: credsAuthenticator(ENCODER.encode(login.credentials)) };
  return { user: login.user, pass: login.password };
}

/** One pull request that the server may still be answering. */
type PullRequest = { left: number; readonly deadlineMs: number };

class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #journal: string;
  readonly #consumer: readonly [stream: string, durable: string];
  readonly #next: string;
  readonly #inbox: string;
  readonly #answers: string;
  readonly #receipts = new Receipts(TIMEOUT_MS);
  #arrived: Delivery[] = [];
  #request: PullRequest | undefined;
  #failure: Error | undefined;
  #connected = true;
  #wake: (() => void) | undefined;

  constructor(connection: NatsConnection, manager: JetStreamManager, dial: NatsDial) {
    this.#connection = connection;
    this.#manager = manager;
    this.#journal = dial.journal;
    this.#consumer = [dial.stream, dial.durable];
    this.#next = `$JS.API.CONSUMER.MSG.NEXT.${dial.stream}.${dial.durable}`;
    this.#inbox = createInbox();
    // One subscription for the life of the bus: answers that arrive between two pulls are kept, and it survives reconnects.
    connection.subscribe(this.#inbox, {
      callback: (error, msg) => (error === null ? this.#take(msg) : this.#fail(error)),
    });
    this.#answers = createInbox();
    connection.subscribe(`${this.#answers}.*`, {
      callback: (error, msg) => (error === null ? this.#takeReceipt(msg) : this.#fail(error)),
    });
    void this.#follow(dial.onStatus);
    void connection.closed().then((error) => {
      this.#fail(error instanceof Error ? error : new Error("the connection is closed"));
      this.#setConnected(false, dial.onStatus);
    });
  }

  async publish(subject: string, data: Uint8Array, msgId: string): Promise<void> {
    // While disconnected the client would only buffer, and drop the buffer when it dials again.
    if (!this.#connected) throw new Error("not connected");
    const meta = headers();
    meta.set("Nats-Msg-Id", msgId);
    const { token, receipt } = this.#receipts.next();
    this.#connection.publish(subject, data, { headers: meta, reply: `${this.#answers}.${token}` });
    await receipt;
  }

  async recall(pattern: string): Promise<Uint8Array | null> {
    if (!this.#connected) throw new Error("not connected");
    const { state } = await this.#manager.streams.info(this.#journal, { subjects_filter: pattern });
    const numbers = Object.keys(state.subjects ?? {}).map((subject) => Number(subject.split(".").pop()));
    if (numbers.length === 0) return null;
    const newest = pattern.replace(/[^.]*$/, String(Math.max(...numbers)));
    return (await this.#manager.streams.getMessage(this.#journal, { last_by_subj: newest })).data;
  }

  async pull(max: number, expiresMs: number): Promise<Delivery[]> {
    const untilMs = Date.now() + expiresMs;
    while (this.#failure === undefined) {
      if (max > 0) this.#ask(max, expiresMs);
      const leftMs = untilMs - Date.now();
      if (this.#arrived.length > 0 || leftMs <= 0) return this.#arrived.splice(0, max || this.#arrived.length);
      await this.#sleep(leftMs);
    }
    throw this.#failure;
  }

  async waiting(): Promise<number> {
    const { num_pending, num_ack_pending } = await this.#manager.consumers.info(...this.#consumer);
    return num_pending + num_ack_pending;
  }

  async alive(timeoutMs: number): Promise<boolean> {
    if (this.#connection.isClosed()) return false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const answered = this.#connection.flush().then(
      () => true,
      () => false,
    );
    return Promise.race([answered, late]).finally(() => clearTimeout(timer));
  }

  close(): void {
    // Never awaited: the close of a half-open socket waits for a peer that does not speak.
    this.#connection.close().catch(() => undefined);
    this.#fail(new Error("the link was closed"));
  }

  /** Keeps one request with the server; the next goes out while the last batch is still being worked on. */
  #ask(max: number, expiresMs: number): void {
    const nowMs = Date.now();
    if (!this.#connected || this.#arrived.length > max) return;
    if (this.#request !== undefined && this.#request.left > 0 && nowMs < this.#request.deadlineMs) return;
    const body = JSON.stringify({ batch: max, expires: nanos(expiresMs) });
    this.#connection.publish(this.#next, ENCODER.encode(body), { reply: this.#inbox });
    this.#request = { left: max, deadlineMs: nowMs + expiresMs + PULL_GRACE_MS };
  }

  #take(msg: Msg): void {
    if (msg.subject === this.#inbox) {
      const code = msg.headers?.code ?? 0;
      if (code === 100) return;
      this.#request = undefined;
      // 404 and 408 end a request that found nothing; anything else says that stream or consumer are not as we left them.
      if (code !== 404 && code !== 408)
        this.#fail(new Error(`pull refused: ${code} ${msg.headers?.description ?? ""}`));
      else this.#rouse();
      return;
    }
    if (this.#request !== undefined) this.#request.left -= 1;
    this.#arrived.push(toDelivery(msg));
    this.#rouse();
  }

  #takeReceipt(msg: Msg): void {
    const token = msg.subject.slice(this.#answers.length + 1);
    this.#receipts.take(token, { code: msg.headers?.code ?? 0, json: () => msg.json() });
  }

  async #follow(onStatus: NatsDial["onStatus"]): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === Events.Disconnect || type === DebugEvents.StaleConnection) this.#setConnected(false, onStatus);
      if (type === Events.Reconnect) this.#setConnected(true, onStatus);
    }
  }

  #setConnected(connected: boolean, onStatus: NatsDial["onStatus"]): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    // The server forgets a request together with the connection that made it.
    this.#request = undefined;
    this.#rouse();
    onStatus?.(connected);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#receipts.fail(error);
    this.#rouse();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function toDelivery(msg: Msg): Delivery {
  return {
    subject: msg.subject,
    data: msg.data,
    ack: () => void msg.respond(ACK),
    retry: (delayMs) => void msg.respond(ENCODER.encode(`-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`)),
    deadLetter: () => void msg.respond(TERM),
  };
}
