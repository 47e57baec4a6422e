// GraphiQL on our own bundle: nothing is loaded from another host.
import "./workers.ts";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { useGraphiQL } from "@graphiql/react";
import type { GetToken } from "@novelfoundry/client";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import { StrictMode, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { loadConfig } from "../session/config.ts";
import { openLocalSession } from "../session/local.ts";
import { examplesFrom, type Step } from "./examples.ts";
import { createFetcher } from "./fetcher.ts";
import { Ids } from "./ids.ts";
import "./graphiql.css";

const sources = import.meta.glob<string>("../../../client_contract/operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
// A manuscript's road: add it, have it read, watch, read the report.
const STEPS: readonly Step[] = [
  [
    "AddManuscript",
    "Add a manuscript: write a text of your own into the variables below, or run it as it is.",
  ],
  ["Manuscripts", "See what you have. The ids of the newest are kept for the next steps."],
  ["StartAnalysis", "Have it read. The id of your manuscript is filled in below."],
  ["JobUpdates", "Watch all your jobs: the present first, then what changes. Stop it with the same button."],
  ["JobProgress", "Watch one job to its end. Its id is filled in below."],
  ["Job", "Read the job's report once it is COMPLETED."],
  ["Manuscript", "Read a manuscript with its jobs, their history and its newest report."],
  ["UpdateManuscript", "Give a manuscript another title."],
  ["Jobs", "See your jobs, the newest first."],
  ["CancelJob", "Stop a job that lives. One that is over answers with a Refusal."],
  ["RetryJobs", "Try failed or cancelled jobs again."],
  ["System", "See whether the parts that finish jobs are alive."],
];
const examples = examplesFrom(Object.values(sources), STEPS);
const explorer = explorerPlugin();
const ids = new Ids();

function Page({ getToken }: { readonly getToken: GetToken | null }) {
  const [pasted, setPasted] = useState("");
  const [took, setTook] = useState<number | null>(null);
  const fetcher = useMemo(() => {
    const answered = (answer: unknown, milliseconds: number) => {
      ids.note(answer);
      setTook(milliseconds);
    };
    return createFetcher(getToken ?? (() => Promise.resolve(pasted.trim())), answered);
  }, [getToken, pasted]);
  return (
    <div className="graphiql-page">
      {getToken === null && <TokenField value={pasted} onChange={setPasted} />}
      <GraphiQL
        fetcher={fetcher}
        plugins={[HISTORY_PLUGIN, explorer]}
        defaultTabs={examples}
        {...firstVariables()}
        defaultEditorToolsVisibility="variables"
      >
        <GraphiQL.Logo>
          <a href="./">NovelFoundry</a>
        </GraphiQL.Logo>
        <GraphiQL.Footer>
          <Took milliseconds={took} />
        </GraphiQL.Footer>
      </GraphiQL>
    </div>
  );
}

/** What GraphiQL does not take from the first of its default tabs: the variables. Later visits have their own. */
function firstVariables(): { readonly initialVariables?: string } {
  const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
  return isFirstVisit && examples[0] ? { initialVariables: examples[0].variables } : {};
}

/** How long the last answer took; and, since every answer comes by here, the ids that it told go into the variables. */
function Took({ milliseconds }: { readonly milliseconds: number | null }) {
  const editor = useGraphiQL(({ variableEditor }) => variableEditor);
  const tab = useGraphiQL(({ activeTabIndex }) => activeTabIndex);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab has other variables, another answer other ids.
  useEffect(() => {
    const text = editor?.getValue() ?? "";
    const filled = ids.filled(text);
    if (filled !== text) editor?.setValue(filled);
  }, [editor, tab, milliseconds]);
  return (
    <p className="graphiql-took" role="status">
      {milliseconds === null ? "" : `Answered in ${milliseconds.toFixed(0)} ms`}
    </p>
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
