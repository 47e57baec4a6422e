import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readConfig } from "./config.ts";
import { openLocalSession } from "./local.ts";

let made = 0;

function answerWithTokens(secondsToLive: number) {
  made = 0;
  const answer = async () => {
    made += 1;
    return Response.json({
      token: `token-${made}`,
      expiresAt: new Date(Date.now() + secondsToLive * 1000).toISOString(),
    });
  };
  vi.stubGlobal("fetch", vi.fn(answer));
}

beforeEach(() => vi.stubGlobal("document", { baseURI: "https://example.org/novels/#/" }));

afterEach(() => vi.unstubAllGlobals());

test("a token that is good for long is asked for once", async () => {
  answerWithTokens(3600);
  const { getToken } = openLocalSession();

  expect(await getToken({ refresh: false })).toBe("token-1");
  expect(await getToken({ refresh: false })).toBe("token-1");
  expect(fetch).toHaveBeenCalledExactlyOnceWith(new URL("https://example.org/novels/session"), {
    method: "POST",
  });
});

test("two who ask at once share one request", async () => {
  answerWithTokens(3600);
  const { getToken } = openLocalSession();

  const tokens = await Promise.all([getToken({ refresh: false }), getToken({ refresh: false })]);

  expect(tokens).toEqual(["token-1", "token-1"]);
});

test("a token that is about to end is renewed", async () => {
  answerWithTokens(20);
  const { getToken } = openLocalSession();

  await getToken({ refresh: false });

  expect(await getToken({ refresh: false })).toBe("token-2");
});

test("a token that the server refused is renewed", async () => {
  answerWithTokens(3600);
  const { getToken } = openLocalSession();

  await getToken({ refresh: false });

  expect(await getToken({ refresh: true })).toBe("token-2");
});

test("a server that refuses to sign the page in is quoted, and asked again the next time", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ message: "Only on this machine." }, { status: 403 }));
  const { getToken } = openLocalSession();

  await expect(getToken({ refresh: false })).rejects.toThrow("Only on this machine.");

  answerWithTokens(3600);
  expect(await getToken({ refresh: false })).toBe("token-1");
});

test("a configuration that this page does not know is none", () => {
  expect(readConfig({ mode: "local" })).toEqual({ mode: "local" });
  expect(readConfig({ mode: "supabase", supabaseUrl: "https://x.example" })).toBeNull();
  expect(readConfig({ mode: "other" })).toBeNull();
  expect(readConfig(null)).toBeNull();
});
