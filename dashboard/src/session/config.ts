// How this deployment signs its authors in: /config.json.
import { addressOf } from "../address.ts";
import { isRecord } from "../json.ts";
import { SessionError } from "./session.ts";

export type Config =
  | { readonly mode: "local" }
  | { readonly mode: "supabase"; readonly supabaseUrl: string; readonly publishableKey: string };

/** Reads /config.json. Throws SessionError when the server does not answer or says something else. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch(addressOf("config.json")).catch(() => null);
  if (response === null) throw new SessionError("We cannot reach the service. Reload the page to try again.");
  if (!response.ok)
    throw new SessionError(`The server answered ${response.status} to /config.json. Reload to try again.`);
  const config = readConfig(await response.json().catch(() => null));
  if (config === null)
    throw new SessionError("The server's /config.json names no way to sign in that this page knows.");
  return config;
}

/** The configuration that the JSON holds; null when it holds none. */
export function readConfig(json: unknown): Config | null {
  if (!isRecord(json)) return null;
  const { mode, supabaseUrl, publishableKey } = json;
  if (mode === "local") return { mode };
  if (mode !== "supabase" || typeof supabaseUrl !== "string" || typeof publishableKey !== "string")
    return null;
  return { mode, supabaseUrl, publishableKey };
}
