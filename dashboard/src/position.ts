// Where the author was on a page, so that she finds her place when she comes back to it.
import { useEffect, useLayoutEffect, useRef } from "react";

/** Keeps the scrolling while the page is shown, and restores it when it is shown again. */
export function usePositionKept(isShown: boolean): void {
  const position = useRef(0);

  useLayoutEffect(() => {
    if (isShown) scrollTo({ top: position.current });
  }, [isShown]);

  useEffect(() => {
    if (!isShown) return;
    const keep = () => {
      position.current = scrollY;
    };
    addEventListener("scroll", keep, { passive: true });
    return () => removeEventListener("scroll", keep);
  }, [isShown]);
}
