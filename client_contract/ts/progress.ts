// Sends a request and says how far it got, which fetch by itself cannot.

/** Told how many bytes were sent, and of how many. */
export type OnProgress = (sent: number, size: number) => void;

/** As fetch of a body that is a form. By XMLHttpRequest where there is one: no browser tells of a fetch's progress. */
export function sendCounted(url: URL, init: RequestInit, onProgress: OnProgress): Promise<Response> {
  return typeof XMLHttpRequest === "undefined"
    ? sendInPieces(url, init, onProgress)
    : sendByXhr(url, init, onProgress);
}

function sendByXhr(url: URL, init: RequestInit, onProgress: OnProgress): Promise<Response> {
  const request = new XMLHttpRequest();
  const { signal } = init;
  const done = new Promise<Response>((resolve, reject) => {
    request.onload = () => resolve(new Response(request.responseText || null, { status: request.status }));
    request.onerror = () => reject(new TypeError("The connection was lost."));
    request.onabort = () => reject(signal?.reason ?? new DOMException("Stopped.", "AbortError"));
  });
  request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
  request.open(init.method ?? "POST", url);
  for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value);
  const abort = () => request.abort();
  signal?.addEventListener("abort", abort, { once: true });
  // An abort before `send` would be heard by nobody.
  if (signal?.aborted) return Promise.reject(signal.reason);
  request.send(init.body instanceof FormData ? init.body : null);
  return done.finally(() => signal?.removeEventListener("abort", abort));
}

/** The body as the runtime writes it, counted while it is read. */
async function sendInPieces(url: URL, init: RequestInit, onProgress: OnProgress): Promise<Response> {
  const written = new Response(init.body ?? null);
  const body = new Uint8Array(await written.arrayBuffer());
  const headers = new Headers(init.headers);
  headers.set("Content-Type", written.headers.get("Content-Type") ?? "");
  return fetch(url, { ...init, headers, body: counted(body, onProgress), ...HALF });
}

// Node streams a request's body only when it is told that the answer comes after it.
const HALF = { duplex: "half" };
const PIECE = 65_536;

function counted(body: Uint8Array<ArrayBuffer>, onProgress: OnProgress): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent === body.length) return controller.close();
      const piece = body.subarray(sent, sent + PIECE);
      controller.enqueue(piece);
      sent += piece.length;
      onProgress(sent, body.length);
    },
  });
}
