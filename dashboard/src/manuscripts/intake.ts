// Taking manuscripts in, one after the other: send it, start its analysis, show it. What was not taken is kept.
import {
  AddManuscriptDocument,
  type HttpClient,
  type JobFeed,
  refusalAction,
  StartAnalysisDocument,
  type Upload,
} from "@novelfoundry/client";
import type { DraftKeeper } from "../drafts/keeper.ts";
import { messageOf } from "../error.ts";
import { Observed } from "../observed.ts";
import { goTo, readRoute } from "../route.ts";
import { type Delivery, isDone, newDelivery, type Send } from "./delivery.ts";
import type { Library } from "./library.ts";
import { loadSample } from "./sample.ts";

export interface IntakeSnapshot {
  /** In the order in which they are sent. */
  readonly deliveries: readonly Delivery[];
}

interface IntakeParts {
  readonly http: HttpClient;
  readonly feed: JobFeed;
  readonly library: Library;
  readonly drafts: DraftKeeper;
}

// Why something is not sent to its end.
const STOPPED = new Error("You stopped the upload.");
const LEFT = new Error("The page was left.");

export class Intake extends Observed<IntakeSnapshot> {
  readonly #parts: IntakeParts;
  readonly #sends = new Map<number, Send>();
  #lastId = 0;
  /** What has been sent since nothing was on its way. */
  readonly #batch = new Set<number>();
  #leave = () => {};
  #sending: { readonly id: number; readonly controller: AbortController } | null = null;

  constructor(parts: IntakeParts) {
    super({ deliveries: [] });
    this.#parts = parts;
  }

  start(): void {
    this.#leave = this.#parts.drafts.subscribe(this.#takeUp);
    this.#takeUp();
  }

  /** Sends nothing more; what was not sent is kept. */
  stop(): void {
    this.#leave();
    this.#sending?.controller.abort(LEFT);
  }

  /** Sends the files, behind those that are on their way. */
  sendFiles(files: Iterable<File>): void {
    const chosen = [...files];
    if (chosen.length === 0) return;
    this.dismiss();
    for (const file of chosen) this.#enqueue({ name: file.name, file }, this.#sendingOf(file));
    this.#parts.drafts.put({ files: [...this.#parts.drafts.draft.files, ...chosen] });
  }

