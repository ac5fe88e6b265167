// The smaller pages: log in, verify, health, policies, one error explained.
import { exitOf, isRetryable, statusOf } from "../../../shared/refusals/effects.ts";
import type { Refusal, RefusalCode } from "../../../shared/refusals.ts";
import { Form } from "../form.tsx";
import { Badged } from "../layout.tsx";

/** Of a wrong key no more is said than that it is wrong. */
export const Login = ({ refusal, back }: { refusal: Refusal | null; back: string }) => (
  <Form action="/login" class="card">
    {refusal === null ? null : (
      <p role="alert">
        <Badged badge={{ icon: "✗", word: wordOf(refusal), tone: "bad" }} /> {why(refusal)}
      </p>
    )}
    <label for="key">API key of this agent</label>
    <input id="key" name="key" type="password" autocomplete="current-password" required />
    <input type="hidden" name="back" value={back} />
    <button type="submit" class="main">
      Log in
    </button>
  </Form>
);

function wordOf({ code, what }: Refusal): string {
  return code === "UNAUTHORISED" ? "that is no key of this agent" : what;
}

function why({ code, why, do: remedy }: Refusal): string {
  return code === "UNAUTHORISED" ? "" : `${why}. ${remedy}.`;
}

export const Verify = () => (
  <>
    <p>
      Give an evidence bundle and a statement of the roots that you trust. The check runs in this page; nothing is
      uploaded. Without JavaScript, use <code>quorate verify BUNDLE --trust TRUST</code>: it is the same function.
    </p>
    <form id="verify" class="card">
      <label for="bundle">Evidence bundle</label>
      <input id="bundle" name="bundle" type="file" accept=".json,application/json" required />
      <label for="trust">Trust statement</label>
      <input id="trust" name="trust" type="file" accept=".json,application/json" required />
      <button type="submit" class="main">
        Verify
      </button>
    </form>
    <pre id="verdict" role="status">
      No bundle was given yet.
    </pre>
  </>
);

/** How programs meet a refusal. */
export const RefusalEffects = ({ code }: { code: RefusalCode }) => (
  <p>
    {`An agent answers it with status ${statusOf(code)}, and the command line with exit ${exitOf(code)}; the same `}
    {isRetryable(code) ? "may succeed later as it is." : "does not succeed later as it is."}
  </p>
);

export const RefusalText = ({ refusal }: { refusal: Refusal }) => (
  <dl class="card">
    <dt>Code</dt>
    <dd>
      <a href={`/e/${refusal.code}`}>
        <code>{refusal.code}</code>
      </a>
    </dd>
    <dt>What</dt>
    <dd>{refusal.what}</dd>
    <dt>Why</dt>
    <dd>{refusal.why}</dd>
    <dt>Do</dt>
    <dd>{refusal.do}</dd>
  </dl>
);
