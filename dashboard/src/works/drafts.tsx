// The drafts of a book on the page of one of them: what there is, what to compare, and how the next one is added.
import { useEffect, useRef, useState } from "react";
import { Confirm } from "../dialog.tsx";
import { messageOf } from "../error.ts";
import { counted, megabytes, moment } from "../format.ts";
import { ACCEPTED } from "../generated/formats.ts";
import { goTo, hrefOf } from "../route.ts";
import { useService } from "../service.ts";
import { addDraft, type Draft, setDraftOf, useWork } from "./work.ts";
import "./drafts.css";

interface DraftsProps {
  readonly id: string;
  readonly title: string;
  /** Whether it has a report: only then can it be compared. */
  readonly isAnalysed: boolean;
  /** Called when a manuscript was added to the shelf. */
  readonly onChanged: () => void;
}

export default function Drafts({ id, title, isAnalysed, onChanged }: DraftsProps) {
  const { http, feed } = useService();
  const { drafts, reload } = useWork(http, feed, id);
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const number = drafts?.find(({ manuscript }) => manuscript.id === id)?.number;

  // How long it is, is known with its report.
  const wasAnalysed = useRef(isAnalysed);
  useEffect(() => {
    if (isAnalysed && !wasAnalysed.current) reload();
    wasAnalysed.current = isAnalysed;
  }, [isAnalysed, reload]);

  const takeOut = async () => {
    setBusy(true);
    const refused = await setDraftOf(http, id, null).catch(messageOf);
    setBusy(false);
    setAsking(false);
    setRefusal(refused);
    if (refused === null) reload();
  };

  if (drafts === null) return null;
  return (
    <section className="drafts no-print" aria-label="Drafts of this book">
      {drafts.length > 1 && (
        <>
          <h2>Drafts of this book</h2>
          <ol>
            {drafts.map((draft) => (
              <li key={draft.manuscript.id}>
                <Line draft={draft} id={id} number={number ?? 0} isComparable={isAnalysed} />
              </li>
            ))}
          </ol>
        </>
      )}
      <div className="drafts-actions">
        <NextDraft id={id} isFirst={drafts.length < 2} onChanged={onChanged} />
        {drafts.length > 1 && (
          <button type="button" className="button quiet" onClick={() => setAsking(true)}>
            Take this draft out
          </button>
        )}
      </div>
      {refusal !== null && (
        <p className="message" role="alert">
          {refusal}
        </p>
      )}
      {isAsking && (
        <Confirm
          title="Take this draft out?"
          confirmLabel="Take it out"
          isBusy={isBusy}
          onConfirm={() => void takeOut()}
          onClose={() => setAsking(false)}
        >
          <p>“{title}” becomes a book of its own. Nothing is deleted, and you can put it back.</p>
        </Confirm>
      )}
    </section>
  );
}

interface LineProps {
  readonly draft: Draft;
  readonly id: string;
  readonly number: number;
  readonly isComparable: boolean;
}

function Line({ draft, id, number, isComparable }: LineProps) {
  const { title, createdAt, wordCount } = draft.manuscript;
  const words = wordCount === null ? "not analysed yet" : counted(wordCount, "word");
  const isOpen = draft.manuscript.id === id;
  const [before, after] = draft.number < number ? [draft.manuscript.id, id] : [id, draft.manuscript.id];
  return (
    <>
      <span className="draft-name">
        {isOpen ? (
          <strong>Draft {draft.number}</strong>
        ) : (
          <a href={hrefOf({ page: "manuscript", id: draft.manuscript.id })}>Draft {draft.number}</a>
        )}
        <span className="soft">
          {" "}
          {title} · {words} · added {moment(createdAt)}
        </span>
      </span>
      {!isOpen && isComparable && wordCount !== null && (
        <a href={hrefOf({ page: "comparison", id: after, before })}>
          {draft.number < number ? "What changed since then" : "What changed there"}
        </a>
      )}
    </>
  );
}

interface NextDraftProps {
  readonly id: string;
  readonly isFirst: boolean;
  readonly onChanged: () => void;
}

/** Takes a file, sends it, puts it beside this one, and has it analysed. */
function NextDraft({ id, isFirst, onChanged }: NextDraftProps) {
  const service = useService();
  const input = useRef<HTMLInputElement>(null);
  const leaving = useRef(new AbortController());
  const [state, setState] = useState<string | null>(null);
  useEffect(() => {
    const { current } = leaving;
    return () => current.abort();
  }, []);

  const add = async (file: File) => {
    const { signal } = leaving.current;
    const tell = (sent: number, size: number) =>
      setState(`Sending ${file.name}: ${megabytes(sent)} of ${megabytes(size)}`);
    setState(`Sending ${file.name}…`);
    try {
      const added = await addDraft(service, id, file, tell, signal);
      goTo({ page: "manuscript", id: added });
    } catch (cause) {
      if (!signal.aborted) setState(messageOf(cause));
    } finally {
      onChanged();
    }
  };

  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPTED}
        aria-label="The next draft’s file"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = "";
          if (file) void add(file);
        }}
      />
      <button type="button" className="button quiet" onClick={() => input.current?.click()}>
        {isFirst ? "Add another draft of this book" : "Add the next draft"}
      </button>
      {state !== null && (
        <span className="soft" role="status">
          {state}
        </span>
      )}
    </>
  );
}
