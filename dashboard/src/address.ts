// Where this page came from, and with it the service: the root of its host, or a path of a larger site.
/** Ends with a slash. Both pages lie right below it. */
export function baseAddress(): string {
  return new URL(".", document.baseURI).href;
}

export function addressOf(path: string): URL {
  return new URL(path, baseAddress());
}
