// How many jobs ended in each five minutes of the last hour, as bars that a table says too.
import { count, time } from "../format.ts";
import type { Overview } from "./overview.ts";
import { Scroll } from "./tables.tsx";

export function Throughput({ slots }: { readonly slots: Overview["throughput"] }) {
  const most = Math.max(1, ...slots.map(total));
  return (
    <section aria-labelledby="throughput">
      <h2 id="throughput">Ended in the last hour</h2>
      <div className="throughput" aria-hidden="true">
        {slots.map((slot) => (
          <div key={slot.beginsAt}>
            <span className="number soft">{total(slot) > 0 && count(total(slot))}</span>
            <span className="column" style={{ blockSize: `${(total(slot) / most) * 5}rem` }}>
              <span className="failed" style={{ blockSize: `${share(slot) * 100}%` }} />
            </span>
            <span className="soft">{time(slot.beginsAt)}</span>
          </div>
        ))}
      </div>
      <details>
        <summary>As a table</summary>
        <Scroll label="Ended in each five minutes">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Completed</th>
              <th scope="col">Failed</th>
              <th scope="col">Cancelled</th>
            </tr>
          </thead>
          <tbody>
            {slots.map((slot) => (
              <tr key={slot.beginsAt}>
                <th scope="row">{time(slot.beginsAt)}</th>
                <td className="number">{count(slot.completed)}</td>
                <td className="number">{count(slot.failed)}</td>
                <td className="number">{count(slot.cancelled)}</td>
              </tr>
            ))}
          </tbody>
        </Scroll>
      </details>
    </section>
  );
}

type Slot = Overview["throughput"][number];

function total({ completed, failed, cancelled }: Slot): number {
  return completed + failed + cancelled;
}

function share(slot: Slot): number {
  return slot.failed / Math.max(1, total(slot));
}
