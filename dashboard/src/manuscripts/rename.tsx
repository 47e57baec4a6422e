// Another title for a manuscript, given where the title stands.
import { UpdateManuscriptDocument } from "@novelfoundry/client";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { messageOf } from "../error.ts";
import { useService } from "../service.ts";

const LONGEST_TITLE = 300;

interface RenameProps {
  readonly id: string;
  readonly title: string;
  readonly onDone: () => void;
  readonly onChanged: () => void;
}

export function Rename({ id, title, onDone, onChanged }: RenameProps) {
  const { http } = useService();
  const [entered, setEntered] = useState(title);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);

  const rename = async (): Promise<string | null> => {
    const { updateManuscript } = await http.execute(UpdateManuscriptDocument, {
      input: { id, title: entered },
    });
    if (updateManuscript.__typename === "Refusal") return updateManuscript.message;
    onChanged();
    onDone();
    return null;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(await rename().catch(messageOf));
    setBusy(false);
  };
  return (
    <form className="rename no-print" onSubmit={(event) => void submit(event)}>
      <label>
        <span className="visually-hidden">Title</span>
        <input
          ref={field}
          type="text"
          value={entered}
          maxLength={LONGEST_TITLE}
          required
          onChange={({ target }) => setEntered(target.value)}
          onKeyDown={({ key }) => key === "Escape" && onDone()}
        />
      </label>
      <button type="submit" className="button primary" disabled={isBusy}>
        Save
      </button>
      <button type="button" className="button quiet" onClick={onDone}>
        Keep the old title
      </button>
      {error !== null && (
        <p className="message" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
