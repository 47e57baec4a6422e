// What is on its way to the server, and what did not arrive.
import { megabytes } from "../format.ts";
import { ProgressBar } from "../jobs/status.tsx";
import { hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import type { Delivery } from "./delivery.ts";
import "./deliveries.css";

export function isUnderWay({ step }: Delivery): boolean {
  return step === "waiting" || step === "sending";
}

/** One delivery alone, in the place where files are dropped. */
export function Sending({ delivery }: { readonly delivery: Delivery }) {
  const { intake } = useService();
  const { id, name } = delivery;
  return (
    <div className="drop-zone sending">
      <p className="drop-title" role="status">
        {isSent(delivery) ? `Taking in ${name}…` : `Sending ${name}…`}
      </p>
      <Progress delivery={delivery} />
      <button type="button" className="button" onClick={() => intake.leave(id)}>
        Stop the upload
      </button>
    </div>
  );
}

/** Several, or what failed: a line each. */
export function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  if (deliveries.length === 0) return null;
  return (
    <ul className="deliveries" aria-label="Your files">
      {deliveries.map((delivery) => (
        <li key={delivery.id}>
          <Line delivery={delivery} />
        </li>
      ))}
    </ul>
  );
}

function Line({ delivery }: { readonly delivery: Delivery }) {
  const { name, step, message, manuscriptId } = delivery;
  switch (step) {
    case "waiting":
    case "sending":
      return (
        <div className="delivery">
          <span className="delivery-name">{name}</span>
          {step === "waiting" ? (
            <span className="delivery-state soft">waits its turn</span>
          ) : (
            <Progress delivery={delivery} />
          )}
          <LeaveButton delivery={delivery} label="Stop" />
        </div>
      );
    case "added":
      return (
        <div className="delivery">
          <a className="delivery-name" href={hrefOf({ page: "manuscript", id: manuscriptId ?? "" })}>
            {name}
          </a>
          <span className="delivery-state soft" role="status">
            {message === null ? "added" : "is on your shelf"}
          </span>
          {message !== null && (
            <p className="message" role="alert">
              “{name}” is on your shelf, but its analysis has not started: {message}
            </p>
          )}
        </div>
      );
    default:
      return <FailedLine delivery={delivery} />;
  }
}

function FailedLine({ delivery }: { readonly delivery: Delivery }) {
  const { intake } = useService();
  const { id, name, file, message, canRetry } = delivery;
  return (
    <div className="delivery">
      <p className="message" role="alert">
        {file !== null && <strong>{name}: </strong>}
        {message}
      </p>
      {file !== null && canRetry && (
        <span className="delivery-ways">
          <button type="button" className="button primary" onClick={() => intake.retry(id)}>
            Try again
          </button>
          <LeaveButton delivery={delivery} label="Leave it" />
        </span>
      )}
    </div>
  );
}

function LeaveButton({
  delivery: { id, name },
  label,
}: {
  readonly delivery: Delivery;
  readonly label: string;
}) {
  const { intake } = useService();
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={`${label}: ${name}`}
      onClick={() => intake.leave(id)}
    >
      {label}
    </button>
  );
}

function Progress({ delivery }: { readonly delivery: Delivery }) {
  const { name, sent, size } = delivery;
  const isCounted = sent > 0 && !isSent(delivery);
  return (
    <span className="delivery-progress">
      <ProgressBar share={isCounted ? sent / size : null} label={`Upload of ${name}`} />
      <span className="soft small" aria-hidden="true">
        {isCounted ? `${megabytes(sent)} of ${megabytes(size)} MB` : ""}
      </span>
    </span>
  );
}

/** Whether all of it has left this machine. */
function isSent({ sent, size }: Delivery): boolean {
  return size > 0 && sent >= size;
}
