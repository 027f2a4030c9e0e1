"""FHIR R4 as JSON: single resources, bundles, or one resource a line (NDJSON); gzip allowed.

A table names the ``resource`` it reads and may give ``each``, the path of the elements that become rows (a resource
without such an element is one row without values of it). A column's ``from`` is a path, or several of which the
first that finds something counts. One table of a mapping has ``besides`` instead: it takes the resources of all
other types and the documents that cannot be read, so that nothing in a file goes unnoticed.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.sources.mapping import Column, Table
from graph.sources.readers.fhirpath import Context, parse, texts, values
from graph.sources.readers.fhirpath import Path as FhirPath
from graph.sources.readers.record import Record

_OPTIONS = ("resource", "each", "besides")


def check(table: Table) -> None:
    """Raise `ValueError` where the table's options or a column's path cannot be used."""
    for name in table.options:
        if name not in _OPTIONS:
            raise ValueError(f"table {table.name!r}: reader 'fhir' knows no option {name!r}")
    if ("resource" in table.options) == ("besides" in table.options):
        raise ValueError(f"table {table.name!r}: reader 'fhir' needs either `resource` or `besides`")
    if "each" in table.options:
        parse(table.options["each"])
    for column in table.columns:
        for name in column.names:
            parse(name)


def records(table: Table, path: Path) -> Iterator[Record]:
    """The rows of a file, counted from 1: by the place of the resource, or with ``each`` by row."""
    each = parse(table.options["each"]) if "each" in table.options else None
    columns = [(column, [parse(name) for name in column.names]) for column in table.columns]
    row = 0
    for line, resource, neighbours in _resources(path):
        if isinstance(resource, str):
            if "besides" in table.options:
                yield Record(line, problem=resource)
            continue
        if not _takes(table, resource):
            continue
        context = Context(resource, neighbours)
        elements = [resource] if each is None else (values(each, resource, context) or [{}])
        for element in elements:
            row += 1
            cells = tuple(_cell(column, paths, element, context) for column, paths in columns)
            yield Record(line if each is None else row, cells)


def documents(path: Path) -> int:
    """How many documents the file holds: one, or one a line."""
    if ".ndjson" not in path.suffixes:
        return 1
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        return sum(1 for text in file if text.strip())


def concerns(table: Table, content: bytes) -> bool:
    """False when the content is one resource, no bundle, of a type that the table does not take."""
    document = _document(content)
    if isinstance(document, str) or document["resourceType"] == "Bundle":
        return True
    return _takes(table, document)


def _takes(table: Table, resource: dict[str, Any]) -> bool:
    kind = resource.get("resourceType")
    wanted = table.options.get("resource")
    return kind == wanted if wanted is not None else kind not in table.options["besides"]


def _cell(column: Column, paths: list[FhirPath], element: Any, context: Context) -> str | None:
    for path in paths:
        found = texts(path, element, context)
        if found:
            if column.type == "texts":
                return column.separator.join(found)
            # A contract's date is a day; FHIR tells the instant.
            return found[0][:10] if column.type == "date" else found[0]
    return None


def _resources(path: Path) -> Iterator[tuple[int, dict[str, Any] | str, dict[str, Any]]]:
    """Each resource with its number and its neighbours by reference, or why a document cannot be read."""
    line = 0
    for document in _documents(path):
        if isinstance(document, str):
            line += 1
            yield line, document, {}
            continue
        entries = _entries(document)
        neighbours = _neighbours(entries)
        for _, resource in entries:
            line += 1
            yield line, resource, neighbours


def _entries(document: dict[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    """(full url, resource) of a bundle, its inner bundles included; a single resource is its own entry."""
    if document.get("resourceType") != "Bundle":
        return [(None, document)]
    found: list[tuple[str | None, dict[str, Any]]] = []
    listed = document.get("entry")
    for entry in listed if isinstance(listed, list) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            inner = _entries(resource)
            found += [(entry.get("fullUrl"), resource)] if inner == [(None, resource)] else inner
    return found


def _neighbours(entries: list[tuple[str | None, dict[str, Any]]]) -> dict[str, Any]:
    by_reference: dict[str, Any] = {}
    for url, resource in entries:
        if isinstance(url, str):
            by_reference[url] = resource
        if "id" in resource:
            by_reference[f"{resource.get('resourceType')}/{resource['id']}"] = resource
    return by_reference


def _documents(path: Path) -> Iterator[dict[str, Any] | str]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            if ".ndjson" in path.suffixes:
                for text in file:
                    if text.strip():
                        yield _document(text)
            else:
                yield _document(file.read())
    except (OSError, EOFError, zlib.error) as error:
        yield f"cannot be read: {type(error).__name__}"


def _document(text: bytes) -> dict[str, Any] | str:
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "is not in the encoding of the contract"
    except ValueError as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        return f"is not JSON{where}"
    except RecursionError:
        return "is nested too deeply"
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        return "is no FHIR resource: it has no resourceType"
    return document
