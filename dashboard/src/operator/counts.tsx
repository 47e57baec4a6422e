// How many jobs wait and run, and what became of those of the last day; the failed can be tried again together.
import { type FailureCode, RetryFailedDocument } from "@novelfoundry/client";
import { useState } from "react";
import { messageOf } from "../error.ts";
import { count, counted, moment } from "../format.ts";
import { statusWord } from "../jobs/describe.ts";
import { useService } from "../service.ts";
import type { Overview } from "./overview.ts";
import { Scroll, words } from "./tables.tsx";

interface Props {
  readonly system: Overview["system"];
  readonly counts: Overview["counts"];
  readonly processes: Overview["processes"];
  readonly onChanged: () => void;
}

type Ended = Overview["counts"][number];

export function Counts({ system, counts, processes, onChanged }: Props) {
  const workers = processes.filter(({ kind, state }) => kind === "worker" && state !== "ABSENT");
  const places = workers.reduce((sum, { capacity }) => sum + capacity, 0);
  const busy = workers.reduce((sum, worker) => sum + worker.busy, 0);
  const ended = counts.filter(({ countedSince }) => countedSince !== null);
  const since = ended.at(0)?.countedSince ?? null;
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">Jobs</h2>
      <dl className="numbers">
        <Figure name="wait" value={count(system.queued)} />
        <Figure name="run" value={count(system.running)} />
        <Figure name="places busy" value={`${count(busy)} of ${count(places)}`} />
      </dl>
      {since === null ? (
        <p className="soft">None has ended within a day.</p>
      ) : (
        <Scroll label={`Ended since ${moment(since)}`}>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Why</th>
              <th scope="col">Number</th>
              <th scope="col">Last hour</th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {ended.map((row) => (
              <Row key={`${row.status} ${row.failureCode}`} row={row} onChanged={onChanged} />
            ))}
          </tbody>
        </Scroll>
      )}
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className="soft">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Row({ row, onChanged }: { readonly row: Ended; readonly onChanged: () => void }) {
  // Another try of what cannot be read ends alike.
  const code = row.failureCode === "UNREADABLE_MANUSCRIPT" ? null : row.failureCode;
  return (
    <tr>
      <th scope="row">{statusWord(row.status)}</th>
      <td>{words(row.failureCode ?? "")}</td>
      <td className="number">{count(row.number)}</td>
      <td className="number">{count(row.withinHour ?? 0)}</td>
      <td>{code && <Retry code={code} since={row.countedSince} onChanged={onChanged} />}</td>
    </tr>
  );
}

interface RetryProps {
  readonly code: FailureCode;
  readonly since: string | null;
  readonly onChanged: () => void;
}

function Retry({ code, since, onChanged }: RetryProps) {
  const { http } = useService();
  const [said, setSaid] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      const { retryFailed } = await http.execute(RetryFailedDocument, { failureCode: [code], since });
      setSaid(retryFailed.__typename === "RetriedJobs" ? told(retryFailed) : retryFailed.message);
      onChanged();
    } catch (error) {
      setSaid(messageOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" className="button" disabled={isBusy} onClick={() => void retry()}>
        Try them again<span className="visually-hidden">: {words(code)}</span>
      </button>
      <span role="status">{said && ` ${said}`}</span>
    </>
  );
}

function told({ done, refused, hasMore }: { done: number; refused: number; hasMore: boolean }): string {
  const rest = refused > 0 ? `, ${count(refused)} refused` : "";
  return `${counted(done, "job")} tried again${rest}.${hasMore ? " There are more." : ""}`;
}
