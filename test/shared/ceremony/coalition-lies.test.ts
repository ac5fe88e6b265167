// A call that lies about whose key is whose, a partner that floods the others with withdrawals, and a thief who withdraws in its victim's name.
import { expect, it } from "vitest";
import { makeParty, type Party } from "../../../cli/stack/party.ts";
import type { Revocation } from "../../../shared/authority/statement.ts";
import { toHex } from "../../../shared/bytes.ts";
import { uncarriedWithdrawals } from "../../../shared/ceremony/notice.ts";
import { unrecognisedUnder } from "../../../shared/ceremony/under.ts";
import { sha256 } from "../../../shared/hash.ts";
import type { Call, Observation } from "../../../shared/observation/observation.ts";
import type { Under } from "../../../shared/observation/under.ts";
import { Nation } from "../../support/coalition.ts";
import { SECOND, START } from "../../support/network.ts";
import { carry, operation, parties, signed } from "../../support/operations.ts";
import { MESH, testParty } from "../../support/parties.ts";
import { opened, revocationOf } from "../../support/recipes.ts";
import { withdrawal } from "../../support/under.ts";

const crux = parties[2] as Party;

/** What bolt says of the call of a sound operation once its word about the coalition is changed. */
function judged(changes: (under: Under) => Partial<Under>) {
  const { state } = operation({}).agent("bolt");
  const call = state.call as Observation<Call>;
  const under = call.body.under as Under;
  return unrecognisedUnder(state, { ...call, body: { ...call.body, under: { ...under, ...changes(under) } } });
}

it("takes no part where the call gives a partner's name to a key that nobody recognises", () => {
  const naming = (root: string) => judged(({ roots }) => ({ roots: [...roots, { authority: "crux", root }] }));
  expect(naming(toHex(crux.root.key))).toBeNull();
  expect(naming(toHex(testParty("flux").root.key))).toMatchObject({ code: "ROOT_UNKNOWN" });
});

it("takes no part where the call moves the clock of its own mesh, so that what a cut covers would be late", () => {
  expect(judged(() => ({ shift: 0 }))).toBeNull();
  for (const shift of [-1, 86_400 * SECOND]) expect(judged(() => ({ shift }))).toMatchObject({ code: "CALL_INVALID" });
  expect(judged(() => ({ mesh: "another", shift: 86_400 * SECOND }))).toBeNull();
});

it("carries for one signer no more than its share, so that another's withdrawal still finds room", () => {
  const net = operation({});
  const verdicts = Array.from({ length: 12 }, (_, index) =>
    carry(net, "bolt", signed("crux", "*", START + 100 * SECOND - index)),
  );
  expect(verdicts.filter((each) => each?.verdict === "admitted")).toHaveLength(8);
  expect(verdicts.at(-1)).toMatchObject({ code: "ITEMS_FULL", detail: { limit: 8 } });
  expect(carry(net, "bolt", signed("dune", "*", START))).toMatchObject({ verdict: "admitted" });
  expect(carry(net, "bolt", signed("bolt", "*", START))).toMatchObject({ verdict: "admitted" });
});

it("carries what an authority withdraws although a thief of its key had withdrawn as much", async () => {
  const net = operation({});
  const utf8 = new TextEncoder();
  const renewed = makeParty("crux", MESH, {
    root: sha256(utf8.encode("root crux")),
    agent: sha256(utf8.encode("another agent of crux")),
  });
  expect(renewed.root.key).toEqual(crux.root.key);
  const own = withdrawal(new Nation(renewed).revoke("*", START + SECOND));
  const open = () => uncarriedWithdrawals(net.agent("bolt").state, [own]).map(({ id }) => id);
  expect(carry(net, "bolt", signed("crux", "*", START))).toMatchObject({ verdict: "admitted" });
  expect(open()).toEqual([]);
  const stolen = crux.identity.credentials[0] as Uint8Array;
  const [revocation] = await opened([revocationOf(stolen, START - SECOND, crux.root)]);
  net.turn("bolt", { on: "revocation", now: net.now, revocation: revocation as Revocation });
  expect(open()).toEqual([own.id]);
});
