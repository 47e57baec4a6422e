// The story that comes with the service. Loaded only when somebody asks for it.
const stories = import.meta.glob<string>("../../../samples/*.txt", { query: "?raw", import: "default" });

export const hasSample = Object.keys(stories).length > 0;

/** The sample as a file. Throws when the build came without one. */
export async function loadSample(): Promise<File> {
  const story = Object.entries(stories)[0];
  if (story === undefined) throw new Error("This build has no sample story.");
  const [path, load] = story;
  return new File([await load()], path.slice(path.lastIndexOf("/") + 1), { type: "text/plain" });
}