  sendSample(): void {
    this.dismiss();
    this.#enqueue({ name: "our sample story" }, async (signal, onProgress) => {
      const { title, file } = await loadSample();
      return this.#parts.http.upload(file, { name: file.name, title, onProgress }, signal);
    });
  }

  /** Sends the text that the author entered. */
  paste(): void {
    const { http, drafts } = this.#parts;
    const { title, text } = drafts.draft;
    this.dismiss();
    this.#enqueue({ name: title }, async (signal) => {
      const { addManuscript } = await http.execute(AddManuscriptDocument, { input: { title, text } }, signal);
      if (addManuscript.__typename === "Manuscript") drafts.put({ title: "", text: "" });
      return addManuscript;
    });
  }

  /** Sends a file once more that failed. */
  retry(id: number): void {
    this.#set(id, { step: "waiting", message: null, sent: 0 });
    this.#begin(id);
    void this.#run();
  }

  /** Gives a delivery up; one that is on its way is stopped. */
  leave(id: number): void {
    if (this.#sending?.id === id) this.#sending.controller.abort(STOPPED);
    else this.#abandon(id);
  }

  /** Takes what is settled off the page. */
  readonly dismiss = (): void => this.#drop(isDone);

  #enqueue(known: Pick<Delivery, "name" | "file"> | Pick<Delivery, "name">, send: Send): void {
    this.#lastId += 1;
    this.#sends.set(this.#lastId, send);
    this.#append(newDelivery(this.#lastId, known));
    this.#begin(this.#lastId);
    void this.#run();
  }

  /** Joins those that are on their way; what failed before them is no part of it. */
  #begin(id: number): void {
    for (const { id: other, step } of this.getSnapshot().deliveries)
      if (step === "failed") this.#batch.delete(other);
    this.#batch.add(id);
  }

  /** Files that an earlier page could not deliver. */
  readonly #takeUp = (): void => {
    const known = new Set(this.getSnapshot().deliveries.map(({ file }) => file));
    for (const file of this.#parts.drafts.draft.files) {
      if (known.has(file)) continue;
      this.#lastId += 1;
      this.#sends.set(this.#lastId, this.#sendingOf(file));
      const message = "It is not added yet; this page still holds it.";
      this.#append(
        newDelivery(this.#lastId, { name: file.name, file, step: "failed", message, canRetry: true }),
      );
    }
  };

  async #run(): Promise<void> {
    if (this.#sending !== null) return;
    const delivery = this.getSnapshot().deliveries.find(({ step }) => step === "waiting");
    if (delivery === undefined) return this.#finish();
    const { id } = delivery;
    const controller = new AbortController();
    this.#sending = { id, controller };
    this.#set(id, { step: "sending" });
    await this.#deliver(delivery, controller.signal);
    this.#sending = null;
    if (controller.signal.reason !== LEFT) void this.#run();
  }

  async #deliver({ id, file }: Delivery, signal: AbortSignal): Promise<void> {
    try {
      const added = await this.#send(id, signal);
      if ("code" in added) {
        // A file that is wrong for what it is lies on the author's disk and need not be held.
        const canRetry = refusalAction(added.code) !== "choose";
        if (!canRetry && file !== null) this.#letGo(id);
        return this.#set(id, { step: "failed", message: added.message, canRetry });
      }
      this.#letGo(id);
      this.#parts.library.reload();
      this.#set(id, { step: "added", manuscriptId: added.id, message: await this.#start(added.id) });
    } catch (error) {
      if (signal.reason === STOPPED) return this.#abandon(id);
      this.#set(id, { step: "failed", message: messageOf(error), canRetry: true });
    }
  }

  async #send(id: number, signal: AbortSignal): Promise<Upload> {
    const send = this.#sends.get(id);
    const added = await send?.(signal, (sent, size) => this.#set(id, { sent, size }));
    if (added !== undefined && ("id" in added || "code" in added)) return added;
    throw new Error("The service answered in a way that this page does not know. Reload it and try again.");
  }

  /** Starts the analysis; gives the reason why it has not started, or null. */
  async #start(manuscriptId: string): Promise<string | null> {
    try {
      const { startAnalysis } = await this.#parts.http.execute(StartAnalysisDocument, { manuscriptId });
      if (startAnalysis.__typename === "Refusal") return startAnalysis.message;
      if (startAnalysis.__typename === "Job") this.#parts.feed.accept(startAnalysis);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** One manuscript that was added alone is opened, unless the author has gone elsewhere. */
  #finish(): void {
    const [only, ...others] = this.getSnapshot().deliveries.filter(({ id }) => this.#batch.has(id));
    this.#batch.clear();
    if (only === undefined || others.length > 0 || only.manuscriptId === null || only.message !== null)
      return;
    if (readRoute(location.hash).page !== "add") return;
    this.#drop(({ id }) => id === only.id);
    goTo({ page: "manuscript", id: only.manuscriptId });
  }

  #sendingOf(file: File): Send {
    return (signal, onProgress) => this.#parts.http.upload(file, { name: file.name, onProgress }, signal);
  }

  #abandon(id: number): void {
    this.#letGo(id);
    this.#drop((delivery) => delivery.id === id);
  }

  /** Its file need not be kept any more. */
  #letGo(id: number): void {
    const file = this.getSnapshot().deliveries.find((delivery) => delivery.id === id)?.file ?? null;
    const { files } = this.#parts.drafts.draft;
    if (file !== null) this.#parts.drafts.put({ files: files.filter((held) => held !== file) });
  }

  #append(delivery: Delivery): void {
    this.change({ deliveries: [...this.getSnapshot().deliveries, delivery] });
  }

  #set(id: number, changes: Partial<Delivery>): void {
    const { deliveries } = this.getSnapshot();
    this.change({ deliveries: deliveries.map((held) => (held.id === id ? { ...held, ...changes } : held)) });
  }

  #drop(isDropped: (delivery: Delivery) => boolean): void {
    const { deliveries } = this.getSnapshot();
    const kept = deliveries.filter((delivery) => !isDropped(delivery));
    if (kept.length < deliveries.length) this.change({ deliveries: kept });
  }
}
