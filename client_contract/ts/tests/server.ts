// A real server on the loopback address, over the ws package, that does as the test tells it, connection by connection.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type WebSocket, WebSocketServer } from "ws";
import type { Frame } from "../feed.ts";

/** What carries a subscription. */
interface Carrier {
  send(message: { type: string; payload?: object; id: string }): void;
  close(code: number): void;
  /** Cuts the line without a goodbye. */
  cut(): void;
  closed(): Promise<number>;
}

/** One subscription of a client, seen from the server. */
export class Listener {
  readonly token: unknown;
  readonly #carrier: Carrier;
  readonly #id: string;

  constructor(carrier: Carrier, id: string, token: unknown) {
    this.#carrier = carrier;
    this.#id = id;
    this.token = token;
  }

  frame(jobUpdates: Frame): void {
    this.#carrier.send({ id: this.#id, type: "next", payload: { data: { jobUpdates } } });
  }

  /** A frame that failed in the making. */
  failedFrame(): void {
    const errors = [{ message: "The database does not answer.", path: ["jobUpdates", "system"] }];
    this.#carrier.send({ id: this.#id, type: "next", payload: { data: null, errors } });
  }

  failure(message: string, code = "INTERNAL"): void {
    this.#carrier.send({ id: this.#id, type: "error", payload: [{ message, extensions: { code } }] });
  }

  complete(): void {
    this.#carrier.send({ id: this.#id, type: "complete" });
  }

  close(code: number): void {
    this.#carrier.close(code);
  }

  cut(): void {
    this.#carrier.cut();
  }

  closed(): Promise<number> {
    return this.#carrier.closed();
  }
}

function overSocket(socket: WebSocket): Carrier {
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
    closed: async () => (await once(socket, "close"))[0],
  };
}

function overEvents(response: ServerResponse): Carrier {
  return {
    send: ({ type, payload }) => {
      const result = type === "error" ? { errors: payload } : payload;
      if (result) response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`);
      if (type !== "next") response.end("event: complete\ndata:\n\n");
    },
    close: () => response.end(),
    cut: () => response.destroy(),
    closed: async () => {
      await once(response, "close");
      return 0;
    },
  };
}

/** What to do with a token: let it in, or a close code. */
export type Doorman = (authorization: unknown) => "welcome" | number;
/** What to answer to a POST, now or later. */
export type Clerk = (request: {
  authorization: string | undefined;
  path: string;
  body: string;
}) => Answer | Promise<Answer>;

interface Answer {
  status: number;
  body?: unknown;
  /** Sent as it stands, in place of `body`. */
  text?: string;
}

export class FakeServer {
  doorman: Doorman = () => "welcome";
  clerk: Clerk = () => ({ status: 503 });
  /** Whether it answers with server-sent events where they are asked for. */
  knowsStreams = false;
  /** Refuses the upgrade, as a proxy does that knows no sockets. */
  blocksSockets = false;
  readonly #http = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "graphql-transport-ws" });
  readonly #arrived: Listener[] = [];
  readonly #waiting: ((listener: Listener) => void)[] = [];

  static async start(): Promise<FakeServer> {
    const server = new FakeServer();
    server.#http.on("upgrade", (request, socket, head) => {
      // A client that has gone meanwhile resets the line, and an error that nobody hears ends the test run.
      socket.on("error", () => {});
      if (server.blocksSockets)
        return void socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      server.#sockets.handleUpgrade(request, socket, head, (client) => server.#greet(client));
    });
    server.#http.on("request", async (request, response) => {
      if (request.headers.accept === "text/event-stream") return void server.#stream(request, response);
      const { status, body, text } = await server.clerk(await read(request));
      response
        .writeHead(status, { "Content-Type": "application/json" })
        .end(text ?? JSON.stringify(body ?? {}));
    });
    server.#http.listen(0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  get origin(): string {
    const address: AddressInfo | string | null = this.#http.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    return `http://127.0.0.1:${address.port}`;
  }

  /** How many sockets are open. */
  get sockets(): number {
    return this.#sockets.clients.size;
  }

  /** Cuts every line without a goodbye. */
  cutAll(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  /** The next subscription to jobUpdates. */
  listener(): Promise<Listener> {
    const arrived = this.#arrived.shift();
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  async stop(): Promise<void> {
    this.cutAll();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, "close");
  }

  async #stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verdict = this.doorman(request.headers.authorization);
    await text(request);
    if (!this.knowsStreams) return void response.writeHead(406).end();
    if (verdict !== "welcome") return void response.writeHead(401).end();
    response.writeHead(200, { "Content-Type": "text/event-stream" }).write(":\n\n");
    this.#announce(new Listener(overEvents(response), "stream", request.headers.authorization));
  }

  #greet(socket: WebSocket): void {
    let token: unknown;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      if (message.type === "connection_init") {
        token = message.payload?.Authorization;
        const verdict = this.doorman(token);
        if (verdict === "welcome") socket.send(JSON.stringify({ type: "connection_ack" }));
        else socket.close(verdict);
      }
      if (message.type === "subscribe") this.#announce(new Listener(overSocket(socket), message.id, token));
    });
  }

  #announce(listener: Listener): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(listener);
    else this.#arrived.push(listener);
  }
}

async function read(request: IncomingMessage) {
  return { authorization: request.headers.authorization, path: request.url ?? "", body: await text(request) };
}
