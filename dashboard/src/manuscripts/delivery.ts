// One thing on its way to the server: a file, a pasted text, the sample story.
import type { Upload } from "@novelfoundry/client";

/** waiting: others go first · sending · added: the server has it · failed: it does not, for the reason in `message`. */
export type Step = "waiting" | "sending" | "added" | "failed";

export interface Delivery {
  readonly id: number;
  /** What to call it to the author. */
  readonly name: string;
  /** The author's file; null where her copy is kept elsewhere, or is ours. */
  readonly file: File | null;
  readonly step: Step;
  /** Bytes, as far as they are counted; the second is 0 where nobody counts them. */
  readonly sent: number;
  readonly size: number;
  /** Why it failed, or why its analysis has not started. */
  readonly message: string | null;
  /** Whether sending the same again may help. */
  readonly canRetry: boolean;
  /** Once it is added. */
  readonly manuscriptId: string | null;
}

/** Sends it; `onProgress` is told how many bytes were sent, and of how many. */
export type Send = (signal: AbortSignal, onProgress: (sent: number, size: number) => void) => Promise<Upload>;

export function newDelivery(id: number, known: Pick<Delivery, "name"> & Partial<Delivery>): Delivery {
  return {
    id,
    file: null,
    step: "waiting",
    sent: 0,
    size: known.file?.size ?? 0,
    message: null,
    canRetry: false,
    manuscriptId: null,
    ...known,
  };
}

/** Whether it is settled and nothing of the author's hangs on it. */
export function isDone({ step, file, canRetry }: Delivery): boolean {
  return step === "added" || (step === "failed" && !(file !== null && canRetry));
}
