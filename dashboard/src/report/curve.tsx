// A line over the whole manuscript, from its first word to its last.
import "./curve.css";

interface CurveProps {
  readonly values: readonly number[];
}

export function Curve({ values }: CurveProps) {
  if (values.length < 2) return null;
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const range = most - least || 1;
  const up = (value: number) => 58 - (56 * (value - least)) / range;
  const line = values
    .map((value, index) => `${index === 0 ? "M" : "L"}${index} ${up(value).toFixed(2)}`)
    .join("");
  return (
    <figure className="curve" aria-hidden="true">
      <svg viewBox={`0 0 ${values.length - 1} 60`} preserveAspectRatio="none" aria-hidden="true">
        <path
          className="curve-ground"
          d={`M0 ${up(0)}H${values.length - 1}`}
          vectorEffect="non-scaling-stroke"
        />
        <path className="curve-line" d={line} vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="soft">
        <span>the beginning</span>
        <span>the end</span>
      </figcaption>
    </figure>
  );
}
