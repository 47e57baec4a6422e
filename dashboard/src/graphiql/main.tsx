// GraphiQL on our own bundle: nothing is loaded from another host.
import "./workers.ts";
import type { GetToken } from "@novelfoundry/client";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { StrictMode, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { loadConfig } from "../session/config.ts";
import { openLocalSession } from "../session/local.ts";
import { examplesFrom } from "./examples.ts";
import { createFetcher } from "./fetcher.ts";
import "./graphiql.css";

const sources = import.meta.glob<string>("../../../client_contract/operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
// A manuscript's road: add it, start its analysis, watch the job, read the report.
const examples = examplesFrom(Object.values(sources), [
  "Manuscripts",
  "AddManuscript",
  "StartAnalysis",
  "JobUpdates",
  "JobProgress",
  "Manuscript",
  "UpdateManuscript",
  "Jobs",
  "CancelJob",
  "RetryJobs",
  "System",
]);

function Page({ getToken }: { readonly getToken: GetToken | null }) {
  const [pasted, setPasted] = useState("");
  const fetcher = useMemo(
    () => createFetcher(getToken ?? (() => Promise.resolve(pasted.trim()))),
    [getToken, pasted],
  );
  return (
    <div className="graphiql-page">
      {getToken === null && <TokenField value={pasted} onChange={setPasted} />}
      <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultEditorToolsVisibility="variables">
        <GraphiQL.Logo>
          <a href="./">NovelFoundry</a>
        </GraphiQL.Logo>
      </GraphiQL>
    </div>
  );
}

function TokenField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label className="graphiql-token">
      <span>Bearer token of an author (the access token of a Supabase session):</span>
      <input
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        placeholder="Paste a token"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

async function open(): Promise<void> {
  const root = document.querySelector("#root");
  if (root === null) return;
  try {
    const { mode } = await loadConfig();
    const getToken = mode === "local" ? openLocalSession().getToken : null;
    createRoot(root).render(
      <StrictMode>
        <Page getToken={getToken} />
      </StrictMode>,
    );
  } catch (error) {
    root.textContent = error instanceof Error ? error.message : String(error);
  }
}

void open();
