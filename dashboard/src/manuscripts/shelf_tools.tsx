// Searching, sorting and filtering the shelf.
import { unforeseen } from "@novelfoundry/client";
import { KINDS, type Kind, ORDERS, type Order, type ShelfView } from "./shelf_view.ts";

interface ShelfToolsProps {
  readonly view: ShelfView;
  readonly onView: (view: ShelfView) => void;
}

export function ShelfTools({ view, onView }: ShelfToolsProps) {
  const { query, order, kind } = view;
  const find = <T,>(known: readonly T[], value: string, act: (found: T) => void) => {
    for (const candidate of known) if (candidate === value) act(candidate);
  };
  return (
    <search className="shelf-tools">
      <input
        type="search"
        aria-label="Search your manuscripts"
        placeholder="Search"
        value={query}
        onChange={({ target }) => onView({ ...view, query: target.value })}
      />
      <select
        aria-label="Show"
        value={kind}
        onChange={({ target }) => find(KINDS, target.value, (found) => onView({ ...view, kind: found }))}
      >
        {KINDS.map((known) => (
          <option key={known} value={known}>
            {kindName(known)}
          </option>
        ))}
      </select>
      <select
        aria-label="Order"
        value={order}
        onChange={({ target }) => find(ORDERS, target.value, (found) => onView({ ...view, order: found }))}
      >
        {ORDERS.map((known) => (
          <option key={known} value={known}>
            {orderName(known)}
          </option>
        ))}
      </select>
    </search>
  );
}

function kindName(kind: Kind): string {
  switch (kind) {
    case "all":
      return "All";
    case "ready":
      return "With a report";
    case "underway":
      return "Under way";
    case "open":
      return "Without a report";
    default:
      return unforeseen(kind, "");
  }
}

function orderName(order: Order): string {
  switch (order) {
    case "newest":
      return "Newest first";
    case "title":
      return "By title";
    case "longest":
      return "Longest first";
    default:
      return unforeseen(order, "");
  }
}
