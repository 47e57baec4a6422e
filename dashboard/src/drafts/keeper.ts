// Keeps what an author enters until it is accepted: over refusals, a reload, and a sign-in that ran out.
import { Observed } from "../observed.ts";
import { type Claim, claimDraft, claimNew } from "./claim.ts";
import { type Draft, EMPTY, isEmpty } from "./draft.ts";
import { DraftStore } from "./store.ts";

/** What the page shows of it. */
export interface KeptDraft {
  readonly draft: Draft;
  /** Grows when the draft was replaced by other means than the author's typing. */
  readonly generation: number;
  /** False when the browser could not store it: it lasts as long as this page. */
  readonly isSafe: boolean;
}

// Milliseconds between two writes while she types: a guess, long beside the writing of a usual text.
const PAUSE = 300;

export class DraftKeeper extends Observed<KeptDraft> {
  readonly #author: string;
  #draft: Draft = EMPTY;
  #hold: Hold | null = null;
  /** Of the draft held last. */
  #id: string | null = null;
  #isStored = true;
  #isWriting = false;
  #run: AbortController | null = null;

  /** `author` is the id of whoever is signed in. */
  constructor(author: string) {
    super({ draft: EMPTY, generation: 0, isSafe: true });
    this.#author = author;
  }

  /** What is entered now: newer than the snapshot while she types. */
  get draft(): Draft {
    return this.#draft;
  }

  /** Begins to keep. Resolves once it has looked for what was left. */
  async start(): Promise<void> {
    if (this.#run) return;
    this.#run = new AbortController();
    const { signal } = this.#run;
    addEventListener("pagehide", this.#flush, { signal });
    addEventListener("visibilitychange", this.#flush, { signal });
    addEventListener("beforeunload", this.#warn, { signal });
    await this.#begin(signal).catch(() => this.change({ isSafe: false }));
  }

  /** Writes what is not written yet and lets the draft go to whoever starts next. */
  stop(): void {
    this.#flush();
    this.#run?.abort();
    this.#run = null;
    if (this.#hold !== null) letGo(this.#hold);
    this.#hold = null;
  }

  /** Keeps what the author typed. The page is not drawn again for it. */
  type(typed: Pick<Draft, "title" | "text">): void {
    this.#keep(typed);
  }

  /** Replaces a part of the draft on the page too, such as what has been accepted. */
  put(changes: Partial<Draft>): void {
    this.#keep(changes);
    this.change({ draft: this.#draft, generation: this.getSnapshot().generation + 1 });
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const store = await DraftStore.open(this.#author);
    const { claim, left } = await this.#claim(store);
    if (signal.aborted) return letGo({ store, claim });
    this.#hold = { store, claim };
    this.#id = claim.id;
    if (left !== null) {
      this.#draft = left;
      this.change({ draft: left, generation: this.getSnapshot().generation + 1 });
    }
    void this.#write();
  }

  /** A draft to hold and what was left in it; null when this page knows better. */
  async #claim(store: DraftStore): Promise<{ readonly claim: Claim; readonly left: Draft | null }> {
    const claim = await claimDraft(this.#author, await store.ids());
    const left = await store.read(claim.id);
    if (left === null || isEmpty(this.#draft)) return { claim, left };
    if (claim.id === this.#id) return { claim, left: null };
    // She has begun to write before what was left was found: that waits for her next visit.
    claim.release();
    return { claim: await claimNew(this.#author), left: null };
  }

  #keep(changes: Partial<Draft>): void {
    this.#draft = { ...this.#draft, ...changes };
    this.#isStored = false;
    void this.#write();
  }

  /** One write at a time, the newest last. */
  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (!this.#isStored && this.#hold !== null) {
      await this.#writeOnce(this.#hold);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.#isWriting = false;
  }

  async #writeOnce({ store, claim }: Hold): Promise<void> {
    this.#isStored = true;
    const isSafe = await store.write(claim.id, this.#draft).then(
      () => true,
      () => false,
    );
    if (isSafe !== this.getSnapshot().isSafe) this.change({ isSafe });
  }

  readonly #flush = (): void => {
    if (!this.#isStored && this.#hold !== null) void this.#writeOnce(this.#hold);
  };

  /** The browser asks before it throws away what it could not store. */
  readonly #warn = (event: BeforeUnloadEvent): void => {
    const { title, text } = this.#draft;
    if (!this.getSnapshot().isSafe && !isEmpty({ title, text, files: [] })) event.preventDefault();
  };
}

interface Hold {
  readonly store: DraftStore;
  readonly claim: Claim;
}

function letGo({ store, claim }: Hold): void {
  claim.release();
  store.close();
}
