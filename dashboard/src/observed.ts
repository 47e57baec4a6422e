// State that lives outside React: what it is now, and who is called when it changes.
import { useSyncExternalStore } from "react";

export class Observed<T extends object> {
  readonly #listeners = new Set<() => void>();
  #snapshot: T;

  constructor(first: T) {
    this.#snapshot = first;
  }

  /** Calls the listener after each change; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until something changes. */
  readonly getSnapshot = (): T => this.#snapshot;

  protected show(snapshot: T): void {
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener();
  }

  protected change(changes: Partial<T>): void {
    this.show({ ...this.#snapshot, ...changes });
  }
}

/** What it is now; renders again with each change. */
export function useObserved<T extends object>(observed: Observed<T>): T {
  return useSyncExternalStore(observed.subscribe, observed.getSnapshot);
}
