"""What was ever published, in a folder below `TWIN_HOME`: a file for each month, written once.

A month that was published once and is published again with later facts would tell, by the difference, of the few
whose facts were late. So the file comes first and the graph follows it, also after the graph was lost.
"""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

from graph.disclosure.edition import Edition, Publication
from graph.errors import GraphMismatch
from graph.settings import Settings


class Ledger:
    """The editions of one publication of a twin."""

    def __init__(self, settings: Settings, publication: Publication) -> None:
        self.publication = publication
        self.folder = settings.home / publication.folder

    def months(self) -> set[datetime.date]:
        """The months that are closed."""
        return {datetime.date.fromisoformat(f"{file.stem}-01") for file in self.folder.glob("????-??.json")}

    def keep(self, edition: Edition) -> None:
        """Write an edition down, on the disk when this returns; raise `FileExistsError` when its month is closed."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(edition.month)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(edition.to_json(), file)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a renaming, never replaces what is there.
        path.hardlink_to(unfinished)
        unfinished.unlink()

    def read(self, month: datetime.date) -> Edition:
        """The edition of a closed month; raise `GraphMismatch` when its file is damaged."""
        path = self._path(month)
        try:
            return Edition.from_json(self.publication, json.loads(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError) as error:
            raise GraphMismatch(
                f"{str(path)!r} is not an edition of {self.publication.name} ({error}): restore it from a backup; "
                "without it the month must not be published again"
            ) from error

    def _path(self, month: datetime.date) -> Path:
        return self.folder / f"{month:%Y-%m}.json"
