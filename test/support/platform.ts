// Stands in for the module "cloudflare:workers" where an agent runs in a test's own process: an object there is its context and its
// environment, and nothing else. The stack tests run the platform's own.

export class DurableObject {
  ctx: unknown;
  env: unknown;

  constructor(ctx: unknown, env: unknown) {
    this.ctx = ctx;
    this.env = env;
  }
}
