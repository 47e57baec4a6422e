// What a front end may import from @novelfoundry/client. The React hooks are in @novelfoundry/client/react.
export type { FollowedJob, Job } from "./board.ts";
export type { LineEvent } from "./events.ts";
export type {
  Connection,
  JobFeedOptions,
  JobFeedSnapshot,
  ManuscriptChange,
  ManuscriptListener,
  Pace,
} from "./feed.ts";
export { JobFeed } from "./feed.ts";
export * from "./generated/operations.ts";
export type {
  GetToken,
  HttpOptions,
  RequestFailure,
  ServerError,
  Upload,
  UploadDetails,
} from "./http.ts";
export { HttpClient, RequestFailed } from "./http.ts";
export type { LockTerms } from "./lock.ts";
export { holdsLock, lockDuration } from "./lock.ts";
export type { CloseAction, RefusalAction } from "./refusals.ts";
export { closeAction, pauseBefore, refusalAction } from "./refusals.ts";
export { isTerminal, readStatus, unforeseen } from "./status.ts";
export type { SubscriptionOptions } from "./subscriptions.ts";
export { SubscriptionClient } from "./subscriptions.ts";
