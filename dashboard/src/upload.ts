// Sends a manuscript's file and says how far it got, which fetch cannot.
import type { GetToken, Upload } from "@novelfoundry/client";
import { addressOf } from "./address.ts";
import { isRecord } from "./json.ts";

export interface UploadOptions {
  /** What to call the manuscript; without it the server finds a title. */
  readonly title?: string;
  readonly getToken: GetToken;
  /** Told how many bytes were sent, and of how many. */
  readonly onProgress: (sent: number, size: number) => void;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The upload did not reach the server, or its answer did not come back. */
export class UploadFailed extends Error {}

/** Sends the file. A file that is turned down is an answer with `code` and `message`; throws UploadFailed. */
export async function upload(file: File, options: UploadOptions): Promise<Upload> {
  let answer = await send(file, await options.getToken({ refresh: false }), options);
  if (answer.status === 401) answer = await send(file, await options.getToken({ refresh: true }), options);
  if (isUpload(answer.body)) return answer.body;
  throw new UploadFailed(`The server answered ${answer.status} and gave no reason. Try again.`);
}

function send(
  file: File,
  token: string | null,
  { title, onProgress, signal }: UploadOptions,
): Promise<Answer> {
  const form = new FormData();
  form.append("file", file, file.name);
  if (title !== undefined) form.append("title", title);
  const request = new XMLHttpRequest();
  const done = new Promise<Answer>((resolve, reject) => {
    request.onload = () => resolve({ status: request.status, body: readJson(request.responseText) });
    request.onerror = () =>
      reject(new UploadFailed("We lost the connection while your file was on its way. Try again."));
    request.onabort = () => reject(new UploadFailed("You stopped the upload."));
  });
  request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
  signal.addEventListener("abort", () => request.abort(), { once: true });
  request.open("POST", addressOf("manuscripts"));
  if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
  request.send(form);
  return done;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isUpload(body: unknown): body is Upload {
  if (!isRecord(body)) return false;
  return typeof body.id === "string" || (typeof body.code === "string" && typeof body.message === "string");
}
