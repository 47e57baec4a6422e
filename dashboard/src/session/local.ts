// Local mode: the page signs itself in, which the server allows on loopback only.
import { addressOf } from "../address.ts";
import { isRecord } from "../json.ts";
import { type Session, SessionError } from "./session.ts";

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Renew a token this long before it ends, in milliseconds. */
const MARGIN = 30_000;

export function openLocalSession(): Session {
  let held: Token | null = null;
  // One request serves all who ask while it is under way.
  let request: Promise<Token> | null = null;

  async function getToken({ refresh }: { readonly refresh: boolean }): Promise<string> {
    if (!refresh && held && held.expiresAt - Date.now() > MARGIN) return held.value;
    request ??= requestToken().finally(() => {
      request = null;
    });
    held = await request;
    return held.value;
  }

  return { authorId: "local", email: null, getToken, signOut: null };
}

async function requestToken(): Promise<Token> {
  const response = await fetch(addressOf("session"), { method: "POST" }).catch(() => null);
  if (response === null) throw new SessionError("We cannot reach the service. Reload the page to try again.");
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok)
    throw new SessionError(
      messageOf(body) ?? `The server refused to sign this page in (${response.status}).`,
    );
  const token = readToken(body);
  if (token === null)
    throw new SessionError("The server signed this page in without a token. Reload to try again.");
  return token;
}

function messageOf(body: unknown): string | null {
  return isRecord(body) && typeof body.message === "string" ? body.message : null;
}

function readToken(body: unknown): Token | null {
  if (!isRecord(body) || typeof body.token !== "string" || typeof body.expiresAt !== "string") return null;
  return { value: body.token, expiresAt: Date.parse(body.expiresAt) };
}
