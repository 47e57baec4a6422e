// Requests against a local server that answers as the test tells it.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AddManuscriptDocument, ViewerDocument } from "../generated/operations.ts";
import { type GetToken, HttpClient, RequestFailed, type RequestFailure } from "../http.ts";
import { FakeServer } from "./server.ts";

let server: FakeServer;
let getToken: GetToken;
let http: HttpClient;

beforeEach(async () => {
  server = await FakeServer.start();
  getToken = vi.fn<GetToken>(async ({ refresh }) => (refresh ? "fresh" : "stale"));
  http = new HttpClient({ origin: server.origin, getToken });
});

afterEach(() => server.stop());

const ask = () => http.execute(ViewerDocument, {});
const send = () => http.upload(new Blob(["It rained."]), { name: "rain.txt", title: "Rain" });

/** How the request failed, and what it says. */
async function failureOf(request: Promise<unknown>): Promise<[RequestFailure, string]> {
  const reason = await request.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(reason instanceof RequestFailed))
    throw new Error("It did not fail as a request does.", { cause: reason });
  return [reason.failure, reason.message];
}

describe("a token", () => {
  const viewer = { id: "author", email: null };

  test("that is refused is renewed once, and the request is sent again with it", async () => {
    const seen: unknown[] = [];
    server.clerk = ({ authorization }) => {
      seen.push(authorization);
      return authorization === "Bearer fresh" ? { status: 200, body: { data: { viewer } } } : { status: 401 };
    };

    expect(await ask()).toEqual({ viewer });
    expect(seen).toEqual(["Bearer stale", "Bearer fresh"]);
  });

  test("that is refused twice is a failure that says what to do", async () => {
    const clerk = vi.fn(() => ({ status: 401 }));
    server.clerk = clerk;

    expect(await failureOf(ask())).toEqual(["unauthenticated", expect.stringContaining("Sign in again")]);
    expect(clerk).toHaveBeenCalledTimes(2);
  });

  test("that there is none of is not made up", async () => {
    const clerk = vi.fn(() => ({ status: 200, body: { data: { viewer } } }));
    server.clerk = clerk;
    http = new HttpClient({ origin: server.origin, getToken: async () => null });

    await ask();

    expect(clerk).toHaveBeenCalledWith(expect.objectContaining({ authorization: undefined }));
  });
});

describe("an answer without data", () => {
  const vectors: { http: { id: string; status: number; failure: RequestFailure; tokenRefreshes: number }[] } =
    JSON.parse(readFileSync(new URL("../../vectors/refusals.json", import.meta.url), "utf8"));

  test.each(vectors.http)("$id: $status is $failure", async ({ status, failure, tokenRefreshes }) => {
    server.clerk = () => ({ status, body: { errors: [{ message: "Not like this." }] } });

    const [found] = await failureOf(ask());

    expect(found).toBe(failure);
    expect(getToken).toHaveBeenCalledTimes(1 + tokenRefreshes);
  });

  test.each([200, 400, 503])("fails with the server's own words when it has some (%i)", async (status) => {
    server.clerk = () => ({ status, body: { errors: [{ message: "Not like this." }] } });

    expect((await failureOf(ask()))[1]).toBe("Not like this.");
  });

  test.each(["<p>Bad gateway", "", "null", "7", '"bad gateway"'])(
    "%j is a server that is away",
    async (text) => {
      server.clerk = () => ({ status: 502, text });

      for (const request of [ask, send]) {
        expect(await failureOf(request())).toEqual(["unavailable", expect.stringContaining("502")]);
      }
    },
  );

  test("a server that is not there is one that cannot be reached", async () => {
    http = new HttpClient({ origin: "http://127.0.0.1:9", getToken });

    expect(await failureOf(ask())).toEqual(["unavailable", expect.stringContaining("cannot reach")]);
  });
});

describe("an upload", () => {
  test("carries file, name and title, and tells the manuscript's id", async () => {
    const clerk = vi.fn(() => ({ status: 201, body: { id: "manuscript" } }));
    server.clerk = clerk;

    expect(await send()).toEqual({ id: "manuscript" });
    expect(clerk).toHaveBeenCalledWith(
      expect.objectContaining({
        path: "/manuscripts",
        body: expect.stringMatching(/rain\.txt.*It rained\..*Rain/s),
      }),
    );
  });

  test("that is turned down is an answer with a code, not a failure", async () => {
    const refusal = { code: "TOO_LARGE", message: "At most 25 MB." };
    server.clerk = () => ({ status: 413, body: refusal });

    expect(await send()).toEqual(refusal);
  });
});

test("a pasted text is given as long as a file, for it may be as large", async () => {
  server.clerk = () => ({ status: 200, body: { data: { viewer: null } } });
  const timeout = vi.spyOn(AbortSignal, "timeout");
  const limitFor = async (text: string) => {
    await http.execute(AddManuscriptDocument, { input: { title: "Rain", text } });
    return timeout.mock.lastCall;
  };

  expect(await limitFor("It rained. ".repeat(100_000))).toEqual([600_000]);
  expect(await limitFor("It rained.")).toEqual([15_000]);
  timeout.mockRestore();
});
