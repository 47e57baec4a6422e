// Reads over HTTP what the job feed would have told.
import type { Job } from "./board.ts";
import { JobPollDocument, type JobPollQuery, type SystemFieldsFragment } from "./generated/operations.ts";
import type { HttpClient } from "./http.ts";

// Of a hundred manuscripts each: as many as an author may have.
const MOST_PAGES = 20;

/** Every manuscript's latest job, and how the deployment is. */
export async function readJobs(
  http: HttpClient,
  signal: AbortSignal,
): Promise<{ readonly jobs: readonly Job[]; readonly system: SystemFieldsFragment }> {
  const first = await http.execute(JobPollDocument, {}, signal);
  let { manuscripts } = first;
  const jobs = latestJobs(manuscripts);
  for (let page = 1; manuscripts.pageInfo.hasNextPage && page < MOST_PAGES; page += 1) {
    const after = manuscripts.pageInfo.endCursor;
    ({ manuscripts } = await http.execute(JobPollDocument, { after }, signal));
    jobs.push(...latestJobs(manuscripts));
  }
  return { jobs, system: first.system };
}

function latestJobs(manuscripts: JobPollQuery["manuscripts"]): Job[] {
  return manuscripts.edges.flatMap(({ node }) => (node.latestJob ? [node.latestJob] : []));
}
