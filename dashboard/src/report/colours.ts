// Colours of the style sheet for the canvas, which knows no custom properties.
import { useEffect, useState } from "react";

/** What the custom properties are in the scheme that the reader has now, and again when she changes it. */
export function useColours(...properties: readonly string[]): readonly string[] {
  const key = properties.join(" ");
  const [colours, setColours] = useState(() => resolve(key));
  useEffect(() => {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const update = () => setColours(resolve(key));
    update();
    scheme.addEventListener("change", update);
    return () => scheme.removeEventListener("change", update);
  }, [key]);
  return colours;
}

function resolve(key: string): string[] {
  // Only a computed `color` has light-dark() already decided.
  const probe = document.body.appendChild(document.createElement("span"));
  const colours = key.split(" ").map((property) => {
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return colours;
}
