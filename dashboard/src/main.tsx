// Opens the dashboard: learns how authors sign in here, signs in, starts the feed.
import "./style/tokens.css";
import "./style/base.css";
import "./style/frame.css";
import { lazy, StrictMode, Suspense, useEffect } from "react";
import { createRoot, type Root } from "react-dom/client";
import { App } from "./app.tsx";
import { Boundary, Closed } from "./closed.tsx";
import { messageOf } from "./error.ts";
import { useRoute } from "./route.ts";
import { openService, type Service, ServiceContext } from "./service.ts";
import { loadConfig } from "./session/config.ts";
import { openLocalSession } from "./session/local.ts";
import type { Session } from "./session/session.ts";
import { SignInPage } from "./session/sign_in.tsx";
// Last, for it takes back what the others say.
import "./style/print.css";

async function open(root: Root): Promise<void> {
  const config = await loadConfig();
  if (config.mode === "local") return show(root, await signItselfIn());
  const { openSupabase } = await import("./session/supabase.ts");
  const signIn = openSupabase(config.supabaseUrl, config.publishableKey);
  signIn.watch((session) => {
    if (session) show(root, session);
    else root.render(<SignInPage signIn={signIn} />);
  });
}

/** Local mode's session. Throws when the server does not let this page sign itself in. */
async function signItselfIn(): Promise<Session> {
  const session = openLocalSession();
  await session.getToken({ refresh: false });
  return session;
}

function show(root: Root, session: Session): void {
  const service = openService(session);
  root.render(
    <StrictMode>
      <Boundary>
        <Page service={service} key={session.authorId} />
      </Boundary>
    </StrictMode>,
  );
}

function Page({ service }: { readonly service: Service }) {
  useEffect(() => {
    const parts = [service.feed, service.library, service.drafts, service.intake];
    for (const part of parts) part.start();
    return () => {
      for (const part of parts) part.stop();
    };
  }, [service]);
  return (
    <ServiceContext value={service}>
      <Routed />
    </ServiceContext>
  );
}

// Authors need not load what only operators see.
const OperatorPage = lazy(() => import("./operator/page.tsx"));

function Routed() {
  if (useRoute().page !== "operator") return <App />;
  return (
    <Suspense fallback={<p className="visually-hidden">Loading …</p>}>
      <OperatorPage />
    </Suspense>
  );
}

const element = document.querySelector("#root");
if (element !== null) {
  const root = createRoot(element);
  open(root).catch((error: unknown) => root.render(<Closed message={messageOf(error)} />));
}
