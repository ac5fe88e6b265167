// A form of the console: it posts to this agent and carries the token that says that this agent served it.
import { type Child, createContext, useContext } from "hono/jsx";

/** Set for the whole page by whoever renders it. */
export const FormToken = createContext("");

export const Form = (props: {
  action: string;
  /** Its accessible name, where no heading says it. */
  label?: string;
  class?: string;
  upload?: boolean;
  data?: Readonly<Record<`data-${string}`, string>>;
  children?: Child;
}) => (
  <form
    method="post"
    action={props.action}
    class={props.class}
    aria-label={props.label}
    enctype={props.upload ? "multipart/form-data" : undefined}
    {...(props.data ?? {})}
  >
    <input type="hidden" name="form-token" value={useContext(FormToken)} />
    {props.children}
  </form>
);
