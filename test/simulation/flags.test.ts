import { describe, expect, it } from "vitest";
import { readFlags, replayCommand } from "./flags.ts";

describe("the simulator's flags", () => {
  it("are read into a request, and written as the command that replays one seed of it", () => {
    const words = ["--parties", "7", "--faulty", "2", "--seeds", "5..900", "--strategy", "silent", "--loss", "0.3"];
    const request = readFlags([...words, "--pattern", "vote", "--sabotage", "no-lock"]);
    if (typeof request === "string") throw new Error(request);
    expect(request.seeds).toEqual({ first: 5, last: 900 });
    const command = replayCommand(request, 31);
    expect(command).toContain(" simulate --parties 7 --faulty 2 --seeds 31..31 --strategy silent ");
    expect(readFlags(command.split(" simulate ")[1]?.split(" ") ?? [])).toEqual({
      ...request,
      seeds: { first: 31, last: 31 },
    });
  });

  it.each([
    [["--parties", "2"], /--parties/],
    [["--parties", "4.5"], /--parties/],
    [["--parties", "32"], /--parties/],
    [["--parties", "4", "--faulty", "2"], /--faulty/],
    [["--faulty", ""], /--faulty/],
    [["--seeds", "9..3"], /--seeds/],
    [["--seeds", "a..b"], /--seeds/],
    [["--strategy", "nice"], /no strategy/],
    [["--pattern", "nope"], /not simulated/],
    [["--sabotage", "nothing"], /no sabotage/],
    [["--loss", "2"], /--loss/],
    [["--loss", ""], /--loss/],
    [["--log"], /one seed/],
    [["--speed", "9"], /speed/],
    [["now"], /now/],
  ])("%j are refused with the reason", (words, reason) => {
    expect(readFlags(words)).toMatch(reason);
  });
});
