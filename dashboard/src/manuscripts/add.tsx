// Adding a manuscript: drop a file, choose one, paste text, or try the sample.
import { type DragEvent, type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useDraft } from "../drafts/use_draft.ts";
import { ACCEPTED, FORMATS } from "../generated/formats.ts";
import { ProgressBar } from "../jobs/status.tsx";
import { useService } from "../service.ts";
import type { Intake } from "./intake.ts";
import { hasSample } from "./sample.ts";
import "./add.css";

// Characters, as the contract has it.
const LONGEST_TITLE = 300;

interface AddProps {
  readonly intake: Intake;
  /** Whether this is the author's first manuscript. */
  readonly isFirst: boolean;
}

export function Add({ intake, isFirst }: AddProps) {
  const { step } = intake.state;
  return (
    <section className="add-page" aria-labelledby="add-title">
      <h1 id="add-title">{isFirst ? "See your novel the way a careful reader would" : "Add a manuscript"}</h1>
      <p className="lead soft">
        We read it from first page to last. Seconds later you see its chapters, its pace, how much of it is
        spoken, and the words and phrases that you lean on.
      </p>
      {step === "sending" ? <Sending intake={intake} /> : <DropZone intake={intake} />}
      {intake.state.step === "refused" && (
        <p className="message" role="alert">
          {intake.state.message}
        </p>
      )}
      {step !== "sending" && <HeldFile intake={intake} />}
      {step !== "sending" && <OtherWays intake={intake} />}
    </section>
  );
}

/** The file that was not taken: it need not be looked for again. */
function HeldFile({ intake }: { readonly intake: Intake }) {
  const { drafts } = useService();
  const { draft } = useDraft(drafts);
  const [file] = draft.files;
  if (file === undefined) return null;
  return (
    <p className="held">
      <span>“{file.name}” is not added yet. This page still holds it.</span>
      <button type="button" className="button primary" onClick={() => void intake.send(file)}>
        Try again
      </button>
      <button type="button" className="button quiet" onClick={() => drafts.put({ files: [] })}>
        Leave it
      </button>
    </p>
  );
}

function OtherWays({ intake }: { readonly intake: Intake }) {
  const { drafts } = useService();
  const { generation } = useDraft(drafts);
  const [isAsked, setAsked] = useState<boolean | null>(null);
  const { title, text, files } = drafts.draft;
  const hasWords = title !== "" || text !== "";
  const isRefused = intake.state.step === "refused" && hasWords && files.length === 0;
  const isPasting = isAsked ?? hasWords;
  return (
    <>
      <p className="ways soft">
        <button type="button" className="link" aria-expanded={isPasting} onClick={() => setAsked(!isPasting)}>
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
      {isPasting && <PasteForm key={generation} intake={intake} takesFocus={isAsked === true || isRefused} />}
    </>
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
        <span className="with-finger">Choose your manuscript</span>
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
        {FORMATS}. It stays yours: it is read by rules on this server, and no AI sees it.
      </p>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
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

interface PasteFormProps {
  readonly intake: Intake;
  /** Whether the author has just opened it, or her text has come back. */
  readonly takesFocus: boolean;
}

function PasteForm({ intake, takesFocus }: PasteFormProps) {
  const { drafts } = useService();
  const { isSafe } = useDraft(drafts);
  const title = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  // The form opens below the fold.
  useEffect(() => {
    if (takesFocus) title.current?.focus();
  }, [takesFocus]);

  const keep = () => drafts.type({ title: title.current?.value ?? "", text: text.current?.value ?? "" });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void intake.paste();
  };
  return (
    <form className="paste card" onSubmit={submit} onInput={keep}>
      <label className="field">
        Title
        <input
          ref={title}
          required
          maxLength={LONGEST_TITLE}
          autoComplete="off"
          defaultValue={drafts.draft.title}
        />
      </label>
      <label className="field">
        Text
        <textarea ref={text} required rows={12} defaultValue={drafts.draft.text} />
      </label>
      {!isSafe && (
        <p className="message" role="status">
          This browser has no room to keep your text. Leave this page open until the text has been added.
        </p>
      )}
      <button type="submit" className="button primary">
        Analyse this text
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
