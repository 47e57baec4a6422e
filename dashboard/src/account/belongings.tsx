// What an author may do with all of her data at once: take it along, or have it deleted.
import { useState } from "react";
import { Confirm } from "../dialog.tsx";
import { messageOf } from "../error.ts";
import { useService } from "../service.ts";
import { eraseEverything, takeEverything } from "./everything.ts";
import "./belongings.css";

export function Belongings({ onErased }: { readonly onErased: () => void }) {
  const { http, session } = useService();
  const [busy, setBusy] = useState<"taking" | "erasing" | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);

  const attempt = async (what: "taking" | "erasing", act: () => Promise<string | null>) => {
    setBusy(what);
    setSaid(null);
    setSaid(await act().catch(messageOf));
    setBusy(null);
  };
  const take = () =>
    attempt("taking", async () => {
      await takeEverything(session.getToken);
      return null;
    });
  const erase = () =>
    attempt("erasing", async () => {
      const remains = await eraseEverything(http).finally(() => setAsking(false));
      onErased();
      return `Everything of yours is deleted. ${remains}`;
    });

  return (
    <footer className="belongings no-print">
      <button type="button" className="button quiet" disabled={busy !== null} onClick={() => void take()}>
        {busy === "taking" ? "Packing everything…" : "Download everything of mine"}
      </button>
      <button type="button" className="button quiet" disabled={busy !== null} onClick={() => setAsking(true)}>
        Delete everything of mine
      </button>
      {said !== null && (
        <p className="soft" role="status">
          {said}
        </p>
      )}
      {isAsking && (
        <Confirm
          title="Delete everything of yours?"
          confirmLabel={busy === "erasing" ? "Deleting…" : "Delete everything"}
          isBusy={busy !== null}
          onConfirm={() => void erase()}
          onClose={() => setAsking(false)}
        >
          <p>
            Every manuscript goes, with its file, its analyses and its reports. This cannot be undone.
            Download everything first if you want to keep it.
          </p>
        </Confirm>
      )}
    </footer>
  );
}
