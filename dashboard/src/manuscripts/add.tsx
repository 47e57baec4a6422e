// Adding a manuscript: drop a file, choose one, paste text, or try the sample.
import { type DragEvent, type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ACCEPTED, FORMATS } from "../generated/formats.ts";
import { useObserved } from "../observed.ts";
import { useService } from "../service.ts";
import { Deliveries, isUnderWay, Sending } from "./deliveries.tsx";
import { hasSample } from "./sample.ts";
import "./add.css";

// Characters, as the contract has it.
const LONGEST_TITLE = 300;

export function Add({ isFirst }: { readonly isFirst: boolean }) {
  const { deliveries } = useObserved(useService().intake);
  const [first, ...others] = deliveries;
  const only = others.length === 0 && first !== undefined && isUnderWay(first) ? first : null;
  return (
    <section className="add-page" aria-labelledby="add-title">
      <h1 id="add-title">{isFirst ? "See your novel the way a careful reader would" : "Add a manuscript"}</h1>
      <p className="lead soft">
        We read it from first page to last. Seconds later you see its chapters, its pace, how much of it is
        spoken, and the words and phrases that you lean on.
      </p>
      {only === null ? <DropZone /> : <Sending delivery={only} />}
      {only === null && <Deliveries deliveries={deliveries} />}
      {only === null && <OtherWays />}
    </section>
  );
}

function OtherWays() {
  const { drafts, intake } = useService();
  const { generation } = useObserved(drafts);
  const { deliveries } = useObserved(intake);
  const [isAsked, setAsked] = useState<boolean | null>(null);
  const { title, text } = drafts.draft;
  const hasWords = title !== "" || text !== "";
  const isPasting = isAsked ?? hasWords;
  const isRefused = hasWords && deliveries.some(({ step, file }) => step === "failed" && file === null);
  return (
    <>
      <p className="ways soft">
        <button type="button" className="link" aria-expanded={isPasting} onClick={() => setAsked(!isPasting)}>
          Paste text instead
        </button>
        {hasSample && (
          <>
            {" or "}
            <button type="button" className="link" onClick={() => intake.sendSample()}>
              try it with our sample story
            </button>
          </>
        )}
        .
      </p>
      {isPasting && <PasteForm key={generation} takesFocus={isAsked === true || isRefused} />}
    </>
  );
}

function DropZone() {
  const { intake } = useService();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const hint = useId();

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    intake.sendFiles(event.dataTransfer.files);
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
        multiple
        accept={ACCEPTED}
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Manuscript file"
        onChange={({ currentTarget }) => {
          // A copy: the list is the input's own, and emptied with it.
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = "";
          intake.sendFiles(files);
        }}
      />
    </fieldset>
  );
}

interface PasteFormProps {
  /** Whether the author has just opened it, or her text has come back. */
  readonly takesFocus: boolean;
}

function PasteForm({ takesFocus }: PasteFormProps) {
  const { drafts, intake } = useService();
  const { isSafe } = useObserved(drafts);
  const title = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  // The form opens below the fold.
  useEffect(() => {
    if (takesFocus) title.current?.focus();
  }, [takesFocus]);

  const keep = () => drafts.type({ title: title.current?.value ?? "", text: text.current?.value ?? "" });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    intake.paste();
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
