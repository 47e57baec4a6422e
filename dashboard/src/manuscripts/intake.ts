// Taking a manuscript in: send it, start its analysis, show it.
import { AddManuscriptDocument, StartAnalysisDocument, type Upload } from "@novelfoundry/client";
import { useCallback, useRef, useState } from "react";
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
  paste(title: string, text: string): Promise<void>;
  cancel(): void;
  /** Takes the last refusal off the page. */
  dismiss(): void;
}

const SEVERAL =
  "These are several files, and each would be a book of its own. Drop one; a novel in parts goes into one file first.";

/** `onAdded` is called once the manuscript is there. */
export function useIntake({ http, feed, session }: Service, onAdded: () => void): Intake {
  const [state, setState] = useState<IntakeState>({ step: "idle" });
  const sending = useRef<AbortController | null>(null);

  const take = useCallback(
    async (name: string, add: (signal: AbortSignal) => Promise<Upload>) => {
      if (sending.current !== null) return;
      const controller = new AbortController();
      sending.current = controller;
      setState({ step: "sending", name, share: 0 });
      try {
        const added = await add(controller.signal);
        if ("code" in added) return setState({ step: "refused", message: added.message });
        const { startAnalysis } = await http.execute(StartAnalysisDocument, { manuscriptId: added.id });
        onAdded();
        if (startAnalysis.__typename === "Refusal")
          return setState({ step: "refused", message: startAnalysis.message });
        feed.accept(startAnalysis);
        setState({ step: "idle" });
        goTo({ page: "manuscript", id: added.id });
      } catch (error) {
        setState(
          controller.signal.aborted ? { step: "idle" } : { step: "refused", message: messageOf(error) },
        );
      } finally {
        sending.current = null;
      }
    },
    [http, feed, onAdded],
  );

  const sendFile = useCallback(
    (file: File, signal: AbortSignal, title?: string) =>
      upload(file, {
        getToken: session.getToken,
        ...(title !== undefined && { title }),
        onProgress: (share) => setState({ step: "sending", name: file.name, share }),
        signal,
      }),
    [session],
  );

  const send = useCallback(
    (file: File) => take(file.name, (signal) => sendFile(file, signal)),
    [take, sendFile],
  );

  const sendDropped = useCallback(
    (files: FileList) => {
      const [file] = files;
      if (sending.current !== null) return;
      if (files.length > 1) setState({ step: "refused", message: SEVERAL });
      else if (file) void send(file);
    },
    [send],
  );

  const sendSample = useCallback(
    () =>
      take("our sample story", async (signal) => {
        const { title, file } = await loadSample();
        return sendFile(file, signal, title);
      }),
    [take, sendFile],
  );

  const paste = useCallback(
    (title: string, text: string) =>
      take(
        title,
        async (signal) =>
          (await http.execute(AddManuscriptDocument, { input: { title, text } }, signal)).addManuscript,
      ),
    [take, http],
  );

  const cancel = useCallback(() => sending.current?.abort(), []);

  const dismiss = useCallback(
    () => setState((held) => (held.step === "refused" ? { step: "idle" } : held)),
    [],
  );

  return { state, send, sendDropped, sendSample, paste, cancel, dismiss };
}
