// Adding a manuscript: drop a file, choose one, paste text, or try the sample.
import { type DragEvent, type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ProgressBar } from "../jobs/status.tsx";
import type { Intake } from "./intake.ts";
import { hasSample } from "./sample.ts";
import "./add.css";

const FORMATS = ".txt,.md,.markdown,.docx,.epub";

interface AddProps {
  readonly intake: Intake;
  /** Whether this is the author's first manuscript. */
  readonly isFirst: boolean;
}

export function Add({ intake, isFirst }: AddProps) {
  const [isPasting, setPasting] = useState(false);
  return (
    <section className="add-page" aria-labelledby="add-title">
      <h1 id="add-title">
        {isFirst ? "Let a careful reader have a look at your novel" : "Add a manuscript"}
      </h1>
      <p className="lead soft">
        It is read from the first page to the last. A few seconds later you see its chapters, its pace, how
        much of it is spoken, and the words and phrases that you lean on.
      </p>
      {intake.state.step === "sending" ? <Sending intake={intake} /> : <DropZone intake={intake} />}
      {intake.state.step === "refused" && (
        <p className="message" role="alert">
          {intake.state.message}
        </p>
      )}
      {intake.state.step !== "sending" && (
        <p className="ways soft">
          <button
            type="button"
            className="link"
            aria-expanded={isPasting}
            onClick={() => setPasting(!isPasting)}
          >
            Paste text instead
          </button>
          {hasSample && (
            <>
              {" or "}
              <button type="button" className="link" onClick={() => void intake.sendSample()}>
                try it with our sample story
              </button>
            </>
          )}
          .
        </p>
      )}
      {isPasting && intake.state.step !== "sending" && <PasteForm intake={intake} />}
    </section>
  );
}

function DropZone({ intake }: { readonly intake: Intake }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const hint = useId();

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    intake.sendDropped(event.dataTransfer.files);
  };

  return (
    <fieldset
      aria-label="Add a file"
      className={isOver ? "drop-zone over" : "drop-zone"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <PageMark />
      <p className="drop-title">
        <span className="with-mouse">Drop your manuscript here</span>
        <span className="with-finger">Your manuscript, please</span>
      </p>
      <button
        type="button"
        className="button primary"
        aria-describedby={hint}
        onClick={() => input.current?.click()}
      >
        Choose a file
      </button>
      <p id={hint} className="soft small">
        Word (.docx), .epub, Markdown or plain text, in English. It stays yours: only this service reads it.
      </p>
      <input
        ref={input}
        type="file"
        accept={FORMATS}
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Manuscript file"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = "";
          if (file) void intake.send(file);
        }}
      />
    </fieldset>
  );
}

function Sending({ intake }: { readonly intake: Intake }) {
  if (intake.state.step !== "sending") return null;
  const { name, share } = intake.state;
  return (
    <div className="drop-zone sending" role="status">
      <p className="drop-title">{share < 1 ? `Sending ${name}…` : `Taking in ${name}…`}</p>
      <ProgressBar share={share < 1 ? share : null} label={`Upload of ${name}`} />
      <button type="button" className="button" onClick={intake.cancel}>
        Stop the upload
      </button>
    </div>
  );
}

function PasteForm({ intake }: { readonly intake: Intake }) {
  const title = useRef<HTMLInputElement>(null);
  // The form opens below the fold.
  useEffect(() => title.current?.focus(), []);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    void intake.paste(String(data.get("title")), String(data.get("text")));
  };
  return (
    <form className="paste card" onSubmit={submit}>
      <label className="field">
        Title
        <input ref={title} name="title" required maxLength={200} autoComplete="off" />
      </label>
      <label className="field">
        Text
        <textarea name="text" required rows={12} />
      </label>
      <button type="submit" className="button primary">
        Read this text
      </button>
    </form>
  );
}

function PageMark() {
  return (
    <svg className="page-mark" viewBox="0 0 48 56" aria-hidden="true">
      <path d="M6 2h24l12 12v40H6z" />
      <path d="M30 2v12h12" />
      <path d="M14 25h20M14 33h20M14 41h12" />
    </svg>
  );
}
