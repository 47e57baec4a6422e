// What the page works with once the author is signed in: requests, the job feed, her shelf, what she enters and sends, the session.
import { HttpClient, JobFeed } from "@novelfoundry/client";
import { createContext, useContext } from "react";
import { baseAddress } from "./address.ts";
import { DraftKeeper } from "./drafts/keeper.ts";
import { Intake } from "./manuscripts/intake.ts";
import { Library } from "./manuscripts/library.ts";
import type { Session } from "./session/session.ts";

export interface Service {
  readonly http: HttpClient;
  readonly feed: JobFeed;
  readonly library: Library;
  readonly drafts: DraftKeeper;
  readonly intake: Intake;
  readonly session: Session;
}

export function openService(session: Session): Service {
  const options = { origin: baseAddress(), getToken: session.getToken };
  const http = new HttpClient(options);
  const feed = new JobFeed({ ...options, share: session.authorId });
  const library = new Library(http, feed);
  const drafts = keeperOf(session.authorId);
  const intake = new Intake({ http, feed, library, drafts });
  return { http, feed, library, drafts, intake, session };
}

// One an author, for what a browser cannot store must outlive a sign-in that ran out.
const keepers = new Map<string, DraftKeeper>();

function keeperOf(authorId: string): DraftKeeper {
  const keeper = keepers.get(authorId) ?? new DraftKeeper(authorId);
  keepers.set(authorId, keeper);
  return keeper;
}

export const ServiceContext = createContext<Service | null>(null);

export function useService(): Service {
  const service = useContext(ServiceContext);
  if (service === null) throw new Error("useService needs a ServiceContext above it.");
  return service;
}
