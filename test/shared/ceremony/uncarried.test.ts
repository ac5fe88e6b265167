// Which of the revocations that an agent knows it carries into a ceremony: whoever issued a credential may sign several, and the first that
// was carried must not keep a stricter one out.
import { expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import type { Revocation } from "../../../shared/authority/statement.ts";
import { uncarried } from "../../../shared/ceremony/notice.ts";
import { pinned } from "../../support/convened.ts";
import { Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";
import { opened, revocationOf } from "../../support/recipes.ts";

const parties = testParties(4);
const [acme] = parties as readonly [Party];

async function withdrawn(from: number, cut: readonly string[] = []): Promise<Revocation> {
  const [statement] = await opened([revocationOf(acme.identity.credentials[0] as Uint8Array, from, acme.root, cut)]);
  return statement as Revocation;
}

it("the strictest, where those held are milder: far off, or standing by what was said", async () => {
  const times = { closesAt: START + 10 * SECOND, expiresAt: START + 100 * SECOND };
  const net = new Network(parties, pinned(), { role: "voter", ...times });
  net.open();
  net.deliverAll();
  net.run(2);
  const said = net.attest("acme", "approve")[0]?.id as string;
  net.deliverAll();
  const open = (known: readonly Revocation[]) => uncarried(net.agent("bolt").state, known).map(({ id }) => id);
  const carry = (revocation: Revocation) => net.turn("bolt", { on: "revocation", now: net.now, revocation });
  const strict = await withdrawn(START - SECOND);
  const late = await withdrawn(START + 90 * SECOND);
  const kind = await withdrawn(START - SECOND, [said]);
  expect(open([strict, late, kind])).toEqual([strict.id]);
  expect(open([kind, late, strict])).toEqual([strict.id]);
  for (const mild of [late, kind]) {
    expect(carry(mild)).toMatchObject([{ verdict: "admitted" }]);
    expect(open([mild])).toEqual([]);
    expect(open([mild, strict])).toEqual([strict.id]);
  }
  carry(strict);
  expect(open([late, kind, strict])).toEqual([]);
});
