// What the service does, for operators: jobs and authors by id, and never a word of a manuscript.

import { moment } from "../format.ts";
import { Masthead } from "../masthead.tsx";
import { useService } from "../service.ts";
import { useTitle } from "../title.ts";
import { Counts } from "./counts.tsx";
import { LineControl } from "./line_control.tsx";
import { type Overview, useOverview } from "./overview.ts";
import { Authors, Jobs, Processes } from "./tables.tsx";
import { Throughput } from "./throughput.tsx";
import "./operator.css";

export default function OperatorPage() {
  const { http } = useService();
  const { overview, error, reload } = useOverview(http);
  useTitle("The service");
  return (
    <>
      <Masthead />
      <div className="desk chapter">
        <main className="page operator" tabIndex={-1}>
          <h1>The service</h1>
          {error !== null && (
            <p className="message" role="alert">
              {error}
            </p>
          )}
          {overview !== null && <Whole overview={overview} onChanged={reload} />}
        </main>
      </div>
    </>
  );
}

interface WholeProps {
  readonly overview: Overview;
  readonly onChanged: () => void;
}

function Whole({ overview, onChanged }: WholeProps) {
  const { system, counts, throughput, processes, running, line, failed } = overview;
  return (
    <>
      <p className="soft">As of {moment(system.asOf)}, read again every five seconds.</p>
      {system.troubles.length > 0 && (
        <ul className="troubles">
          {system.troubles.map(({ code, message }) => (
            <li key={code}>{message}</li>
          ))}
        </ul>
      )}
      <LineControl hold={system.hold} onChanged={onChanged} />
      <Counts system={system} counts={counts} processes={processes} onChanged={onChanged} />
      <Throughput slots={throughput} />
      <Processes processes={processes} running={running} />
      <Authors line={line} />
      <Jobs title="What runs" jobs={running} empty="Nothing runs right now." />
      <Jobs title="What failed last" jobs={failed} empty="Nothing has failed." />
    </>
  );
}
