// Two projects: "fast" is pure and runs in milliseconds; "stack" starts real servers (workerd, nats-server) and waits for them.
// Two workers at most: the stack tests start several processes each and would otherwise starve one another.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const STACK = ["test/stack/**/*.test.ts", "test/durable/**/*.test.ts"];

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [{ find: "cloudflare:workers", replacement: here("test/support/platform.ts") }],
  },
  test: {
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    // Of the cases that say they are concurrent: each waits for its own servers' clocks most of the time.
    maxConcurrency: 2,
    // What agents log is shown where a test fails.
    silent: "passed-only",
    // Long enough for a stopped workerd or nats-server to let go of its ports.
    teardownTimeout: 20_000,
    // An agent in the test's own process writes its log there: a line for each request that changes something.
    onConsoleLog: (line) => !line.includes("event: 'request'"),
    projects: [
      {
        extends: true,
        // The browser's modules are built by `npm run build`; pages that are rendered here name them, and load none.
        resolve: {
          alias: [{ find: /^.*\/built\/modules\.json$/, replacement: here("test/support/no-modules.json") }],
        },
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: STACK,
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "stack",
          include: STACK,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
