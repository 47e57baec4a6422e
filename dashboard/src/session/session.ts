// Who is signed in, and the bearer token that says so to the server.
import type { GetToken } from "@novelfoundry/client";

export interface Session {
  /** Tells one author of this browser from another. */
  readonly authorId: string;
  /** The e-mail address of the author; null in local mode, where there is only one. */
  readonly email: string | null;
  readonly getToken: GetToken;
  /** Null where nobody has to sign in. */
  readonly signOut: (() => Promise<void>) | null;
}

/** The page cannot be used, for the reason that the message names. */
export class SessionError extends Error {}
