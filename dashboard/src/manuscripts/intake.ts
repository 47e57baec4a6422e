// Taking a manuscript in: send it, start its analysis, show it. What was not taken is kept.
import {
  AddManuscriptDocument,
  type RefusalCode,
  refusalAction,
  StartAnalysisDocument,
  type Upload,
} from "@novelfoundry/client";
import { useCallback, useMemo, useRef, useState } from "react";
import { goTo } from "../route.ts";
import { messageOf, type Service } from "../service.ts";
import { upload } from "../upload.ts";
import { loadSample } from "./sample.ts";

export type IntakeState =
  | { readonly step: "idle" }
  | { readonly step: "sending"; readonly name: string; readonly share: number }
  | { readonly step: "refused"; readonly message: string };

export interface Intake {
  readonly state: IntakeState;
  send(file: File): Promise<void>;
  /** Sends what was dropped, if it is one file. */
  sendDropped(files: FileList): void;
  sendSample(): Promise<void>;
  /** Sends the text that the author entered. */
  paste(): Promise<void>;
  cancel(): void;
  /** Takes the last refusal off the page. */
  dismiss(): void;
}

/** Something to send, and what becomes of the author's copy here. */
interface Parcel {
  readonly name: string;
  readonly send: (signal: AbortSignal) => Promise<Upload>;
  /** The server has it now. */
  readonly onAccepted?: () => void;
  /** It was turned down with this code, or stopped by the author. */
  readonly onRefused?: (code: RefusalCode | "STOPPED") => void;
}

const SEVERAL =
  "These are several files, and each would be a book of its own. Drop one; a novel in parts goes into one file first.";

export function useIntake({ http, feed, library, drafts, session }: Service): Intake {
  const [state, setState] = useState<IntakeState>({ step: "idle" });
  const sending = useRef<AbortController | null>(null);

  const start = useCallback(
    async (name: string, manuscriptId: string) => {
      const { startAnalysis } = await http.execute(StartAnalysisDocument, { manuscriptId });
      if (startAnalysis.__typename === "Refusal")
        return setState({ step: "refused", message: notStarted(name, startAnalysis.message) });
      feed.accept(startAnalysis);
      setState({ step: "idle" });
      goTo({ page: "manuscript", id: manuscriptId });
    },
    [http, feed],
  );

  const deliver = useCallback(
    async ({ name, send, onAccepted, onRefused }: Parcel, signal: AbortSignal) => {
      const added = await send(signal);
      if ("code" in added) {
        onRefused?.(added.code);
        return setState({ step: "refused", message: added.message });
      }
      onAccepted?.();
      await start(name, added.id)
        .catch((error: unknown) => setState({ step: "refused", message: notStarted(name, messageOf(error)) }))
        .finally(library.reload);
    },
    [start, library],
  );

  const take = useCallback(
    async (parcel: Parcel) => {
      if (sending.current !== null) return;
      const controller = new AbortController();
      sending.current = controller;
      setState({ step: "sending", name: parcel.name, share: 0 });
      try {
        await deliver(parcel, controller.signal);
      } catch (error) {
        if (controller.signal.aborted) parcel.onRefused?.("STOPPED");
        setState(
          controller.signal.aborted ? { step: "idle" } : { step: "refused", message: messageOf(error) },
        );
      } finally {
        sending.current = null;
      }
    },
    [deliver],
  );

  const ways = useMemo(() => {
    const sendFile = (file: File, signal: AbortSignal, title?: string) =>
      upload(file, {
        getToken: session.getToken,
        ...(title !== undefined && { title }),
        onProgress: (share) => setState({ step: "sending", name: file.name, share }),
        signal,
      });
    const send = (file: File) => {
      if (sending.current !== null) return Promise.resolve();
      drafts.put({ files: [file] });
      const letGo = () => drafts.put({ files: [] });
      return take({
        name: file.name,
        send: (signal) => sendFile(file, signal),
        onAccepted: letGo,
        onRefused: (code) => {
          if (code === "STOPPED" || refusalAction(code) === "choose") letGo();
        },
      });
    };
    return {
      send,
      sendDropped: (files: FileList) => {
        const [file] = files;
        if (sending.current !== null) return;
        if (files.length > 1) setState({ step: "refused", message: SEVERAL });
        else if (file) void send(file);
      },
      sendSample: () =>
        take({
          name: "our sample story",
          send: async (signal) => {
            const { title, file } = await loadSample();
            return sendFile(file, signal, title);
          },
        }),
      paste: () => {
        const { title, text } = drafts.draft;
        return take({
          name: title,
          send: async (signal) =>
            (await http.execute(AddManuscriptDocument, { input: { title, text } }, signal)).addManuscript,
          onAccepted: () => drafts.put({ title: "", text: "" }),
        });
      },
      cancel: () => sending.current?.abort(),
      dismiss: () => setState((held) => (held.step === "refused" ? { step: "idle" } : held)),
    };
  }, [take, http, drafts, session]);
  return { state, ...ways };
}

function notStarted(name: string, reason: string): string {
  return `“${name}” is on your shelf, but its analysis has not started: ${reason}`;
}
