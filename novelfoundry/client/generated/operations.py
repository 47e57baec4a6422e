from datetime import datetime
from typing import Any, Optional, Union

from .add_manuscript import AddManuscript
from .base_client import BaseClient
from .base_model import UNSET, UnsetType
from .cancel_job import CancelJob
from .cancel_jobs import CancelJobs
from .chapter import Chapter
from .chapter_marks import ChapterMarks
from .chapter_passages import ChapterPassages
from .compare_drafts import CompareDrafts
from .delete_manuscript import DeleteManuscript
from .drafts import Drafts
from .enums import FailureCode, JobStatus, ManuscriptOrder
from .erase_everything import EraseEverything
from .hold_line import HoldLine
from .input_types import (
    AddManuscriptInput,
    CancelJobsInput,
    ManuscriptFilter,
    RetryJobsInput,
    SetDraftOfInput,
    UpdateManuscriptInput,
)
from .job import Job
from .job_poll import JobPoll
from .jobs import Jobs
from .manuscript import Manuscript
from .manuscript_line import ManuscriptLine
from .manuscripts import Manuscripts
from .operator import Operator
from .places import Places
from .resume_line import ResumeLine
from .retry_failed import RetryFailed
from .retry_job import RetryJob
from .retry_jobs import RetryJobs
from .role import Role
from .set_draft_of import SetDraftOf
from .start_analysis import StartAnalysis
from .system import System
from .terminal_report import TerminalReport
from .terminal_start import TerminalStart
from .update_manuscript import UpdateManuscript
from .viewer import Viewer


def gql(q: str) -> str:
    return q


