// The client against a real deployment: NF_URL says where, NF_TOKEN who. tests/contract starts one and sets them.
import { env } from "node:process";
import { serverAudits } from "graphql-http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { JobFeed, type JobFeedSnapshot } from "../feed.ts";
import {
  AddManuscriptDocument,
  JobDocument,
  StartAnalysisDocument,
  ViewerDocument,
} from "../generated/operations.ts";
import { HttpClient, RequestFailed } from "../http.ts";
import { untilFeed } from "./signals.ts";

const origin = env.NF_URL ?? "";
const token = env.NF_TOKEN ?? "";
const TEXT = "Chapter One\n\nIt rained. Nobody had asked it to.\n\nChapter Two\n\nIt stopped.\n";

describe.skipIf(!origin)("a real deployment", () => {
  const getToken = async () => token;
  const http = new HttpClient({ origin, getToken });
  let feed: JobFeed;

  afterEach(() => {
    feed?.stop();
    vi.unstubAllGlobals();
  });

  function follow(options: { getToken?: () => Promise<string> } = {}): void {
    feed = new JobFeed({ origin, getToken, pace: { poll: 100, attemptsBeforePolling: 1 }, ...options });
    feed.start();
  }

  const until = (wanted: (snapshot: JobFeedSnapshot) => boolean) => untilFeed(feed, wanted);

  async function startAnalysis() {
    const { addManuscript } = await http.execute(AddManuscriptDocument, {
      input: { title: "Rain", text: TEXT },
    });
    if (addManuscript.__typename === "Refusal") throw new Error(addManuscript.message);
    const { startAnalysis } = await http.execute(StartAnalysisDocument, { manuscriptId: addManuscript.id });
    if (startAnalysis.__typename === "Refusal") throw new Error(startAnalysis.message);
    return startAnalysis;
  }

  async function seeItThrough(): Promise<void> {
    const job = await startAnalysis();
    feed.accept(job);
    expect(feed.getSnapshot().isLocked(job.manuscript.id)).toBe(true);

    await until(({ jobs }) => jobs.some(({ id, status }) => id === job.id && status === "COMPLETED"));

    expect(feed.getSnapshot().isLocked(job.manuscript.id)).toBe(false);
    const { job: done } = await http.execute(JobDocument, { id: job.id });
    expect(done?.report?.summary.words).toBeGreaterThan(0);
  }

  test("the feed sees a job through, and the report is there", async () => {
    follow();
    await until(({ connection }) => connection === "live");

    await seeItThrough();
  });

  function blockSockets(): void {
    vi.stubGlobal(
      "WebSocket",
      class extends EventTarget {
        static readonly CONNECTING = 0;
        static readonly OPEN = 1;
        static readonly CLOSING = 2;
        static readonly CLOSED = 3;
        onerror: ((reason: unknown) => void) | null = null;
        constructor() {
          super();
          queueMicrotask(() => this.onerror?.(new Error("Blocked.")));
        }
        close(): void {}
      },
    );
  }

  function blockStreams(): void {
    const road = globalThis.fetch;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
      new Headers(init.headers).get("accept") === "text/event-stream"
        ? Promise.reject(new TypeError("Blocked."))
        : road(url, init),
    );
  }

  test("where sockets are blocked, a stream sees a job through", async () => {
    blockSockets();
    follow();
    await until(({ connection }) => connection === "live");

    await seeItThrough();
  });

  test("where streams are blocked too, polling sees a job through", async () => {
    blockSockets();
    blockStreams();
    follow();
    await until(({ connection }) => connection === "polling");

    await seeItThrough();
  });

  test("a token that is refused twice is signed out", async () => {
    follow({ getToken: async () => "nonsense" });

    await until(({ connection }) => connection === "signedOut");
  });

  test("over HTTP, a token that is refused twice is an error that says so", async () => {
    const stranger = new HttpClient({ origin, getToken: async () => "nonsense" });

    await expect(stranger.execute(ViewerDocument, {})).rejects.toSatisfy(
      (error) => error instanceof RequestFailed && error.failure === "unauthenticated",
    );
  });

  test("a file is taken, another is turned down with a code", async () => {
    const taken = await http.upload(new Blob([TEXT]), { name: "rain.txt", title: "Rain" });
    const refused = await http.upload(new Blob([TEXT]), { name: "rain.png" });

    expect(taken).toHaveProperty("id");
    expect(refused).toMatchObject({ code: "UNSUPPORTED_FORMAT" });
  });

  describe("GraphQL over HTTP, by the audits of graphql-http", () => {
    const audits = serverAudits({
      url: new URL("/graphql", origin || "http://unset").href,
      fetchFn: (url: string, init: RequestInit = {}) => {
        const headers = new Headers(init.headers);
        headers.set("Authorization", `Bearer ${token}`);
        return fetch(url, { ...init, headers });
      },
    });

    test("there are 61 of them", () => {
      expect(audits).toHaveLength(61);
    });

    test.each(audits)("$id $name", async ({ fn }) => {
      const result = await fn();

      expect(result.status === "ok" ? "ok" : result.reason).toBe("ok");
    });
  });
});
