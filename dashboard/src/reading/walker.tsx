// The bar below the text: the walk through all places of a kind, and what is known of the one she is at.
import { count } from "../format.ts";
import { type ChapterRoute, moveTo, type Route } from "../route.ts";
import type { Kind } from "./kinds.ts";
import { isSamePlace } from "./marks.ts";
import { placeInWalk, step, type Walk } from "./walk.ts";

interface WalkerProps {
  readonly kinds: readonly Kind[];
  readonly walk: Walk;
  readonly route: ChapterRoute;
}

export function Walker({ kinds, walk, route }: WalkerProps) {
  const { kind, label, here } = walk;
  const isAt = here?.some((mark) => isSamePlace(mark, route.at)) === true;
  return (
    <section className="walker card no-print" aria-label="Walk through the findings">
      <div className="walker-line">
        <label className="walker-kind">
          <span className="visually-hidden">Kind of finding</span>
          <select
            value={kind.key}
            onChange={(event) =>
              moveTo({ ...route, kind: event.target.value, label: undefined, at: undefined })
            }
          >
            {kinds.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <p className="walker-place" role="status">
          {label !== undefined && <strong>“{label}” </strong>}
          {placeOf(walk, route)}
        </p>
        <StepButton name="Previous" to={step(walk, route, false)} />
        <StepButton name="Next" to={step(walk, route, true)} />
      </div>
      {isAt && (kind.why !== "" || kind.leave !== "") && (
        <p className="walker-why soft">
          {kind.why} {kind.leave}
        </p>
      )}
      {label !== undefined && (
        <button
          type="button"
          className="link"
          onClick={() => moveTo({ ...route, kind: kind.key, label: undefined })}
        >
          Walk through all of “{kind.title}”
        </button>
      )}
    </section>
  );
}

function StepButton({ name, to }: { readonly name: string; readonly to: Route | null }) {
  return (
    <button
      type="button"
      className="button"
      // The focus stays on it at the last place, for the way back.
      aria-disabled={to === null}
      onClick={() => to && moveTo(to)}
    >
      {name}
    </button>
  );
}

function placeOf(walk: Walk, { number, at }: ChapterRoute): string {
  const place = placeInWalk(walk, number, at);
  if (place === null) return "";
  return place.is === null ? `${count(place.of)} in the book` : `${count(place.is)} of ${count(place.of)}`;
}
