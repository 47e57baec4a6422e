// Serves @supabase/lite on a free port of loopback, from supabase/config.toml in the working directory, and prints
// the address. Mends what lite 0.10 does otherwise than Supabase; docs/decisions/0006 says what and why.
import { createHmac } from "node:crypto";
import { serve } from "@hono/node-server";
import { createApi } from "@supabase/lite/cli";

const app = await createApp();
const server = serve({ fetch: answer, hostname: "127.0.0.1", port: Number(process.argv[2] ?? 0) }, ({ port }) => {
  console.log(`SUPABASE_URL=http://127.0.0.1:${port}`);
});
// Node's own five seconds are those after which our client drops an idle connection: one would close it as the other sends.
server.keepAliveTimeout = 75_000;
process.on("SIGTERM", () => process.exit(0));

async function createApp() {
  const api = await createApi({ withSupabaseClient: false });
  const app = await api.project.local.createApp(undefined, { admin: false });
  await app.ensureSystemSchema();
  forwardSqlStates(app.connection);
  encodeJsonOnce(app.connection);
  await keepGrants(app.connection);
  return app;
}

async function answer(request, env) {
  const response = await app.fetch(request, { peerAddress: env.incoming.socket.remoteAddress ?? null });
  return openToPages(request, await mended(request, response));
}

function mended(request, response) {
  const { origin, pathname } = new URL(request.url);
  if (pathname.startsWith("/auth/v1/")) return withIssuer(response, `${origin}/auth/v1`);
  return pathname.startsWith("/storage/v1/bucket") ? withIsoTimes(response) : response;
}

// lite's sign-in says to no page that it may read the answer, and allows all headers by `*`, which by the standard
// leaves out Authorization. Supabase does the one and names the other.
function openToPages(request, response) {
  const headers = new Headers(response.headers);
  const asked = request.headers.get("Access-Control-Request-Headers");
  headers.set("Access-Control-Allow-Origin", "*");
  if (asked) headers.set("Access-Control-Allow-Headers", asked);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

// PostgREST hands on every SQLSTATE; lite only some classes, and calls the rest `SUP`. The one way through that it
// shares with PostgREST is an error that brings its whole answer.
function forwardSqlStates(connection) {
  const withContext = connection.withContext.bind(connection);
  connection.withContext = (...given) => withContext(...given).catch((error) => {
    throw /^(NF|P0|23|40|54|57)/.test(error?.code ?? "") ? carried(error) : error;
  });
}

function carried(error) {
  const { code, message, detail = null, hint = null } = error;
  return Object.assign(new Error(JSON.stringify({ code, message, details: detail, hint })), {
    code: "PGRST",
    detail: JSON.stringify({ status: 400, headers: {} }),
  });
}

// lite makes a text of a function's JSON argument and lets its driver make a JSON string of that text.
function encodeJsonOnce(connection) {
  const { serializers } = connection.driver.options;
  for (const type of [114, 3802]) {
    serializers[type] = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  }
}

// lite opens every table of a schema with row level security to all roles, once in each of its lives, whatever the
// migrations have closed. Once they have run, what they say must hold.
async function keepGrants(connection) {
  const [{ migrated }] = await connection.driver`select to_regclass('public.jobs') is not null as migrated`;
  if (migrated) connection.rlsState = "active";
}

// Storage writes times as ISO 8601; lite as PostgreSQL does, which supabase-py does not read.
async function withIsoTimes(response) {
  const text = await response.clone().text();
  const iso = text.replace(/"(\d{4}-\d\d-\d\d) ([\d:.]+)\+00"/g, '"$1T$2+00:00"');
  return iso === text ? response : new Response(iso, response);
}

// Supabase Auth names itself in `iss`; lite does not.
async function withIssuer(response, issuer) {
  const body = await response.clone().json().catch(() => null);
  if (typeof body?.access_token !== "string") return response;
  const access_token = signed({ ...claims(body.access_token), iss: issuer });
  return new Response(JSON.stringify({ ...body, access_token }), response);
}

function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
}

function signed(payload) {
  const text = [{ alg: "HS256", typ: "JWT" }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${createHmac("sha256", app.config.auth.jwt_secret).update(text).digest("base64url")}`;
}
