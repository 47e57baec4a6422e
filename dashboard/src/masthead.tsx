// The head of every page: the way home, who is signed in, and for an operator the way to what the service does.
import { RoleDocument } from "@novelfoundry/client";
import { useEffect, useState } from "react";
import { hrefOf } from "./route.ts";
import { useService } from "./service.ts";

export function Masthead() {
  const { session } = useService();
  const isOperator = useIsOperator();
  return (
    <header className="masthead">
      <a className="wordmark" href={hrefOf({ page: "add" })}>
        Novel<span>Foundry</span>
      </a>
      {(isOperator || session.signOut) && (
        <div className="account">
          {isOperator && <a href={hrefOf({ page: "operator" })}>The service</a>}
          {session.signOut && <span>{session.email}</span>}
          {session.signOut && (
            <button type="button" className="button quiet" onClick={() => void session.signOut?.()}>
              Sign out
            </button>
          )}
        </div>
      )}
    </header>
  );
}

/** Whether the server says that she is an operator; no, as long as it does not. */
function useIsOperator(): boolean {
  const { http } = useService();
  const [isOperator, setOperator] = useState(false);
  useEffect(() => {
    http.execute(RoleDocument, {}).then(
      ({ viewer }) => setOperator(viewer.isOperator),
      () => setOperator(false),
    );
  }, [http]);
  return isOperator;
}
