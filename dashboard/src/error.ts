// An error as the author may read it.

export function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message
    : "Something went wrong in this page. Reload it and try again.";
}
