// Which draft is this tab's: two tabs never write the same one, and what a closed tab left behind is taken up by the next.

/** A draft's id, held until it is released. */
export interface Claim {
  readonly id: string;
  release(): void;
}

// A page that is reloaded gives its claim up a moment after the next one asks for it. Milliseconds; a guess.
const OWN_PATIENCE = 2_000;

/** Claims one of an author's drafts `ids`: the tab's own after a reload, else one that no other tab holds, else a new one. */
export async function claimDraft(author: string, ids: readonly string[]): Promise<Claim> {
  const own = ids.find((id) => id === sessionStorage.getItem(memoryOf(author)));
  const claim =
    (own === undefined ? null : await hold(own, { signal: AbortSignal.timeout(OWN_PATIENCE) })) ??
    (await firstFree(ids));
  return claim === null ? claimNew(author) : remember(author, claim);
}

/** Claims a draft that nobody has written yet. */
export async function claimNew(author: string): Promise<Claim> {
  const claim = await hold(newId(), {});
  if (claim === null) throw new Error("The browser gives out no locks.");
  return remember(author, claim);
}

function remember(author: string, claim: Claim): Claim {
  sessionStorage.setItem(memoryOf(author), claim.id);
  return claim;
}

function memoryOf(author: string): string {
  return `novelfoundry.draft.${author}`;
}

async function firstFree(ids: readonly string[]): Promise<Claim | null> {
  // Without locks, as on a page that came over plain HTTP, nobody knows whether another tab holds it.
  if (!("locks" in navigator)) return null;
  for (const id of ids) {
    const claim = await hold(id, { ifAvailable: true });
    if (claim !== null) return claim;
  }
  return null;
}

function hold(id: string, options: LockOptions): Promise<Claim | null> {
  if (!("locks" in navigator)) return Promise.resolve({ id, release: () => {} });
  return new Promise((resolve) => {
    const keep = (lock: Lock | null) =>
      lock === null ? resolve(null) : new Promise<void>((release) => resolve({ id, release }));
    navigator.locks.request(`novelfoundry.draft.${id}`, options, keep).catch(() => resolve(null));
  });
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}
