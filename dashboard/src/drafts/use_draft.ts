// React's view of what is kept.
import { useSyncExternalStore } from "react";
import type { DraftKeeper, KeptDraft } from "./keeper.ts";

export function useDraft(drafts: DraftKeeper): KeptDraft {
  return useSyncExternalStore(drafts.subscribe, drafts.getSnapshot);
}
