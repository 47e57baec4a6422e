// Jobs and manuscripts for tests, plain until a test says otherwise.
import type {
  FollowedJob,
  ManuscriptFieldsFragment,
  ReportFieldsFragment,
  SystemFieldsFragment,
} from "@novelfoundry/client";

export function someJob(changes: Partial<FollowedJob> = {}): FollowedJob {
  return {
    id: "job-1",
    kind: "analysis",
    status: "QUEUED",
    isTerminal: false,
    locksManuscript: true,
    isVoid: false,
    stage: null,
    progress: null,
    attempt: 0,
    maxAttempts: 3,
    version: 1,
    queuedAt: "2026-11-01T10:00:00Z",
    startedAt: null,
    finishedAt: null,
    deadlineAt: "2026-11-01T10:05:00Z",
    asOf: "2026-11-01T10:00:00Z",
    waiting: null,
    failure: null,
    retryOf: null,
    manuscript: { id: "manuscript-1", title: "The Lamp" },
    ...changes,
  };
}

export function someManuscript(id: string): ManuscriptFieldsFragment {
  const createdAt = "2026-11-01T10:00:00Z";
  return {
    id,
    title: "The Lamp",
    filename: null,
    wordCount: null,
    createdAt,
    isLocked: false,
    latestJob: null,
  };
}

export function someSystem(changes: Partial<SystemFieldsFragment> = {}): SystemFieldsFragment {
  const healthy = { state: "HEALTHY", live: 1, lastSeenAt: "2026-11-01T10:00:00Z" } as const;
  return {
    asOf: "2026-11-01T10:00:00Z",
    sweeper: healthy,
    workers: healthy,
    push: healthy,
    queued: 0,
    running: 0,
    hold: null,
    message: null,
    ...changes,
  };
}

/** Two chapters, the second of a language that is not measured, and a finding at two places. */
export function someReport(changes: Partial<ReportFieldsFragment> = {}): ReportFieldsFragment {
  const counted = {
    sentences: 10,
    paragraphs: 4,
    readingMinutes: 0.5,
    sceneBreaks: 0,
    knownSceneBreaks: null,
  };
  const chapter = {
    sectionKind: "CHAPTER",
    heading: "",
    name: "",
    words: 120,
    longestSentenceWords: 20,
  } as const;
  const unmeasured = {
    dialogueShare: null,
    meanSentenceWords: null,
    sentenceSpread: null,
    readingEase: null,
    grade: null,
  };
  const place = { chapter: 1, paragraph: 2, start: 3, end: 9 };
  return {
    id: "report-1",
    createdAt: "2026-11-01T10:00:00Z",
    summary: {
      ...counted,
      words: 240,
      chapters: 2,
      sections: 2,
      wordsPerMinute: 260,
      measured: { dialogueShare: null, meanSentenceWords: 12, readingEase: null, grade: null },
      frontWords: 0,
      backWords: 0,
      leftOut: [],
      divisions: "2 chapters",
      notes: [],
    },
    chapters: [
      {
        ...counted,
        ...chapter,
        number: 1,
        title: 'One, or the "Gate"',
        opening: "",
        measured: { ...unmeasured, meanSentenceWords: 12, sentenceSpread: 3 },
      },
      { ...counted, ...chapter, number: 2, title: "", opening: "It rained", measured: unmeasured },
    ],
    highlights: [],
    bands: [],
    sections: [
      {
        key: "style",
        title: "Style",
        howToRead: "As you like.",
        source: "",
        curve: [],
        kinds: [],
        figures: [],
        findings: [
          {
            label: "slowly",
            kind: "adverb",
            count: 2,
            per10000: 8,
            ratio: null,
            note: "adverb",
            byChapter: [2, 0],
            places: [
              { ...place, quote: "=SUM(A1), she said" },
              { ...place, paragraph: 3, quote: "It rained _so_ slowly." },
            ],
          },
        ],
      },
    ],
    hasText: true,
    ...changes,
  };
}
