// Numbers and times as an author reads them.
const numbers = new Intl.NumberFormat("en-GB");
const shares = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 0 });
const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const fullMoments = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
const clockTimes = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function count(value: number): string {
  return numbers.format(value);
}

/** "1 word", "2 words". */
export function counted(value: number, noun: string): string {
  return `${numbers.format(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A share of 0 to 1 as a percentage. */
export function percent(share: number): string {
  return shares.format(share);
}

/** A number with as many digits after the point as told. */
export function decimal(value: number, digits = 1): string {
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Bytes as megabytes, which are of a million bytes each: "0.3", "24.1". */
export function megabytes(bytes: number): string {
  return decimal(bytes / 1_000_000);
}

/** "4 h 10 min", from minutes. */
export function readingTime(minutes: number): string {
  const whole = Math.max(1, Math.round(minutes));
  const hours = Math.floor(whole / 60);
  if (hours === 0) return `${whole} min`;
  return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
}

/** How long ago, as far as that helps; an older time as its date. `now` in milliseconds since the epoch. */
export function ago(iso: string, now: number): string {
  const passed = now - Date.parse(iso);
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), "hour");
  if (passed < 7 * DAY) return relative.format(-Math.floor(passed / DAY), "day");
  return dates.format(Date.parse(iso));
}

/** "2.1 seconds", "48 seconds", "3 minutes", from milliseconds; exact enough to say how long something took. */
export function lasted(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${decimal(Math.max(0.1, seconds))} seconds`;
  if (seconds < 100) return `${Math.round(seconds)} seconds`;
  return counted(Math.round(seconds / 60), "minute");
}

/** "12 seconds", "3 minutes", from milliseconds: no more exact than one can wait by. */
export function roughly(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 20) return counted(seconds, "second");
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} seconds`;
  return counted(Math.round(seconds / 60), "minute");
}

/** The date in full and the minute. */
export function fullMoment(iso: string): string {
  return fullMoments.format(Date.parse(iso));
}

/** The date and the minute. */
export function moment(iso: string): string {
  return moments.format(Date.parse(iso));
}

/** "14:05". */
export function time(iso: string): string {
  return clockTimes.format(Date.parse(iso));
}
