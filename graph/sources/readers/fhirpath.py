"""The part of FHIRPath that mappings need: from a resource to texts.

Names step into elements and flatten lists, ``[n]`` picks one, ``where(path='text')`` and ``extension('url')`` filter
(a url may be shortened to its last part), ``resolve()`` follows a reference inside the bundle, ``id()`` is the id that
a reference leads to, and ``%resource`` begins at the whole resource where rows are elements of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

_TOKEN = re.compile(
    r"\s*(?:(?P<name>%?[A-Za-z][A-Za-z0-9]*)(?:\((?P<argument>(?:[^()']|'[^']*')*)\))?|\[(?P<at>\d+)\])(?P<dot>\.?)"
)
_WHERE = re.compile(r"\s*([A-Za-z][\w.]*)\s*=\s*'([^']*)'\s*")
_QUOTED = re.compile(r"\s*'([^']*)'\s*")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path; ``value`` is a name, a number, or the text of a filter, ``inner`` the path of `where`."""

    kind: Literal["name", "at", "where", "extension", "resolve", "id", "resource"]
    value: str = ""
    inner: tuple["Step", ...] = ()


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What a path may reach besides its element: the whole resource, and its neighbours by reference."""

    resource: Mapping[str, Any]
    neighbours: Mapping[str, Mapping[str, Any]]


def parse(text: str) -> Path:
    """The steps of a path; raise `ValueError` with the place that is not understood."""
    steps: list[Step] = []
    at, dotted = 0, True
    while at < len(text):
        match = _TOKEN.match(text, at)
        # A dot goes before a name, except before the first, and never before a number or the end.
        if match is None or dotted is (match["at"] is not None) or (match["dot"] and match.end() == len(text)):
            raise ValueError(f"path {text!r} is not understood from {text[at:]!r} on")
        steps.append(_step(text, match, first=not steps))
        at, dotted = match.end(), bool(match["dot"])
    if not steps:
        raise ValueError("a path is empty")
    return tuple(steps)


def _step(text: str, match: re.Match[str], *, first: bool) -> Step:
    if match["at"] is not None:
        return Step("at", match["at"])
    name, argument = match["name"], match["argument"]
    if argument is None:
        if name == "%resource" and first:
            return Step("resource")
        if name.startswith("%"):
            raise ValueError(f"path {text!r}: {name!r} is not known, or not at the beginning")
        return Step("name", name)
    if name in ("resolve", "id") and not argument.strip():
        return Step(name)  # type: ignore[arg-type]
    if name == "extension" and (quoted := _QUOTED.fullmatch(argument)):
        return Step("extension", quoted[1])
    if name == "where" and (condition := _WHERE.fullmatch(argument)):
        return Step("where", condition[2], parse(condition[1]))
    raise ValueError(f"path {text!r}: {name}({argument}) is not understood")


def values(path: Path, element: Any, context: Context) -> list[Any]:
    """What the path finds, in the order of the document."""
    found = [element]
    for step in path:
        found = _apply(step, found, context)
    return found


def texts(path: Path, element: Any, context: Context) -> list[str]:
    """What the path finds as texts; elements that are no single value are left out."""
    return [text for value in values(path, element, context) if (text := _text(value)) is not None]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _apply(step: Step, found: list[Any], context: Context) -> list[Any]:
    match step.kind:
        case "resource":
            return [context.resource]
        case "name":
            return [item for one in found if isinstance(one, dict) for item in _listed(one.get(step.value))]
        case "at":
            return found[int(step.value) : int(step.value) + 1]
        case "extension":
            return [
                item
                for one in found
                if isinstance(one, dict)
                for item in _listed(one.get("extension"))
                if isinstance(item, dict) and _is_url(item.get("url"), step.value)
            ]
        case "where":
            return [one for one in found if step.value in texts(step.inner, one, context)]
        case "resolve":
            return [context.neighbours[one] for one in _references(found) if one in context.neighbours]
        case "id":
            # Absolute or relative, with or without a version: Type/id ends it.
            return [one.partition("/_history/")[0].rpartition("/")[2] for one in _references(found)]


def _references(found: list[Any]) -> list[str]:
    each = [one.get("reference") for one in found if isinstance(one, dict)]
    return [one for one in each if isinstance(one, str)]


def _is_url(url: Any, wanted: str) -> bool:
    return isinstance(url, str) and (url == wanted or url.endswith("/" + wanted))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
