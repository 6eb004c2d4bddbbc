"""Reads files of evidence: reports about models, and the events that say which run wrote them.

In: the files of a source. Out: each report with a digest of its bytes, and the valid OpenLineage events. What can't be
read is skipped with the reason. A figure that is no finite number is missing, and the rest of its file is read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from lexline_lineage.documents import Document
from lexline_lineage.hostile_json import read_json
from lexline_lineage.problems import LineageError
from lexline_plugins.importers.openlineage_events import Event, event_of, in_order
from lexline_plugins.importers.records import LINES, Reading, content_of, each_line, mapping

__all__ = ["EvidenceFile", "gather_evidence"]

_NOT_JSON = (".html", ".htm", ".parquet")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file: its name among the reports (it doesn't depend on where the events lie), its path, the SHA-256 of its
    content, and its document; ``None`` where it is of a form that holds none."""

    name: str
    path: Path
    digest: str
    document: Document | None

    @property
    def data(self) -> dict[str, object]:
        """What it holds, where that is a mapping; otherwise empty."""
        return mapping(self.document.data) if self.document is not None else {}

    def place(self, *path: str | int) -> str:
        """The file and line of a part."""
        if self.document is None or not self.document.is_located:
            return self.name
        return f"{self.name}:{self.document.place(*path)[0]}"


def gather_evidence(reading: Reading) -> tuple[list[EvidenceFile], list[Event]]:
    """All reports in the order of the files, and all events in the order of their time."""
    files: list[EvidenceFile] = []
    events: list[Event | None] = []
    for name, path in reading.files():
        try:
            content = content_of(path)
            if path.suffix.lower() in LINES:
                for place, value in each_line(content, name, reading):
                    if _is_event(value):
                        events.append(event_of(mapping(value), place, reading))
                    else:
                        reading.skip(place, "a file of JSON lines may hold events, and this is none")
                continue
            document = None if _suffix(path) in _NOT_JSON else read_json(content, name, infinite_is_missing=True)
        except LineageError as error:
            reading.skip_problems(error, name)
            continue
        listed = document.data if document is not None and isinstance(document.data, list) else []
        if document is not None and (_is_event(document.data) or (listed and all(map(_is_event, listed)))):
            events += [event_of(mapping(value), f"{name}:1", reading) for value in listed or [document.data]]
        else:
            files.append(EvidenceFile(name, path, hashlib.sha256(content).hexdigest(), document))
    names = {path: name for name, path in Reading([file.path for file in files]).files()}
    named = [replace(file, name=names[file.path]) for file in files]
    return named, in_order(event for event in events if event is not None)


def _is_event(value: object) -> bool:
    return "eventTime" in mapping(value)


def _suffix(path: Path) -> str:
    """The end of a name, before that which says that it is packed."""
    return Path(path.name.lower().removesuffix(".gz")).suffix
