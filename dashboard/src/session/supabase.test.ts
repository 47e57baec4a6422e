// Sign-in through the real supabase-js, over a local server that answers as Supabase's auth does.
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeServer } from "../../../client_contract/ts/tests/server.ts";
import type { Session } from "./session.ts";
import { openSupabase, type SignIn } from "./supabase.ts";

let server: FakeServer;
let signIn: SignIn;
/** Who was signed in, each time that it changed. */
let seen: (Session | null)[];
let stop: () => void;
/** What the server answers to a path; anything else is refused. */
let refused: { readonly path: string; readonly status: number; readonly message: string } | null;
let made: number;

const anna = {
  id: "anna",
  aud: "authenticated",
  email: "anna@example.com",
  app_metadata: {},
  user_metadata: {},
};

beforeEach(async () => {
  refused = null;
  made = 0;
  seen = [];
  server = await FakeServer.start();
  server.clerk = ({ path }) => {
    if (refused !== null && path.includes(refused.path))
      return { status: refused.status, body: { code: refused.status, msg: refused.message } };
    if (path.includes("/logout")) return { status: 204, text: "" };
    made += 1;
    const tokens = { access_token: `token-${made}`, refresh_token: `refresh-${made}` };
    return { status: 200, body: { ...tokens, token_type: "bearer", expires_in: 3600, user: anna } };
  };
  signIn = openSupabase(server.origin, "sb_publishable_test");
  stop = signIn.watch((session) => seen.push(session));
});

afterEach(async () => {
  stop();
  await server.stop();
});

const enter = () => signIn.withPassword("anna@example.com", "a long walk home");

async function signedIn(): Promise<Session> {
  await enter();
  const session = seen.at(-1);
  if (!session) throw new Error("Nobody is signed in.");
  return session;
}

test("who signs in is known by an id of her own, and has a token", async () => {
  const session = await signedIn();

  expect(session).toMatchObject({ authorId: "anna", email: "anna@example.com" });
  expect(await session.getToken({ refresh: false })).toBe("token-1");
});

test("a token that the server refused is renewed, and she stays who she is", async () => {
  const session = await signedIn();
  const told = seen.length;

  expect(await session.getToken({ refresh: true })).toBe("token-2");
  expect(seen).toHaveLength(told);
});

test("a renewal that is refused shows the door", async () => {
  const session = await signedIn();
  refused = { path: "refresh_token", status: 400, message: "Invalid Refresh Token" };

  expect(await session.getToken({ refresh: true })).toBeNull();
  expect(seen.at(-1)).toBeNull();
});

test("a renewal that cannot be asked for keeps her signed in", async () => {
  const session = await signedIn();
  refused = { path: "refresh_token", status: 422, message: "Later" };

  await session.getToken({ refresh: true });

  expect(seen.at(-1)).toBe(session);
});

test("who signs out is signed out", async () => {
  const session = await signedIn();

  await session.signOut?.();

  expect(seen.at(-1)).toBeNull();
});

test.each([
  [400, "Invalid login credentials", "do not go together"],
  [400, "Email not confirmed", "open the link"],
  [429, "Too many", "Wait a minute"],
  [500, "Oops", "does not answer"],
])("a refusal of %s (%s) is a sentence for the author", async (status, message, sentence) => {
  refused = { path: "grant_type=password", status, message };

  await expect(enter()).rejects.toThrow(sentence);
});
