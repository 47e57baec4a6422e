// The banner above the page: nothing while all is well.
import type { Connection, SystemFieldsFragment } from "@novelfoundry/client";
import "./banner.css";
import { noticeFor } from "./notice.ts";

interface BannerProps {
  readonly connection: Connection;
  readonly system: SystemFieldsFragment | null;
}

export function Banner({ connection, system }: BannerProps) {
  const notice = noticeFor(connection, system);
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
