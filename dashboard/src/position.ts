// Where the author was on the first page, so that she finds her place when she comes back from a manuscript.
import { useEffect, useLayoutEffect, useRef } from "react";

/** Keeps the page's scrolling while the first page is shown, and restores it when it is shown again. */
export function usePositionKept(isFirstPage: boolean): void {
  const position = useRef(0);

  useLayoutEffect(() => {
    if (isFirstPage) scrollTo({ top: position.current });
  }, [isFirstPage]);

  useEffect(() => {
    if (!isFirstPage) return;
    const keep = () => {
      position.current = scrollY;
    };
    addEventListener("scroll", keep, { passive: true });
    return () => removeEventListener("scroll", keep);
  }, [isFirstPage]);
}
