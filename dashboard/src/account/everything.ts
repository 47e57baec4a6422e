// All that the author keeps: fetched as one archive, or deleted.
import { EraseEverythingDocument, type GetToken, type HttpClient } from "@novelfoundry/client";
import { addressOf } from "../address.ts";
import { isRecord } from "../json.ts";

/** The server takes these words and no others. */
const CONFIRMED = "delete everything of mine";

/** Saves the archive where the browser keeps downloads. Throws with a sentence for the author. */
export async function takeEverything(getToken: GetToken): Promise<void> {
  let answer = await ask(getToken, false);
  if (answer.status === 401) answer = await ask(getToken, true);
  if (!answer.ok) throw new Error(await reasonOf(answer));
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  save(await answer.blob(), name ?? "novelfoundry.zip");
}

async function ask(getToken: GetToken, refresh: boolean): Promise<Response> {
  const headers = { Authorization: `Bearer ${await getToken({ refresh })}` };
  const answer = await fetch(addressOf("everything"), { headers }).catch(() => null);
  if (answer === null) throw new Error("We lost the connection. Try again.");
  return answer;
}

async function reasonOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => null);
  if (isRecord(body) && typeof body.message === "string") return body.message;
  return "Your archive could not be made. Try again.";
}

function save(archive: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(archive);
  link.download = name;
  link.click();
  // The browser has taken the download up by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Deletes all of it; what the server says remains. Throws with a sentence for the author. */
export async function eraseEverything(http: HttpClient): Promise<string> {
  const { eraseEverything: answer } = await http.execute(EraseEverythingDocument, { confirm: CONFIRMED });
  if (answer.__typename === "Refusal") throw new Error(answer.message);
  return answer.__typename === "ErasedEverything" ? answer.remains : "";
}
