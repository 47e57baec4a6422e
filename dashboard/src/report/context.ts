// Which manuscript the report is about, for the links from it into the text.
import { createContext, useContext } from "react";

export const ManuscriptId = createContext("");

export function useManuscriptId(): string {
  return useContext(ManuscriptId);
}
