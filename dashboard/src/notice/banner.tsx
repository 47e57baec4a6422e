// The banner above the page: nothing while all is well.
import type { Connection, SystemFieldsFragment } from "@novelfoundry/client";
import { useEffect, useState } from "react";
import "./banner.css";
import { noticeFor } from "./notice.ts";

// A renewed sign-in or a restart of the server takes less: no reason to move the page and alarm its reader.
const MOMENT_MS = 2_000;

interface BannerProps {
  readonly connection: Connection;
  readonly system: SystemFieldsFragment | null;
}

export function Banner({ connection, system }: BannerProps) {
  const isLost = useLasting(connection === "silent");
  const notice = noticeFor(connection === "silent" && !isLost ? "connecting" : connection, system);
  return (
    <div role="status" className="notice">
      {notice && (
        <p className={notice.tone}>
          <strong>{notice.title}</strong> {notice.body}
        </p>
      )}
    </div>
  );
}

/** Whether it has been true for more than a moment. */
function useLasting(isTrue: boolean): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isTrue) return;
    const timer = setTimeout(() => setLasts(true), MOMENT_MS);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [isTrue]);
  return lasts;
}
