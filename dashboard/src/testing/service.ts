// A service for tests: a real server on loopback that answers as the test tells it, and the page's own parts over it.
import { makeFrame, makeSystem } from "../../../client_contract/ts/tests/jobs.ts";
import { FakeServer } from "../../../client_contract/ts/tests/server.ts";
import { openService, type Service } from "../service.ts";
import type { Session } from "../session/session.ts";
import { comeFrom } from "./page.ts";

export { FakeServer, makeFrame, makeSystem };

/** What a GraphQL request asks for: `Manuscript`, `AddManuscript`, … */
export interface Asked {
  readonly operation: string;
  readonly variables: Record<string, unknown>;
}

/** Answers an uploaded file, by the text of the form; null: the service is away. */
export type Uploads = (form: string) => object | null | Promise<object | null>;

/** Gives the data of an operation; null: the service is away. */
export type Answers = (asked: Asked) => object | null | Promise<object | null>;

export class TestService {
  readonly server: FakeServer;
  readonly service: Service;
  /** The operations that were asked for, in order. */
  readonly asked: string[] = [];
  #answers: Answers = () => null;
  #uploads: Uploads = () => null;

  private constructor(server: FakeServer, session: Partial<Session>) {
    this.server = server;
    comeFrom(server.origin);
    server.clerk = async ({ path, body }) => {
      if (path === "/manuscripts") return reply(await this.#uploads(body));
      if (path !== "/graphql") return { status: 404 };
      const { query, variables } = JSON.parse(body);
      const operation = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "";
      this.asked.push(operation);
      const data = await this.#answers({ operation, variables });
      return reply(data && { data });
    };
    this.service = openService({
      authorId: "anna",
      email: null,
      getToken: async () => "token",
      signOut: null,
      ...session,
    });
  }

  static async open(session: Partial<Session> = {}): Promise<TestService> {
    return new TestService(await FakeServer.start(), session);
  }

  answer(answers: Answers): void {
    this.#answers = answers;
  }

  answerUploads(uploads: Uploads): void {
    this.#uploads = uploads;
  }

  /** What answers now. */
  get answers(): Answers {
    return this.#answers;
  }

  times(operation: string): number {
    return this.asked.filter((name) => name === operation).length;
  }

  async close(): Promise<void> {
    const { feed, library, drafts, intake } = this.service;
    for (const part of [feed, library, drafts, intake]) part.stop();
    await this.server.stop();
  }
}

function reply(body: object | null) {
  return body === null ? { status: 503 } : { status: "code" in body ? 415 : 200, body };
}
