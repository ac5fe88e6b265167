// Samples for the rules about what leaves.
import type { Samples } from "./samples.ts";

export const OUTWARD_SAMPLES: Readonly<Record<string, Samples>> = {
  "hosts-named": {
    bad: [
      ["functions/a.ts", 'const home = "https://telemetry.acme.com/v1";'],
      ["wrangler.toml", 'name = "wss://bus.acme.io"'],
    ],
    good: [
      ["functions/a.ts", 'const svg = "http://www.w3.org/2000/svg";'],
      ["cli/a.ts", 'const usage = "--url https://agent.bolt.example, or http://127.0.0.1:8787";'],
      ["test/a.test.ts", 'const elsewhere = "https://acme.com";'],
    ],
  },
  "calls-out": {
    bad: [
      ["functions/a.ts", "await fetch(address);"],
      ["durable/a.ts", "const link = await connect({ servers });"],
      ["cli/a.ts", "const socket = new WebSocket(address);"],
    ],
    good: [
      ["durable/nats-link.ts", "const link = await connect({ servers });"],
      ["functions/a.ts", "await app.fetch(request); state.connect(); fetchAll();"],
      ["test/a.test.ts", "await fetch(address);"],
    ],
  },
  "child-output": {
    bad: [
      ["cli/a.ts", 'spawn(program, [], { stdio: "inherit" });'],
      ["cli/a.ts", 'spawn(program, [], { stdio: ["ignore", "inherit", "inherit"] });'],
    ],
    good: [["cli/a.ts", 'spawn(program, [], { stdio: ["ignore", "pipe", "inherit"] });']],
  },
};
