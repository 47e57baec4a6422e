// The drafts of one book, and how a manuscript becomes one of them.
import {
  DraftsDocument,
  type DraftsQuery,
  type HttpClient,
  type JobFeed,
  SetDraftOfDocument,
  StartAnalysisDocument,
} from "@novelfoundry/client";
import { useEffect, useMemo } from "react";
import { Observed, useObserved } from "../observed.ts";
import { Seeker } from "../seek.ts";

export type Draft = NonNullable<DraftsQuery["manuscript"]>["work"]["drafts"][number];

export interface Work {
  /** The oldest first; null while they are not known. */
  readonly drafts: readonly Draft[] | null;
}

export interface WorkView extends Work {
  readonly reload: () => void;
}

/** The drafts of the book that the manuscript belongs to, asked for until they are there. */
export function useWork(http: HttpClient, feed: JobFeed, id: string): WorkView {
  const reader = useMemo(() => new WorkReader(http, feed, id), [http, feed, id]);
  useEffect(() => {
    reader.start();
    return () => reader.stop();
  }, [reader]);
  return { ...useObserved(reader), reload: reader.reload };
}

class WorkReader extends Observed<Work> {
  readonly #http: HttpClient;
  readonly #id: string;
  readonly #seeker: Seeker;
  #isMissing = true;

  constructor(http: HttpClient, feed: JobFeed, id: string) {
    super({ drafts: null });
    this.#http = http;
    this.#id = id;
    this.#seeker = new Seeker(feed, { missing: () => (this.#isMissing ? "the drafts" : ""), ask: this.#ask });
  }

  start(): void {
    this.#seeker.start();
  }

  stop(): void {
    this.#seeker.stop();
  }

  readonly reload = (): void => {
    this.#isMissing = true;
    this.#seeker.wake();
  };

  readonly #ask = async (signal: AbortSignal): Promise<void> => {
    // What cannot be read now is asked for again: the page says elsewhere that the line is lost.
    const answer = await this.#http.execute(DraftsDocument, { id: this.#id }, signal).catch(() => null);
    if (answer === null || signal.aborted) return;
    this.#isMissing = false;
    this.show({ drafts: answer.manuscript?.work.drafts ?? [] });
  };
}

/** Puts the manuscript beside another, or by itself where there is none; the sentence of a refusal. */
export async function setDraftOf(
  http: HttpClient,
  id: string,
  draftOf: string | null,
): Promise<string | null> {
  const { setDraftOf: answer } = await http.execute(SetDraftOfDocument, { input: { id, draftOf } });
  return answer.__typename === "Refusal" ? answer.message : null;
}

/** Sends a file as the next draft of a book and has it analysed; its id. Throws with the sentence of a refusal. */
export async function addDraft(
  { http, feed }: { readonly http: HttpClient; readonly feed: JobFeed },
  draftOf: string,
  file: File,
  onProgress: (sent: number, size: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const added = await http.upload(file, { name: file.name, onProgress }, signal);
  if (!("id" in added)) throw new Error(added.message);
  const refusal = await setDraftOf(http, added.id, draftOf);
  // It is on the shelf all the same, and can be put beside the others from there.
  if (refusal !== null) throw new Error(`The file was added, but not as a draft. ${refusal}`);
  const { startAnalysis } = await http.execute(StartAnalysisDocument, { manuscriptId: added.id });
  if (startAnalysis.__typename === "Job") feed.accept(startAnalysis);
  return added.id;
}
