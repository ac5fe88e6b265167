// Where two policies differ, clause by clause.
import type { Difference } from "../../../shared/policy/differences.ts";
import { Foreign, ForeignValue } from "../foreign.tsx";
import { Table } from "../layout.tsx";

export const Differences = ({ differences }: { differences: readonly Difference[] }) => (
  <Table
    caption="Where the policies differ"
    columns={["Clause", "Before", "Now"]}
    rows={differences.map(({ path, before, after }) => [
      <code>
        <Foreign text={path === "" ? "the whole document" : path} />
      </code>,
      before === undefined ? "nothing" : <ForeignValue value={before} whole />,
      after === undefined ? "nothing" : <ForeignValue value={after} whole />,
    ])}
  />
);
