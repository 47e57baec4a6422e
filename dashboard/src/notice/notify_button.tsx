// Asks for a word from the browser when an analysis ends.
import { useWish } from "./notify.ts";

export function NotifyButton() {
  const [wish, choose] = useWish();
  if (wish === "refused") return null;
  return (
    <p className="no-print">
      <button
        type="button"
        className="button quiet"
        aria-pressed={wish === "on"}
        onClick={() => void choose(wish !== "on")}
      >
        {wish === "on" ? "You are told when it ends" : "Tell me when it ends"}
      </button>
    </p>
  );
}
