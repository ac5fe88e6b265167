// The stated freshness of revocations: what a party must hold to tell that a credential still stood at a stated time.
import { describe, expect, it } from "vitest";
import type { AuthorityStatement } from "../../../shared/authority/statement.ts";
import { issueStatement } from "../../../shared/authority/statement.ts";
import type { Signer } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { MESH } from "../../support/parties.ts";
import {
  BOARD,
  frameOf,
  grantTo,
  linkFrame,
  opened,
  ROOT,
  revocationOf,
  signerNamed,
  soundRecipe,
  trustOf,
  unchanged,
  withInner,
} from "../../support/recipes.ts";
import { keysOf, rootHistory } from "../../support/rotations.ts";
import { HOUR, START } from "../../support/statements.ts";

const OTHER_AGENT = signerNamed("the agent of bolt");
const sound = soundRecipe();
const agentGrant = linkFrame(sound.links[1] as never);

describe("the freshness of revocations", () => {
  const stated = withInner(sound, "temporal_reference", "at", [START, START]);
  const state = (
    asOf: number,
    changes: Partial<{ fresh_until: number; revocations: readonly string[]; sequence: number }> = {},
    signer = ROOT,
  ) =>
    issueStatement(
      {
        kind: "revocation-state",
        version: 1,
        mesh: MESH,
        sequence: 1,
        as_of: asOf,
        fresh_until: START + 50 * HOUR,
        revocations: [],
        ...changes,
      },
      signer,
    );
  const judge = async (statements: readonly Uint8Array[], revocationAge: number | null = HOUR) => {
    const admitted = await admit(
      frameOf(stated),
      await trustOf(stated, undefined, { revocationAge, statements: await opened(statements) }),
    );
    return admitted.ok ? "ok" : admitted.fault.code;
  };
  const unrelated = revocationOf(
    linkFrame({ grant: grantTo(OTHER_AGENT.key), issuer: ROOT, frame: unchanged }),
    START,
    ROOT,
  );

  it.each([
    ["is not asked for where trust states no age", [], null, "ok"],
    ["is missing where there is no state", [], HOUR, "REVOCATION_STALE"],
    ["is there to the last microsecond of the age", [state(START - HOUR)], HOUR, "ok"],
    ["is gone one microsecond later", [state(START - HOUR - 1)], HOUR, "REVOCATION_STALE"],
    [
      "is gone where the state itself says so",
      [state(START - 1, { fresh_until: START - 1 })],
      HOUR,
      "REVOCATION_STALE",
    ],
    ["is judged by the newest state", [state(START - 9 * HOUR), state(START - 1, { sequence: 2 })], HOUR, "ok"],
    ["is not given by a stranger's state", [state(START, {}, signerNamed("stranger"))], HOUR, "REVOCATION_STALE"],
    ["is not given by a delegate's state", [state(START, {}, BOARD)], HOUR, "REVOCATION_STALE"],
  ] as const)("%s", async (_name, statements, age, code) => {
    expect(await judge(statements, age)).toBe(code);
  });

  it("needs every revocation that any state lists: a later one that lists less restores nothing", async () => {
    const [listed] = (await opened([unrelated])) as unknown as readonly [AuthorityStatement];
    const full = state(START - 2, { revocations: [listed.id] });
    const shrunk = state(START - 1, { sequence: 2 });
    expect(await judge([full])).toBe("REVOCATION_MISSING");
    expect(await judge([full, shrunk])).toBe("REVOCATION_MISSING");
    expect(await judge([full, shrunk, unrelated])).toBe("ok");
  });

  it("is said after a revocation that is known: a definite no comes before a doubt", async () => {
    expect(await judge([revocationOf(agentGrant, START, BOARD)])).toBe("CREDENTIAL_REVOKED");
  });

  it("claimed for ever by a key that was since retired is overcome by its successor", async () => {
    const keys = keysOf("acme's root", 2, ROOT);
    const history = rootHistory(keys, [
      { from: 0, until: START + 9 * HOUR, retires: 0 },
      { from: 0, until: START + 90 * HOUR, retires: START + 9 * HOUR },
    ]);
    const frozen = state(Number.MAX_SAFE_INTEGER - 2 * HOUR, { fresh_until: Number.MAX_SAFE_INTEGER });
    expect(await judge([frozen])).toBe("ok");
    expect(await judge([...history, frozen])).toBe("REVOCATION_STALE");
    expect(await judge([...history, frozen, state(START - 1, {}, keys[1] as Signer)])).toBe("ok");
  });
});
