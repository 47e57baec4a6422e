// Drafts in the browser's database, which takes texts of 25 MB; each is found by the id of its author only.
import { type Draft, isEmpty } from "./draft.ts";

const DATABASE = "novelfoundry";
const STORE = "drafts";

interface DraftRecord extends Draft {
  readonly author: string;
  readonly id: string;
}

/** The drafts of one author. A method rejects when the browser refuses, e.g. because its disk is full. */
export class DraftStore {
  readonly #database: IDBDatabase;
  readonly #author: string;

  private constructor(database: IDBDatabase, author: string) {
    this.#database = database;
    this.#author = author;
  }

  /** Rejects where the browser keeps no data, e.g. in some private windows. */
  static async open(author: string): Promise<DraftStore> {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["author", "id"] });
    return new DraftStore(await answerOf(request), author);
  }

  close(): void {
    this.#database.close();
  }

  async ids(): Promise<string[]> {
    const mine = IDBKeyRange.bound([this.#author], [this.#author, []]);
    const keys = await answerOf(this.#begin("readonly").getAllKeys(mine));
    return keys.flatMap((key) => (Array.isArray(key) && typeof key[1] === "string" ? [key[1]] : []));
  }

  async read(id: string): Promise<Draft | null> {
    const request: IDBRequest<DraftRecord | undefined> = this.#begin("readonly").get([this.#author, id]);
    const record = await answerOf(request);
    return record === undefined ? null : { title: record.title, text: record.text, files: record.files };
  }

  /** Stores the draft; an empty one is removed. A file that cannot be stored does not cost the text. */
  async write(id: string, draft: Draft): Promise<void> {
    if (isEmpty(draft)) return this.#change((store) => store.delete([this.#author, id]));
    const record: DraftRecord = { ...draft, author: this.#author, id };
    await this.#change((store) => store.put(record)).catch((error: unknown) => {
      if (draft.files.length === 0) throw error;
      return this.#change((store) => store.put({ ...record, files: [] }));
    });
  }

  async #change(ask: (store: IDBObjectStore) => void): Promise<void> {
    const store = this.#begin("readwrite");
    ask(store);
    await committed(store.transaction);
  }

  #begin(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(STORE, mode).objectStore(STORE);
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves once it is on disk. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    // A page that is being left hears no answers: what was asked for must not wait for one.
    transaction.commit();
  });
}
