// A paragraph of her own text, with what was found in it underlined.
import { memo, type ReactNode, useMemo } from "react";
import { counted } from "../format.ts";
import type { Place } from "../route.ts";
import { isSamePlace, type Mark, type Passage, type Segment, segmentsOf } from "./marks.ts";

/** Where the reader is: the element that has this id. */
export const HERE = "here";

interface PassageViewProps {
  readonly passage: Passage;
  /** Those of its paragraph that are switched on. */
  readonly marks: readonly Mark[];
  /** The place in its paragraph that she is at, if it is there. */
  readonly at: Place | undefined;
  /** By kind, which underline it has. */
  readonly styles: ReadonlyMap<string, number>;
  readonly onChoose: (mark: Mark) => void;
}

export const PassageView = memo(function PassageView({
  passage,
  marks,
  at,
  styles,
  onChoose,
}: PassageViewProps) {
  const shown = useMemo(() => withPlace(marks, at), [marks, at]);
  const segments = useMemo(() => segmentsOf(passage, shown), [passage, shown]);
  const here = segments.find((segment) => isWithin(segment, at));
  const begun = marks.filter(
    ({ start }) => start >= passage.start && start < passage.start + passage.text.length,
  );
  return (
    <>
      {passage.afterBreak && <hr className="scene-break" />}
      <p className={passage.start === 0 ? "passage" : "passage continued"}>
        {begun.length > 0 && (
          <span className="margin-count" title={`${counted(begun.length, "finding")} in this paragraph`}>
            <span aria-hidden="true">{begun.length}</span>
          </span>
        )}
        {segments.map((segment) => (
          <SegmentView
            key={segment.start}
            segment={segment}
            id={segment === here ? HERE : undefined}
            isHere={isWithin(segment, at)}
            styles={styles}
            onChoose={onChoose}
          />
        ))}
      </p>
    </>
  );
});

/** A place that she was sent to is shown though its kind is switched off. */
function withPlace(marks: readonly Mark[], at: Place | undefined): readonly Mark[] {
  if (at === undefined || marks.some((mark) => isSamePlace(mark, at))) return marks;
  return [...marks, { ...at, kind: "", label: "" }];
}

function isWithin({ marks }: Segment, at: Place | undefined): boolean {
  return at !== undefined && marks.some((mark) => isSamePlace(mark, at));
}

interface SegmentViewProps {
  readonly segment: Segment;
  readonly id: string | undefined;
  readonly isHere: boolean;
  readonly styles: ReadonlyMap<string, number>;
  readonly onChoose: (mark: Mark) => void;
}

function SegmentView({ segment: { text, marks }, id, isHere, styles, onChoose }: SegmentViewProps) {
  const [first] = marks;
  if (first === undefined) return text;
  const underlined = marks.reduceRight<ReactNode>(
    (inner, { kind, label }) => (
      <span className={`under under-${styles.get(kind) ?? "none"}`} key={`${kind} ${label}`}>
        {inner}
      </span>
    ),
    text,
  );
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: no stop for Tab, of which a chapter would have a thousand: the walk below the text leads to each with the keyboard.
    <mark id={id} className={isHere ? "mark current" : "mark"} onClick={() => onChoose(first)}>
      {underlined}
    </mark>
  );
}
