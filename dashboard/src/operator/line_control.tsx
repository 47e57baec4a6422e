// Holds the line and lets it go: what is queued waits, what runs goes on.
import { HoldLineDocument, ResumeLineDocument } from "@novelfoundry/client";
import { type FormEvent, useState } from "react";
import { messageOf } from "../error.ts";
import { moment } from "../format.ts";
import { useService } from "../service.ts";
import type { Overview } from "./overview.ts";

interface Props {
  readonly hold: Overview["system"]["hold"];
  readonly onChanged: () => void;
}

export function LineControl({ hold, onChanged }: Props) {
  const { http } = useService();
  const [why, setWhy] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const done = (result: { __typename: string; message?: string }) => {
    setRefused(result.message ?? null);
    onChanged();
  };
  const failed = (error: unknown) => setRefused(messageOf(error));
  const holdIt = (event: FormEvent) => {
    event.preventDefault();
    http.execute(HoldLineDocument, { why }).then(({ holdLine }) => done(holdLine), failed);
  };
  const resume = () =>
    http.execute(ResumeLineDocument, {}).then(({ resumeLine }) => done(resumeLine), failed);

  return (
    <section className="card line-control" aria-labelledby="line-control">
      <h2 id="line-control">{hold ? "The line is held" : "The line"}</h2>
      {hold ? (
        <>
          <p>
            Held by {hold.by} since {moment(hold.since)}: {hold.why}
          </p>
          <button type="button" className="button primary" onClick={() => void resume()}>
            Let it go
          </button>
        </>
      ) : (
        <form onSubmit={holdIt}>
          <label className="field">
            Why, in a sentence that authors read
            <input value={why} onChange={(event) => setWhy(event.target.value)} required maxLength={500} />
          </label>
          <button type="submit" className="button">
            Hold the line
          </button>
        </form>
      )}
      {refused !== null && (
        <p className="message" role="alert">
          {refused}
        </p>
      )}
    </section>
  );
}
