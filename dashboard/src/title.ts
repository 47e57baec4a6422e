// What the browser's tab says.
import { useEffect } from "react";

const SERVICE = "NovelFoundry";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${SERVICE}`;
    return () => {
      document.title = SERVICE;
    };
  }, [title]);
}
