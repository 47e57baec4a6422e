// The page when it cannot go on: what happened, and a way to start again.
import { Component, type ReactNode } from "react";
import { messageOf } from "./error.ts";

interface BoundaryState {
  readonly error: unknown;
  readonly hasFailed: boolean;
}

/** Catches what no other part caught, such as a piece of the page that a newer version of the service has replaced. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: null, hasFailed: false };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error, hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Closed message={messageOf(this.state.error)} /> : this.props.children;
  }
}

export function Closed({ message }: { readonly message: string }) {
  return (
    <main className="centred">
      <div className="closed" role="alert">
        <h1>This page cannot go on</h1>
        <p>{message}</p>
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Reload the page
          </button>
        </p>
      </div>
    </main>
  );
}
