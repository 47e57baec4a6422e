// The story that comes with the service. Loaded only when somebody asks for it.
const stories = import.meta.glob<string>("../../../samples/*.txt", { query: "?raw", import: "default" });

export const hasSample = Object.keys(stories).length > 0;

export interface Sample {
  readonly title: string;
  readonly file: File;
}

/** The story and its title, which is its first line. Throws when the build came without one. */
export async function loadSample(): Promise<Sample> {
  const story = Object.entries(stories)[0];
  if (story === undefined) throw new Error("This build has no sample story.");
  const [path, load] = story;
  const text = await load();
  const [title = ""] = text.trimStart().split("\n", 1);
  return {
    title: title.trim(),
    file: new File([text], path.slice(path.lastIndexOf("/") + 1), { type: "text/plain" }),
  };
}
