// Each rule of an operation, broken on purpose while its module is loaded: the case that it is for then ends otherwise. A check that nothing notices
// when it is gone is worth nothing.
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type { Edit } from "../../simulation/sabotage/patches.ts";

const DISENGAGED = "shared/ceremony/disengaged.ts";

/** What each case ends in while all rules hold. */
const EXPECTED = {
  late: "TRANSLATION_REVOKED",
  dated: "TRANSLATION_BACKDATED",
  cut: "stands",
  stranger: "REVOCATION_WITHOUT_STANDING",
  another: "REVOCATION_WITHOUT_STANDING",
  elsewhere: "stands",
  roads: "stands",
  again: "stands",
  seats: "PARTNER_UNRECOGNISED",
  prohibited: "OWN_POLICY_PROHIBITS",
  forged: "SIGNATURE_INVALID",
} as const;
type Case = keyof typeof EXPECTED;

const BROKEN: readonly (readonly [what: string, shows: Case, ...edit: readonly [string, string, string]])[] = [
  [
    "withdrawals are not judged",
    "late",
    "shared/ceremony/struck.ts",
    "if (under === null) return ENGAGED;",
    "if (under !== undefined) return ENGAGED;",
  ],
  [
    "what is dated before stands without a witness",
    "dated",
    DISENGAGED,
    "!late && vouched.get(cut.id)?.has(id) === true",
    "!late",
  ],
  [
    "the cut covers nothing",
    "cut",
    DISENGAGED,
    "ancestry([...revocation.cut, ...referenced], known)",
    "ancestry(referenced, known)",
  ],
  ["anyone may withdraw", "stranger", DISENGAGED, "named === undefined || mayRevoke(by, named)", "true"],
  [
    "a name needs no root of its own",
    "another",
    DISENGAGED,
    "roots.get(rootOf(chain)) === by",
    "roots.has(rootOf(chain))",
  ],
  [
    "a scope holds everywhere",
    "elsewhere",
    DISENGAGED,
    "const here = isWithin(revocation.scope, factsOf(under));",
    "const here = true;",
  ],
  ["one road that is cut is enough", "roads", DISENGAGED, "hits.includes(undefined) ? [] : [", "["],
  [
    "nobody comes back after a wildcard",
    "again",
    "shared/mesh/translator.ts",
    "return !(signer === by && issued !== null && issued >= after);",
    "return true;",
  ],
  [
    "seats need no road",
    "seats",
    "shared/ceremony/under.ts",
    "return checkSeats(under, seats) ?? checkMatters(under);",
    "return checkMatters(under);",
  ],
  [
    "an agent signs what its policy prohibits",
    "prohibited",
    "shared/ceremony/standpoint.ts",
    "against === undefined || uncommitted",
    "against !== null || uncommitted",
  ],
  [
    "what a notice carries is not verified",
    "forged",
    "shared/observation/admit.ts",
    "? await openWithdrawal(notice.withdrawal)",
    "? ok(notice.withdrawal)",
  ],
];

/** Rules that are broken together, since each shows in a case of its own: a thread for each rule would take longer than they are worth. */
const TOGETHER: readonly (readonly Case[])[] = [
  ["late"],
  ["dated", "roads", "seats", "prohibited", "forged"],
  ["cut", "stranger", "another", "elsewhere", "again"],
];

function run(edits: readonly Edit[], names: readonly Case[]): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, "sabotage-worker.ts"), { workerData: { edits, names } });
    worker.once("message", (found) => resolve(found as Record<string, string>)).once("error", reject);
  });
}

describe("a rule of operations", () => {
  it("holds in every case while nothing is broken", async () => {
    expect(await run([], Object.keys(EXPECTED) as Case[])).toEqual(EXPECTED);
  });

  it("is missed where it is broken", async () => {
    expect(BROKEN.map(([, shows]) => shows).sort()).toEqual(Object.keys(EXPECTED).sort());
    const unnoticed = await Promise.all(
      TOGETHER.map(async (shown) => {
        const broken = BROKEN.filter(([, shows]) => shown.includes(shows));
        const edits = broken.map(([, , file, find, put]) => ({ file, find, put }));
        const found = await run(edits, shown);
        return broken.filter(([, shows]) => found[shows] === EXPECTED[shows]).map(([what]) => what);
      }),
    );
    expect(unnoticed.flat()).toEqual([]);
  });
});
