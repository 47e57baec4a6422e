// One small chart over the chapters, drawn by uPlot. Several under one key share their cursor.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useColours } from "./colours.ts";
import "./chart.css";

export interface ChartProps {
  readonly title: string;
  /** One value for each chapter. */
  readonly values: readonly number[];
  readonly shape: "bars" | "line";
  /** A custom property of the page's style, e.g. `--ember`. */
  readonly colour: string;
  readonly format: (value: number) => string;
  /** Told the chapter under the pointer, from 0; null when it leaves. */
  readonly onPoint: (index: number | null) => void;
  /** Told the chapter that is clicked, from 0. */
  readonly onChoose: (index: number) => void;
}

const HEIGHT = 132;
const GROUP = "chapters";

export function Chart({ title, values, shape, colour, format, onPoint, onChoose }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const [stroke = "", axis = "", grid = "", face = ""] = useColours(
    colour,
    "--ink-soft",
    "--line",
    "--sheet",
  );

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot = new uPlot(
      {
        width: Math.max(element.clientWidth, 1),
        height: HEIGHT,
        padding: [8, 4, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: false, y: false },
          sync: { key: GROUP },
          points: { show: shape === "line", size: 9, fill: stroke },
          move: snap,
        },
        scales: {
          x: { time: false, range: [0.4, values.length + 0.6] },
          y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
        },
        axes: [xAxis(axis), yAxis(axis, grid, format)],
        series: [{}, seriesOf(shape, stroke, face)],
        hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
      },
      [values.map((_value, index) => index + 1), [...values]],
      element,
    );
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: Math.max(element.clientWidth, 1), height: HEIGHT }),
    );
    observer.observe(element);
    const choose = ({ clientX }: MouseEvent) => {
      const { left, right } = plot.over.getBoundingClientRect();
      if (left <= clientX && clientX <= right) onChoose(plot.posToIdx(clientX - left));
    };
    // Before uPlot, which keeps to itself the clicks that end a movement.
    element.addEventListener("click", choose, { capture: true });
    return () => {
      element.removeEventListener("click", choose, { capture: true });
      observer.disconnect();
      plot.destroy();
    };
  }, [values, shape, stroke, axis, grid, face, format, onPoint, onChoose]);

  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div ref={host} className="chart-canvas" aria-hidden="true" />
      <PrintedChart values={values} shape={shape} colour={colour} format={format} />
    </figure>
  );
}

type Drawn = Pick<ChartProps, "values" | "shape" | "colour" | "format">;

/** The same for paper: lines, which a printer draws as fine as it can, and as wide as the paper. */
function PrintedChart({ values, shape, colour, format }: Drawn) {
  const most = Math.max(...values, 0) || 1;
  const up = (value: number) => 30 - (28 * value) / most;
  const points = values.map((value, index) => [index + 0.5, up(value)] as const);
  const bars = points.map(([x, y]) => `M${x} 30V${y}`).join("");
  const line = points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
  return (
    <div className="chart-printed" aria-hidden="true">
      <span>{format(most)}</span>
      <svg viewBox={`0 0 ${values.length} 30`} preserveAspectRatio="none" aria-hidden="true">
        <path
          d={shape === "bars" ? bars : line}
          style={{ stroke: `var(${colour})` }}
          className={shape}
          // In pixels, for the line; a bar is as wide as its chapter.
          vectorEffect={shape === "line" ? "non-scaling-stroke" : undefined}
        />
      </svg>
    </div>
  );
}

/** Moves the line under the pointer to the chapter that it means. */
function snap(plot: uPlot, left: number, top: number): [number, number] {
  const chapter = left < 0 ? undefined : plot.data[0][plot.posToIdx(left)];
  return [chapter === undefined ? left : plot.valToPos(chapter, "x"), top];
}

function seriesOf(shape: ChartProps["shape"], stroke: string, face: string): uPlot.Series {
  if (shape === "line")
    return { stroke, width: 2, points: { show: true, size: 6, stroke, fill: face, width: 2 } };
  const paths = uPlot.paths.bars?.({ size: [0.66, 36], radius: 0.15 });
  return { stroke, fill: stroke, width: 0, points: { show: false }, ...(paths && { paths }) };
}

function xAxis(stroke: string): uPlot.Axis {
  return {
    stroke,
    font: FONT,
    size: 28,
    grid: { show: false },
    ticks: { show: false },
    incrs: [1, 2, 5, 10, 20, 50, 100],
  };
}

function yAxis(stroke: string, line: string, format: (value: number) => string): uPlot.Axis {
  return {
    stroke,
    font: FONT,
    size: 52,
    space: 26,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    values: (_plot, splits) => splits.map(format),
  };
}

const FONT = "12px system-ui, sans-serif";
