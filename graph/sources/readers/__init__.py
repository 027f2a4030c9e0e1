"""Readers for formats that need code: a file becomes records in the shape of a delimited file's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.sources.mapping import Table
from graph.sources.readers import fhir
from graph.sources.readers.record import Record

__all__ = ["READERS", "Reader", "Record"]


@dataclass(frozen=True, slots=True)
class Reader:
    """``check`` raises `ValueError` for a table the reader cannot serve; ``records`` yields what a file holds.

    ``documents`` counts what the file consists of. ``concerns`` tells of a whole file's content whether a table would
    get anything from it.
    """

    check: Callable[[Table], None]
    records: Callable[[Table, Path], Iterator[Record]]
    documents: Callable[[Path], int]
    concerns: Callable[[Table, bytes], bool]


READERS: dict[str, Reader] = {"fhir": Reader(fhir.check, fhir.records, fhir.documents, fhir.concerns)}
