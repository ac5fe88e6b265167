// Whoever is not named may join an open roster by its class: it gets a seat, a vote and a proof, or learns why not.
import { describe, expect, it } from "vitest";
import { makeParty, type Party } from "../../../cli/stack/party.ts";
import type { Revocation } from "../../../shared/authority/statement.ts";
import { sha256 } from "../../../shared/hash.ts";
import {
  CLOSED,
  joinAll,
  joinOf,
  OPEN,
  opened,
  passes,
  pinned,
  recordOf,
  rosterIn,
  voteAndEnd,
  WALK_IN,
} from "../../support/convened.ts";
import { type Network, SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { opened as openedStatements, revocationOf } from "../../support/recipes.ts";

describe("an open roster", () => {
  const arrival = (net: Network, name: string) =>
    net.turn(name, { on: "observations", now: net.now, observations: [net.call] });

  it("seats a walk-in of the class, whose vote counts, and proves it to whoever recognises its root", async () => {
    const parties = testParties(4);
    const net = opened(parties, pinned(OPEN), 3);
    arrival(net, "dune");
    expect(net.attest("dune", "join")).toMatchObject([{ code: "NO_SEAT" }]);
    joinAll(net, ["acme", "bolt", "crux"]);
    expect(net.say("dune", WALK_IN)).toMatchObject([{ verdict: "admitted" }]);
    voteAndEnd(net, ["crux"]);
    expect([new Set(net.digests()).size, rosterIn(net, "dune")]).toEqual([1, ["acme", "bolt", "crux", "dune"]]);
    expect(recordOf(net)?.explanation.join()).toContain("3 of 4");
    for (const by of ["acme", "dune"]) expect(await passes(net, parties, by)).toMatchObject({ verdict: "passed" });
    const narrow = await passes(net, parties.slice(0, 3), "acme");
    expect([narrow.verdict, narrow.firstFailing?.code]).toEqual(["indeterminate", "TRUST_MISSING"]);
  });

  it("finds its way to the same end with lost messages and lost memory", () => {
    const net = opened(testParties(5), pinned(OPEN), 4);
    net.restoreAlways = true;
    let count = 0;
    // Every third message is lost, and whatever the walk-in sends at first.
    net.delivers = ({ from }) => ++count % 3 !== 0 && (from !== "echo" || net.now > START + 4 * SECOND);
    arrival(net, "echo");
    net.say("echo", WALK_IN);
    joinAll(net, ["acme", "bolt", "crux", "dune"]);
    voteAndEnd(net);
    expect([new Set(net.digests()).size, rosterIn(net)?.length]).toEqual([1, 5]);
  });

  it("leaves out a walk-in without the class, who still learns the end", () => {
    const stranger = testParties(4).map((party) =>
      party.name === "dune"
        ? makeParty("dune", MESH, { root: sha256(new Uint8Array([1])), agent: sha256(new Uint8Array([2])) })
        : party,
    );
    const net = opened(stranger, pinned({ convening: { roster: "open-by-class", class: "mutual-aid" } }), 3);
    arrival(net, "dune");
    joinAll(net, ["acme", "bolt", "crux"]);
    net.say("dune", WALK_IN);
    voteAndEnd(net);
    expect(new Set(net.digests()).size).toBe(1);
    expect(recordOf(net)?.excluded).toMatchObject([{ id: joinOf(net, "dune"), code: "CLASS_NOT_GRANTED", round: 0 }]);
  });

  it("leaves out a walk-in whose credential is withdrawn while they join, for everyone alike", async () => {
    const parties = testParties(4);
    const [, , , dune] = parties as readonly [Party, Party, Party, Party];
    const net = opened(parties, pinned(OPEN), 3);
    arrival(net, "dune");
    net.say("dune", WALK_IN);
    const grant = dune.identity.credentials[0] as Uint8Array;
    const [revocation] = await openedStatements([revocationOf(grant, START - SECOND, dune.root)]);
    const carried = { on: "revocation", now: net.now, revocation: revocation as Revocation } as const;
    expect(net.turn("bolt", carried)).toMatchObject([{ verdict: "admitted" }]);
    joinAll(net, ["acme", "bolt", "crux"]);
    voteAndEnd(net);
    expect([new Set(net.digests()).size, rosterIn(net)]).toEqual([1, ["acme", "bolt", "crux"]]);
    expect(recordOf(net)?.excluded).toMatchObject([{ id: joinOf(net, "dune"), code: "CREDENTIAL_REVOKED", round: 0 }]);
    expect(await passes(net, parties, "acme")).toMatchObject({ verdict: "passed" });
  });

  it("is closed to walk-ins where names decide", () => {
    const net = opened(testParties(4), pinned(CLOSED), 3);
    arrival(net, "dune");
    expect(net.say("dune", WALK_IN)).toMatchObject([{ code: "NO_SEAT" }]);
  });
});
