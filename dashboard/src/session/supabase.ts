// Supabase mode: e-mail and password through supabase-js. Loaded only in that mode.
import { createClient, type SupabaseClient, type Session as SupabaseSession } from "@supabase/supabase-js";
import { type Session, SessionError } from "./session.ts";

export interface SignIn {
  /** Signs in. Throws SessionError with a sentence for the author. */
  withPassword(email: string, password: string): Promise<void>;
  /** Calls back with the session at once and whenever who is signed in changes; returns the way to stop. */
  watch(listen: (session: Session | null) => void): () => void;
}

export function openSupabase(url: string, publishableKey: string): SignIn {
  const { auth } = createClient(url, publishableKey);

  async function withPassword(email: string, password: string): Promise<void> {
    const { error } = await auth.signInWithPassword({ email, password });
    if (error) throw new SessionError(sentenceFor(error.status, error.message));
  }

  function watch(listen: (session: Session | null) => void): () => void {
    let userId: string | null | undefined;
    const { data } = auth.onAuthStateChange((_event, current) => {
      const nextId = current?.user.id ?? null;
      // A refreshed token is the same author: whoever holds the session asks it for the new token.
      if (nextId === userId) return;
      userId = nextId;
      listen(current && sessionOf(auth, current));
    });
    return () => data.subscription.unsubscribe();
  }

  return { withPassword, watch };
}

function sessionOf(auth: SupabaseClient["auth"], { user }: SupabaseSession): Session {
  return {
    authorId: user.id,
    email: user.email ?? null,
    getToken: ({ refresh }) => (refresh ? renewedToken(auth) : heldToken(auth)),
    signOut: async () => void (await auth.signOut({ scope: "local" })),
  };
}

/** supabase-js renews by itself a token that is about to end. */
async function heldToken(auth: SupabaseClient["auth"]): Promise<string | null> {
  const { data } = await auth.getSession();
  return data.session?.access_token ?? null;
}

/** A new token for one that the server refused. Where that is refused too, nobody is signed in any more. */
async function renewedToken(auth: SupabaseClient["auth"]): Promise<string | null> {
  const { data, error } = await auth.refreshSession();
  // supabase-js keeps a session whose token has not run out by its own clock: the server has just said otherwise.
  if (error !== null && isRefusal(error.status)) await auth.signOut({ scope: "local" });
  return data.session?.access_token ?? null;
}

function isRefusal(status: number | undefined): boolean {
  return status === 400 || status === 401 || status === 403;
}

function sentenceFor(status: number | undefined, message: string): string {
  switch (status) {
    case 400:
      return message === "Email not confirmed"
        ? "This address is not confirmed yet: open the link in the e-mail that you were sent, then sign in."
        : "This e-mail address and password do not go together. Check both and try again.";
    case 429:
      return "Too many tries. Wait a minute, then try again.";
    default:
      return "The sign-in service does not answer. Check your connection and try again.";
  }
}
