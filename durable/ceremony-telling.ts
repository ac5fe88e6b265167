// Whom a ceremony tells besides its peers: the party's own list, and those who are told by webhooks. What these are told is read off its
// lineage, which is durable, up to where it was told before. So nothing is lost by a crash between a turn and its telling, and what is
// told twice has the same id.
import type { CeremonyView } from "../shared/ceremony/view.ts";
import { eventOf, eventTypeOf } from "../shared/webhooks/event.ts";
import type { CeremonyLedger } from "./ceremony-ledger.ts";
import { rowOf } from "./ceremony-list.ts";
import { type AgentEnv, DIRECTORY_NAME, HOOKS_NAME } from "./env.ts";

const ENTRIES_AT_ONCE = 256;
const ASKED_EVERY_MS = 60_000;
const NONE_WAIT = { entries: 0, last: -1 };

export class Telling {
  readonly #env: AgentEnv;
  readonly #ledger: CeremonyLedger;
  #noted = "";
  #told = "";
  /** Whether anybody wants to hear of each attestation, and until when that answer is gone by. */
  #attestations = { wanted: true, untilMs: 0 };
  /** Entries that wait because nobody wants to hear of them now, and the last of them: they are not read again each turn. */
  #waiting = NONE_WAIT;

  constructor(env: AgentEnv, ledger: CeremonyLedger) {
    this.#env = env;
    this.#ledger = ledger;
  }

  /** `news` changes where the row of the list may: a view of hundreds of seats is work, and in a burst there is little else to tell. */
  async tell(news: string, view: () => CeremonyView): Promise<void> {
    if (news !== this.#told) await this.#note(view());
    this.#told = news;
    for (let entries = this.#next(); entries.length > 0; entries = this.#next()) {
      const shown = view();
      const events = entries.map((entry) => eventOf(entry, shown)).filter((event) => event !== null);
      if (events.length > 0) this.#heard(await this.#env.HOOKS.getByName(HOOKS_NAME).notify(events));
      this.#ledger.told(entries.at(-1)?.index ?? 0);
      this.#waiting = NONE_WAIT;
    }
  }

  /** Tells the party's own list; it can be rebuilt, so a failure costs nothing but its freshness. */
  async #note(view: CeremonyView): Promise<void> {
    const row = rowOf(view);
    const noted = JSON.stringify(row);
    if (noted === this.#noted) return;
    await this.#env.DIRECTORY.getByName(DIRECTORY_NAME).note({ ...row, atMs: Date.now() });
    this.#noted = noted;
  }

  /** Whether something must still be told. */
  isBehind(): boolean {
    return this.#next().length > 0;
  }

  #heard(types: readonly string[]): void {
    this.#attestations = { wanted: types.includes("ceremony.attested"), untilMs: Date.now() + ASKED_EVERY_MS };
  }

  /** Everything was deleted. */
  forget(): void {
    this.#waiting = NONE_WAIT;
  }

  /** Ten thousand bids that nobody wants to hear of make no ten thousand calls: they wait for what is next told. */
  #next(): ReturnType<CeremonyLedger["untold"]> {
    const isAsked = this.#attestations.wanted || Date.now() >= this.#attestations.untilMs;
    const before = isAsked ? NONE_WAIT : this.#waiting;
    const fresh = this.#ledger.untold(ENTRIES_AT_ONCE, before.last);
    const types = fresh.map(eventTypeOf).filter((type) => type !== null);
    const matters = types.some((type) => type !== "ceremony.attested" || isAsked);
    const entries = before.entries + fresh.length;
    if (matters || entries >= ENTRIES_AT_ONCE)
      return before === NONE_WAIT ? fresh : this.#ledger.untold(ENTRIES_AT_ONCE);
    this.#waiting = { entries, last: fresh.at(-1)?.index ?? before.last };
    return [];
  }
}
