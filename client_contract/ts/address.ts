/** The address of an endpoint of the service, which may live under a path of a larger site. */
export function addressOf(origin: string, path: string): URL {
  return new URL(path, origin.endsWith("/") ? origin : `${origin}/`);
}
