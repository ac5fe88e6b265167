// Which event a GitHub body shows by itself. The event's header is not signed: whoever once saw a signed body could send it again under
// another name. So the body must bear the name out, by the fields that only that event has.

/** An event and the top-level fields that tell it; the first line that fits is the event, so the more particular stand first. */
const EVENTS: readonly (readonly [event: string, ...fields: string[]])[] = [
  ["deployment_protection_rule", "deployment_callback_url"],
  ["deployment_review", "reviewers", "since"],
  ["deployment_status", "deployment_status"],
  ["workflow_job", "workflow_job"],
  ["check_run", "check_run"],
  ["check_suite", "check_suite"],
  ["deployment", "deployment"],
  ["workflow_run", "workflow_run"],
  ["workflow_dispatch", "workflow", "inputs"],
  ["repository_dispatch", "client_payload"],
  ["issue_comment", "issue", "comment"],
  ["issues", "issue"],
  ["discussion_comment", "discussion", "comment"],
  ["discussion", "discussion"],
  ["pull_request_review", "pull_request", "review"],
  ["pull_request_review_comment", "pull_request", "comment"],
  ["pull_request_review_thread", "pull_request", "thread"],
  ["pull_request", "pull_request"],
  ["commit_comment", "comment"],
  ["merge_group", "merge_group"],
  ["release", "release"],
  ["package", "package"],
  ["milestone", "milestone"],
  ["branch_protection_rule", "rule"],
  ["security_advisory", "security_advisory"],
  ["push", "before", "after", "commits"],
  ["create", "ref", "ref_type", "master_branch"],
  ["delete", "ref", "ref_type"],
  ["status", "sha", "state", "branches"],
];

/** The events that a source may name. */
export const GITHUB_EVENTS: readonly string[] = EVENTS.map(([event]) => event);

/** The event that a body shows; null where it shows none of them. */
export function githubEventOf(body: object): string | null {
  const fits = ([, ...fields]: (typeof EVENTS)[number]) => fields.every((field) => Object.hasOwn(body, field));
  return EVENTS.find(fits)?.[0] ?? null;
}

/** The fields that tell an event. */
export function githubFieldsOf(event: string): readonly string[] {
  return EVENTS.find(([name]) => name === event)?.slice(1) ?? [];
}
