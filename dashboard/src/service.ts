// What the page works with once the author is signed in: requests, the job feed, the session.
import { HttpClient, JobFeed } from "@novelfoundry/client";
import { createContext, useContext } from "react";
import type { Session } from "./session/session.ts";

export interface Service {
  readonly http: HttpClient;
  readonly feed: JobFeed;
  readonly session: Session;
}

export function openService(session: Session): Service {
  const options = { origin: location.origin, getToken: session.getToken };
  return { http: new HttpClient(options), feed: new JobFeed(options), session };
}

export const ServiceContext = createContext<Service | null>(null);

export function useService(): Service {
  const service = useContext(ServiceContext);
  if (service === null) throw new Error("useService needs a ServiceContext above it.");
  return service;
}

/** The sentence of an error, for the author. */
export function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message
    : "Something went wrong in this page. Reload it and try again.";
}
