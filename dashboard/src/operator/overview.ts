// What the service does, read again and again while the page is looked at.
import { type HttpClient, OperatorDocument, type OperatorQuery } from "@novelfoundry/client";
import { useCallback, useEffect, useState } from "react";
import { messageOf } from "../error.ts";

const EVERY_MILLISECONDS = 5000;

export type Overview = Extract<OperatorQuery["operator"], { __typename: "Operator" }>;
export type OperatorJob = Overview["failed"][number];

export interface Read {
  /** What was read last; null before the first time. */
  readonly overview: Overview | null;
  /** Why the last reading failed; null when it did not. */
  readonly error: string | null;
  readonly reload: () => void;
}

export function useOverview(http: HttpClient): Read {
  const [overview, setOverview] = useState<Overview | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn reads again.
  useEffect(() => {
    let isWanted = true;
    const read = async () => {
      try {
        const { operator } = await http.execute(OperatorDocument, {});
        if (!isWanted) return;
        if (operator.__typename === "Operator") setOverview(operator);
        setError(operator.__typename === "Operator" ? null : operator.message);
      } catch (failure) {
        if (isWanted) setError(messageOf(failure));
      }
    };
    void read();
    const timer = setInterval(() => !document.hidden && void read(), EVERY_MILLISECONDS);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [http, turn]);
  return { overview, error, reload };
}
