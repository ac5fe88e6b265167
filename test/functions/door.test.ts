// What an agent's door goes by: its trust statement, and the revocations that reach it. They count from the next frame on, for all that belongs to no
// ceremony; what a running ceremony hears under a withdrawn credential is let in and handed over with the revocation, to be judged over its set.
import { beforeEach, describe, expect, it } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import { configOf } from "../../durable/config.ts";
import { Directory } from "../../durable/directory-object.ts";
import type { AgentEnv } from "../../durable/env.ts";
import type { Answer } from "../../functions/hand-in.ts";
import { faultOf, ingest } from "../../functions/ingest.ts";
import type { Revocation } from "../../shared/authority/statement.ts";
import { toHex } from "../../shared/bytes.ts";
import { REVOCATIONS_LIVE_MAX } from "../../shared/limits.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { agentVariables } from "../support/agent-env.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties } from "../support/parties.ts";
import { opened, revocationOf } from "../support/recipes.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { draftOf } from "../support/statements.ts";

const parties = testParties(4);
const [acme, bolt, crux, dune] = parties as readonly [Party, Party, Party, Party];
const CEREMONY = "11".repeat(32);

let env: AgentEnv;
/** Frames handed to a ceremony, and the revocations that came with them. */
let handed: { readonly frames: readonly Uint8Array[]; readonly revocations: readonly Uint8Array[] }[];
let fresh = 0;

beforeEach(() => {
  handed = [];
  fresh += 1;
  const directory = new Directory({ storage: sqliteStorage() } as unknown as DurableObjectState, {});
  const ceremony = {
    submit: async (frames: readonly Uint8Array[], revocations: readonly Uint8Array[]) => {
      handed.push({ frames, revocations });
      return frames.map(() => ({ id: "", verdict: "admitted", code: null, detail: {} }));
    },
  };
  const named = { CEREMONY: { getByName: () => ceremony }, DIRECTORY: { getByName: () => directory } };
  env = { ...agentVariables(acme, parties), ...named, API_KEY: `a key for the tests ${fresh}` } as unknown as AgentEnv;
});

async function codesOf(...frames: readonly Uint8Array[]): Promise<readonly string[]> {
  const config = configOf(env);
  if (!config.ok) throw new Error(config.fault.code);
  const arrivals = frames.map((frame) => ({ road: "queue", account: null, topic: null, frame }) as const);
  const answers = await ingest(env, config.value, arrivals);
  return answers.map((answer: Answer) => faultOf(answer)?.code ?? ("receipt" in answer ? answer.receipt.verdict : ""));
}

async function revocation(of: Party, signer: Party, from = 0): Promise<Revocation> {
  const [credential] = of.identity.credentials as readonly [Uint8Array];
  return (await opened([revocationOf(credential, from, signer.root)]))[0] as Revocation;
}

/** A notice outside of every ceremony. */
const notice = (carrier: Party, statement: Revocation) =>
  authorFor(carrier.identity)({
    ...draftOf("fact"),
    body: { kind: "notice", revocation: statement },
  }).frame;
const callBy = (party: Party) => authorFor(party.identity)(draftOf("call")).frame;

describe("a revocation that reaches an agent outside of a ceremony", () => {
  it("counts from the next frame on, by whomever it was carried, and touches nobody else", async () => {
    expect(await codesOf(callBy(bolt))).toEqual(["admitted"]);
    expect(await codesOf(notice(crux, await revocation(bolt, bolt)))).toEqual(["admitted"]);
    expect(await codesOf(callBy(bolt), callBy(crux))).toEqual(["CREDENTIAL_REVOKED", "admitted"]);
    // What was learned is in the store: another isolate, which has seen nothing, asks for it.
    env = { ...env, API_KEY: `${env.API_KEY}, in another isolate` };
    expect(await codesOf(callBy(bolt))).toEqual(["CREDENTIAL_REVOKED"]);
  });

  it("is kept and changes nothing where whoever signed it has no standing", async () => {
    expect(await codesOf(notice(crux, await revocation(bolt, crux)))).toEqual(["admitted"]);
    expect(await codesOf(callBy(bolt))).toEqual(["admitted"]);
  });

  it("lets what a ceremony hears through, together with the revocation", async () => {
    const statement = await revocation(bolt, bolt);
    await codesOf(notice(crux, statement));
    handed = [];
    expect(await codesOf(contributionFrame(bolt, CEREMONY, 1))).toEqual(["admitted"]);
    expect(handed.map(({ frames, revocations }) => [frames.length, revocations.map(toHex)])).toEqual([
      [1, [toHex(statement.frame)]],
    ]);
  });

  it("has room for so many of one authority, whoever carries them, and others have theirs", async () => {
    const flood: Uint8Array[] = [];
    for (let from = 0; from <= REVOCATIONS_LIVE_MAX; from++)
      flood.push(notice(from % 2 === 0 ? crux : bolt, await revocation(crux, dune, from)));
    const codes = await codesOf(...flood);
    expect(codes.filter((code) => code === "REVOCATIONS_FULL")).toHaveLength(1);
    expect(await codesOf(notice(dune, await revocation(bolt, bolt)))).toEqual(["admitted"]);
    expect(await codesOf(callBy(bolt))).toEqual(["CREDENTIAL_REVOKED"]);
  });
});

describe("a revocation carried into a ceremony", () => {
  it("is handed to the ceremony, and learned by the door", async () => {
    const carried = authorFor(crux.identity)({
      ...draftOf("notice"),
      ceremony: CEREMONY,
      body: { kind: "notice", revocation: await revocation(bolt, bolt) },
    }).frame;
    expect(await codesOf(carried)).toEqual(["admitted"]);
    expect(handed.map(({ frames }) => frames.length)).toEqual([1]);
    expect(await codesOf(callBy(bolt))).toEqual(["CREDENTIAL_REVOKED"]);
  });
});
