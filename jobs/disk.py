"""Room on the disk that the embedded database lies on: nothing more is kept before it is full."""

import asyncio
import shutil
from pathlib import Path

from jobs.errors import Unavailable
from jobs.settings import Settings

FULL = (
    "The service's disk is almost full, so nothing new can be kept until its operator makes room. "
    "What you have here is safe."
)


class Disk:
    """The disk of the data folder, where the database lies in it; anywhere else its room cannot be known from here."""

    def __init__(self, settings: Settings) -> None:
        self._folder: Path | None = settings.data if is_local(settings.data) else None
        self._least = settings.min_free_bytes

    @property
    def is_known(self) -> bool:
        """Whether there is anything to watch."""
        return self._folder is not None

    async def need_room(self, size: int = 0) -> None:
        """Raises Unavailable where less than the least would be left beside so many bytes more."""
        if self._folder is None:
            return
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        if free - size < self._least:
            raise Unavailable(FULL, detail=f"{free} bytes are free where {self._folder} lies")


def is_local(data: Path) -> bool:
    """Whether an embedded database lies in the folder."""
    return (data / "postgres" / "PG_VERSION").exists()