class Operations(BaseClient):
    def add_manuscript(self, input: AddManuscriptInput, **kwargs: Any) -> AddManuscript:
        query = gql("""
            mutation AddManuscript($input: AddManuscriptInput!) {
              addManuscript(input: $input) {
                __typename
                ...ManuscriptFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment ManuscriptFields on Manuscript {
              id
              title
              filename
              wordCount
              createdAt
              isLocked
              latestJob {
                ...JobFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="AddManuscript", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddManuscript.model_validate(data)

    def cancel_job(self, id: str, **kwargs: Any) -> CancelJob:
        query = gql("""
            mutation CancelJob($id: ID!) {
              cancelJob(id: $id) {
                __typename
                ...JobFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="CancelJob", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CancelJob.model_validate(data)

    def cancel_jobs(self, input: CancelJobsInput, **kwargs: Any) -> CancelJobs:
        query = gql("""
            mutation CancelJobs($input: CancelJobsInput!) {
              cancelJobs(input: $input) {
                __typename
                ...OutcomeFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment OutcomeFields on JobOutcomes {
              done
              refused
              hasMore
              outcomes {
                id
                job {
                  ...JobFields
                }
                refusal {
                  ...RefusalFields
                }
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="CancelJobs", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CancelJobs.model_validate(data)

    def chapter(
        self,
        id: str,
        number: int,
        kinds: Union[Optional[list[str]], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        start_at: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Chapter:
        query = gql("""
            query Chapter($id: ID!, $number: Int!, $kinds: [String!], $first: Int = 50, $startAt: Int = 1) {
              manuscript(id: $id) {
                id
                chapter(number: $number) {
                  number
                  outline {
                    paragraphs
                    lengths
                    scenes
                  }
                  passages(first: $first, startAt: $startAt) {
                    ...PassageFields
                  }
                  marks(kinds: $kinds) {
                    ...MarksFields
                  }
                }
              }
            }

            fragment MarksFields on ChapterMarks {
              kind
              labels
              label
              paragraph
              start
              end
            }

            fragment PassageFields on Passage {
              position
              paragraph
              start
              afterBreak
              text
            }
            """)
        variables: dict[str, object] = {
            "id": id,
            "number": number,
            "kinds": kinds,
            "first": first,
            "startAt": start_at,
        }
        response = self.execute(
            query=query, operation_name="Chapter", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Chapter.model_validate(data)

    def chapter_marks(
        self,
        id: str,
        number: int,
        kinds: Union[Optional[list[str]], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ChapterMarks:
        query = gql("""
            query ChapterMarks($id: ID!, $number: Int!, $kinds: [String!]) {
              manuscript(id: $id) {
                id
                chapter(number: $number) {
                  number
                  marks(kinds: $kinds) {
                    ...MarksFields
                  }
                }
              }
            }

            fragment MarksFields on ChapterMarks {
              kind
              labels
              label
              paragraph
              start
              end
            }
            """)
        variables: dict[str, object] = {"id": id, "number": number, "kinds": kinds}
        response = self.execute(
            query=query, operation_name="ChapterMarks", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ChapterMarks.model_validate(data)

    def chapter_passages(
        self,
        id: str,
        number: int,
        first: Union[Optional[int], UnsetType] = UNSET,
        start_at: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ChapterPassages:
        query = gql("""
            query ChapterPassages($id: ID!, $number: Int!, $first: Int = 50, $startAt: Int = 1) {
              manuscript(id: $id) {
                id
                chapter(number: $number) {
                  number
                  passages(first: $first, startAt: $startAt) {
                    ...PassageFields
                  }
                }
              }
            }

            fragment PassageFields on Passage {
              position
              paragraph
              start
              afterBreak
              text
            }
            """)
        variables: dict[str, object] = {
            "id": id,
            "number": number,
            "first": first,
            "startAt": start_at,
        }
        response = self.execute(
            query=query, operation_name="ChapterPassages", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ChapterPassages.model_validate(data)

    def compare_drafts(
        self,
        before: str,
        after: str,
        habits: Union[Optional[int], UnsetType] = UNSET,
        places: Union[Optional[int], UnsetType] = UNSET,
        after_place: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CompareDrafts:
        query = gql("""
            query CompareDrafts($before: ID!, $after: ID!, $habits: Int = 20, $places: Int = 20, $afterPlace: Int = 0) {
              compareDrafts(before: $before, after: $after) {
                __typename
                ... on DraftComparison {
                  shared
                  isSameBook
                  before {
                    ...DraftFigures
                  }
                  after {
                    ...DraftFigures
                  }
                  chapters {
                    change
                    isMoved
                    before {
                      ...DraftChapterFields
                    }
                    after {
                      ...DraftChapterFields
                    }
                  }
                  habits(first: $habits) {
                    kind
                    label
                    before
                    after
                  }
                  mended(first: $places, after: $afterPlace) {
                    ...ChangedPlacesFields
                  }
                  cameIn(first: $places, after: $afterPlace) {
                    ...ChangedPlacesFields
                  }
                }
                ...RefusalFields
              }
            }

            fragment ChangedPlacesFields on ChangedPlaces {
              total
              places {
                kind
                label
                place {
                  chapter
                  paragraph
                  start
                  end
                  quote
                }
              }
            }

            fragment DraftChapterFields on ChapterReport {
              number
              title
              words
              measured {
                dialogueShare
                meanSentenceWords
              }
            }

            fragment DraftFigures on AnalysisReport {
              id
              createdAt
              summary {
                words
                divisions
                dialogueShare
                meanSentenceWords
              }
              sections {
                kinds {
                  key
                  title
                }
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {
            "before": before,
            "after": after,
            "habits": habits,
            "places": places,
            "afterPlace": after_place,
        }
        response = self.execute(
            query=query, operation_name="CompareDrafts", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CompareDrafts.model_validate(data)

    def delete_manuscript(self, id: str, **kwargs: Any) -> DeleteManuscript:
        query = gql("""
            mutation DeleteManuscript($id: ID!) {
              deleteManuscript(id: $id) {
                __typename
                ... on DeletedManuscript {
                  id
                }
                ...RefusalFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query,
            operation_name="DeleteManuscript",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteManuscript.model_validate(data)

    def drafts(self, id: str, **kwargs: Any) -> Drafts:
        query = gql("""
            query Drafts($id: ID!) {
              manuscript(id: $id) {
                id
                work {
                  id
                  drafts {
                    number
                    manuscript {
                      id
                      title
                      wordCount
                      createdAt
                    }
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="Drafts", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Drafts.model_validate(data)

    def erase_everything(self, confirm: str, **kwargs: Any) -> EraseEverything:
        query = gql("""
            mutation EraseEverything($confirm: String!) {
              eraseEverything(confirm: $confirm) {
                __typename
                ... on ErasedEverything {
                  manuscripts
                  remains
                }
                ...RefusalFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"confirm": confirm}
        response = self.execute(
            query=query, operation_name="EraseEverything", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return EraseEverything.model_validate(data)

    def hold_line(self, why: str, **kwargs: Any) -> HoldLine:
        query = gql("""
            mutation HoldLine($why: String!) {
              holdLine(why: $why) {
                __typename
                ... on Hold {
                  since
                }
                ...RefusalFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"why": why}
        response = self.execute(
            query=query, operation_name="HoldLine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return HoldLine.model_validate(data)

    def job(self, id: str, **kwargs: Any) -> Job:
        query = gql("""
            query Job($id: ID!) {
              job(id: $id) {
                ...JobFields
                ...JobHistory
                report {
                  ...ReportFields
                }
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment JobHistory on Job {
              events {
                version
                at
                status
                decidedBy
                message
              }
            }

            fragment ReportFields on AnalysisReport {
              id
              createdAt
              summary {
                words
                sentences
                paragraphs
                chapters
                sections
                readingMinutes
                wordsPerMinute
                measured {
                  dialogueShare
                  meanSentenceWords
                  readingEase
                  grade
                }
                sceneBreaks
                frontWords
                backWords
                leftOut
                divisions
                notes
                knownSceneBreaks
              }
              chapters {
                number
                sectionKind
                title
                heading
                name
                words
                sentences
                paragraphs
                readingMinutes
                longestSentenceWords
                measured {
                  dialogueShare
                  meanSentenceWords
                  sentenceSpread
                  readingEase
                  grade
                }
                sceneBreaks
                knownSceneBreaks
                opening
              }
              highlights {
                section
                kind
                label
                sentence
                why
                leave
                place {
                  chapter
                  paragraph
                  start
                  end
                  quote
                }
              }
              bands {
                key
                label
                value
                measure
                periods {
                  name
                  books
                  low
                  middle
                  high
                }
              }
              sections {
                key
                title
                howToRead
                source
                curve
                kinds {
                  key
                  title
                  why
                  leave
                  precision
                  judged
                  count
                  byChapter
                }
                figures {
                  label
                  value
                  measure
                  unit
                  meaning
                }
                findings {
                  label
                  kind
                  count
                  per10000
                  ratio
                  note
                  byChapter
                  places {
                    chapter
                    paragraph
                    start
                    end
                    quote
                  }
                }
              }
              hasText
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="Job", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Job.model_validate(data)

    def job_poll(
        self, after: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> JobPoll:
        query = gql("""
            query JobPoll($after: String) {
              system {
                ...SystemFields
              }
              manuscripts(first: 100, after: $after) {
                pageInfo {
                  hasNextPage
                  endCursor
                }
                edges {
                  node {
                    latestJob {
                      ...JobFields
                    }
                  }
                }
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment SystemFields on SystemHealth {
              asOf
              sweeper {
                state
                live
                lastSeenAt
              }
              workers {
                state
                live
                lastSeenAt
              }
              push {
                state
                live
                lastSeenAt
              }
              queued
              running
              hold {
                since
                why
                by
              }
              message
            }
            """)
        variables: dict[str, object] = {"after": after}
        response = self.execute(
            query=query, operation_name="JobPoll", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return JobPoll.model_validate(data)

    def jobs(
        self,
        status: Union[Optional[list[JobStatus]], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Jobs:
        query = gql("""
            query Jobs($status: [JobStatus!], $first: Int = 20, $after: String) {
              jobs(status: $status, first: $first, after: $after) {
                pageInfo {
                  hasNextPage
                  hasPreviousPage
                  startCursor
                  endCursor
                }
                edges {
                  cursor
                  node {
                    ...JobFields
                  }
                }
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }
            """)
        variables: dict[str, object] = {
            "status": status,
            "first": first,
            "after": after,
        }
        response = self.execute(
            query=query, operation_name="Jobs", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Jobs.model_validate(data)

    def manuscript(
        self, id: str, jobs: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> Manuscript:
        query = gql("""
            query Manuscript($id: ID!, $jobs: Int = 20) {
              manuscript(id: $id) {
                ...ManuscriptFields
                latestReport {
                  ...ReportFields
                }
                jobs(first: $jobs) {
                  ...JobFields
                  ...JobHistory
                }
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment JobHistory on Job {
              events {
                version
                at
                status
                decidedBy
                message
              }
            }

            fragment ManuscriptFields on Manuscript {
              id
              title
              filename
              wordCount
              createdAt
              isLocked
              latestJob {
                ...JobFields
              }
            }

            fragment ReportFields on AnalysisReport {
              id
              createdAt
              summary {
                words
                sentences
                paragraphs
                chapters
                sections
                readingMinutes
                wordsPerMinute
                measured {
                  dialogueShare
                  meanSentenceWords
                  readingEase
                  grade
                }
                sceneBreaks
                frontWords
                backWords
                leftOut
                divisions
                notes
                knownSceneBreaks
              }
              chapters {
                number
                sectionKind
                title
                heading
                name
                words
                sentences
                paragraphs
                readingMinutes
                longestSentenceWords
                measured {
                  dialogueShare
                  meanSentenceWords
                  sentenceSpread
                  readingEase
                  grade
                }
                sceneBreaks
                knownSceneBreaks
                opening
              }
              highlights {
                section
                kind
                label
                sentence
                why
                leave
                place {
                  chapter
                  paragraph
                  start
                  end
                  quote
                }
              }
              bands {
                key
                label
                value
                measure
                periods {
                  name
                  books
                  low
                  middle
                  high
                }
              }
              sections {
                key
                title
                howToRead
                source
                curve
                kinds {
                  key
                  title
                  why
                  leave
                  precision
                  judged
                  count
                  byChapter
                }
                figures {
                  label
                  value
                  measure
                  unit
                  meaning
                }
                findings {
                  label
                  kind
                  count
                  per10000
                  ratio
                  note
                  byChapter
                  places {
                    chapter
                    paragraph
                    start
                    end
                    quote
                  }
                }
              }
              hasText
            }
            """)
        variables: dict[str, object] = {"id": id, "jobs": jobs}
        response = self.execute(
            query=query, operation_name="Manuscript", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Manuscript.model_validate(data)

    def manuscript_line(self, id: str, **kwargs: Any) -> ManuscriptLine:
        query = gql("""
            query ManuscriptLine($id: ID!) {
              manuscript(id: $id) {
                ...ManuscriptFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment ManuscriptFields on Manuscript {
              id
              title
              filename
              wordCount
              createdAt
              isLocked
              latestJob {
                ...JobFields
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="ManuscriptLine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ManuscriptLine.model_validate(data)

    def manuscripts(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[ManuscriptFilter], UnsetType] = UNSET,
        order_by: Union[Optional[ManuscriptOrder], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Manuscripts:
        query = gql("""
            query Manuscripts($first: Int = 20, $after: String, $filter: ManuscriptFilter, $orderBy: ManuscriptOrder = NEWEST) {
              manuscripts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
                totalCount
                matchingCount
                pageInfo {
                  hasNextPage
                  hasPreviousPage
                  startCursor
                  endCursor
                }
                edges {
                  cursor
                  node {
                    ...ManuscriptFields
                  }
                }
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment ManuscriptFields on Manuscript {
              id
              title
              filename
              wordCount
              createdAt
              isLocked
              latestJob {
                ...JobFields
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
            "orderBy": order_by,
        }
        response = self.execute(
            query=query, operation_name="Manuscripts", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Manuscripts.model_validate(data)

    def operator(self, **kwargs: Any) -> Operator:
        query = gql("""
            query Operator {
              operator {
                __typename
                ... on Operator {
                  system {
                    ...SystemFields
                    troubles {
                      code
                      message
                    }
                  }
                  counts {
                    status
                    failureCode
                    number
                    withinHour
                    countedSince
                  }
                  throughput {
                    beginsAt
                    completed
                    failed
                    cancelled
                  }
                  processes {
                    id
                    kind
                    version
                    host
                    pid
                    state
                    capacity
                    busy
                    startedAt
                    lastSeenAt
                    clockOffsetSeconds
                    troubles {
                      code
                      message
                    }
                  }
                  running {
                    ...OperatorJobFields
                  }
                  line {
                    authorId
                    waiting
                    running
                    oldestQueuedAt
                  }
                  failed {
                    ...OperatorJobFields
                  }
                }
                ...RefusalFields
              }
            }

            fragment OperatorJobFields on OperatorJob {
              id
              authorId
              status
              failureCode
              failureMessage
              stage
              progress
              attempt
              maxAttempts
              workersLost
              workerId
              queuedAt
              startedAt
              finishedAt
            }

            fragment RefusalFields on Refusal {
              code
              message
            }

            fragment SystemFields on SystemHealth {
              asOf
              sweeper {
                state
                live
                lastSeenAt
              }
              workers {
                state
                live
                lastSeenAt
              }
              push {
                state
                live
                lastSeenAt
              }
              queued
              running
              hold {
                since
                why
                by
              }
              message
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="Operator", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Operator.model_validate(data)

    def places(
        self,
        report: str,
        kind: str,
        label: Union[Optional[str], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Places:
        query = gql("""
            query Places($report: ID!, $kind: String!, $label: String, $first: Int = 20, $after: Int = 0) {
              node(id: $report) {
                __typename
                id
                ... on AnalysisReport {
                  places(kind: $kind, label: $label, first: $first, after: $after) {
                    total
                    occurrences {
                      position
                      label
                      chapter
                      paragraph
                      start
                      end
                      quote
                    }
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "report": report,
            "kind": kind,
            "label": label,
            "first": first,
            "after": after,
        }
        response = self.execute(
            query=query, operation_name="Places", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Places.model_validate(data)

    def resume_line(self, **kwargs: Any) -> ResumeLine:
        query = gql("""
            mutation ResumeLine {
              resumeLine {
                __typename
                ... on Hold {
                  since
                }
                ...RefusalFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="ResumeLine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ResumeLine.model_validate(data)

    def retry_failed(
        self,
        failure_code: list[FailureCode],
        since: Union[Optional[datetime], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RetryFailed:
        query = gql("""
            mutation RetryFailed($failureCode: [FailureCode!]!, $since: DateTime) {
              retryFailed(failureCode: $failureCode, since: $since) {
                __typename
                ... on RetriedJobs {
                  done
                  refused
                  hasMore
                }
                ...RefusalFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"failureCode": failure_code, "since": since}
        response = self.execute(
            query=query, operation_name="RetryFailed", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RetryFailed.model_validate(data)

    def retry_job(self, id: str, **kwargs: Any) -> RetryJob:
        query = gql("""
            mutation RetryJob($id: ID!) {
              retryJob(id: $id) {
                __typename
                ...JobFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="RetryJob", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RetryJob.model_validate(data)

    def retry_jobs(self, input: RetryJobsInput, **kwargs: Any) -> RetryJobs:
        query = gql("""
            mutation RetryJobs($input: RetryJobsInput!) {
              retryJobs(input: $input) {
                __typename
                ...OutcomeFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment OutcomeFields on JobOutcomes {
              done
              refused
              hasMore
              outcomes {
                id
                job {
                  ...JobFields
                }
                refusal {
                  ...RefusalFields
                }
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="RetryJobs", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RetryJobs.model_validate(data)

    def role(self, **kwargs: Any) -> Role:
        query = gql("""
            query Role {
              viewer {
                isOperator
              }
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="Role", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Role.model_validate(data)

    def set_draft_of(self, input: SetDraftOfInput, **kwargs: Any) -> SetDraftOf:
        query = gql("""
            mutation SetDraftOf($input: SetDraftOfInput!) {
              setDraftOf(input: $input) {
                __typename
                ... on Manuscript {
                  id
                }
                ...RefusalFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="SetDraftOf", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SetDraftOf.model_validate(data)

    def start_analysis(self, manuscript_id: str, **kwargs: Any) -> StartAnalysis:
        query = gql("""
            mutation StartAnalysis($manuscriptId: ID!) {
              startAnalysis(manuscriptId: $manuscriptId) {
                __typename
                ...JobFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"manuscriptId": manuscript_id}
        response = self.execute(
            query=query, operation_name="StartAnalysis", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return StartAnalysis.model_validate(data)

    def system(self, **kwargs: Any) -> System:
        query = gql("""
            query System {
              system {
                ...SystemFields
              }
            }

            fragment SystemFields on SystemHealth {
              asOf
              sweeper {
                state
                live
                lastSeenAt
              }
              workers {
                state
                live
                lastSeenAt
              }
              push {
                state
                live
                lastSeenAt
              }
              queued
              running
              hold {
                since
                why
                by
              }
              message
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="System", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return System.model_validate(data)

    def terminal_report(self, id: str, **kwargs: Any) -> TerminalReport:
        query = gql("""
            query TerminalReport($id: ID!) {
              job(id: $id) {
                manuscript {
                  title
                }
                report {
                  id
                  createdAt
                  summary {
                    words
                    sentences
                    paragraphs
                    chapters
                    sections
                    readingMinutes
                    wordsPerMinute
                    dialogueShare
                    meanSentenceWords
                    readingEase
                    grade
                    sceneBreaks
                    frontWords
                    backWords
                    leftOut
                    divisions
                    notes
                    knownSceneBreaks
                  }
                  chapters {
                    number
                    kind
                    title
                    heading
                    name
                    words
                    sentences
                    paragraphs
                    readingMinutes
                    dialogueShare
                    meanSentenceWords
                    sentenceSpread
                    longestSentenceWords
                    readingEase
                    grade
                    sceneBreaks
                    knownSceneBreaks
                    opening
                  }
                  series {
                    words
                    dialogueShare
                    meanSentenceWords
                    sentenceSpread
                    readingEase
                    grade
                  }
                  sections {
                    key
                    title
                    howToRead
                    source
                    curve
                    kinds {
                      key
                      title
                      why
                      leave
                      precision
                      judged
                      count
                      byChapter
                    }
                    figures {
                      label
                      value
                      measure
                      unit
                      meaning
                    }
                    findings {
                      label
                      kind
                      count
                      per10000
                      ratio
                      note
                      byChapter
                      places {
                        chapter
                        paragraph
                        start
                        end
                        quote
                      }
                    }
                  }
                  highlights {
                    section
                    kind
                    label
                    sentence
                    why
                    leave
                    place {
                      chapter
                      paragraph
                      start
                      end
                      quote
                    }
                  }
                  bands {
                    key
                    label
                    value
                    measure
                    periods {
                      name
                      books
                      low
                      middle
                      high
                    }
                  }
                  hasText
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="TerminalReport", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return TerminalReport.model_validate(data)

    def terminal_start(self, id: str, **kwargs: Any) -> TerminalStart:
        query = gql("""
            mutation TerminalStart($id: ID!) {
              startAnalysis(manuscriptId: $id) {
                __typename
                ... on Job {
                  id
                }
                ... on Refusal {
                  code
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="TerminalStart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return TerminalStart.model_validate(data)

    def update_manuscript(
        self, input: UpdateManuscriptInput, **kwargs: Any
    ) -> UpdateManuscript:
        query = gql("""
            mutation UpdateManuscript($input: UpdateManuscriptInput!) {
              updateManuscript(input: $input) {
                __typename
                ...ManuscriptFields
                ...RefusalFields
              }
            }

            fragment JobFields on Job {
              id
              kind
              status
              isTerminal
              locksManuscript
              stage
              progress
              attempt
              maxAttempts
              version
              queuedAt
              startedAt
              finishedAt
              deadlineAt
              asOf
              waiting {
                reason
                message
                position
                expectedStartAt
              }
              failure {
                code
                message
                retryable
              }
              retryOf {
                id
              }
              manuscript {
                id
                title
              }
            }

            fragment ManuscriptFields on Manuscript {
              id
              title
              filename
              wordCount
              createdAt
              isLocked
              latestJob {
                ...JobFields
              }
            }

            fragment RefusalFields on Refusal {
              code
              message
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query,
            operation_name="UpdateManuscript",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateManuscript.model_validate(data)

    def viewer(self, **kwargs: Any) -> Viewer:
        query = gql("""
            query Viewer {
              viewer {
                id
                email
              }
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="Viewer", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Viewer.model_validate(data)
