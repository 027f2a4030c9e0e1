"""Find the names of the graph in a Cypher text: one pass over its tokens with a stack of open brackets."""

from dataclasses import dataclass
from typing import Literal

from graph.schema.tokens import Token, tokens
from graph.schema.usage import Usage

# A round bracket after one of these opens a pattern or an expression, after any other word a call.
_WORDS = (
    "MATCH MERGE CREATE WHERE WITH RETURN AND OR XOR NOT IN WHEN THEN ELSE CASE BY CALL FOR ON DELETE AS UNWIND "
    "DISTINCT EXISTS SHORTEST PATHS LIMIT SKIP SET"
)
_NO_FUNCTION = tuple(_WORDS.split())
_SUBQUERY = ("EXISTS", "COUNT", "COLLECT", "CALL")
_IN_A_LABEL_EXPRESSION = (":", "&", "|", "!", "%")

FrameKind = Literal["round", "call", "relationship", "list", "map", "subquery"]


@dataclass(slots=True)
class _Frame:
    """An open bracket: where it began, and for maps whose properties its keys are."""

    kind: FrameKind
    start: int
    variable: str | None = None
    owners: tuple[str, ...] = ()
    keys_are_properties: bool = False
    reads_with_dots: bool = False


def usage_of(text: str) -> Usage:
    """Read a statement; raise `SchemaError` when it holds something that is no token."""
    return _Reader(tokens(text)).read()


class _Reader:
    def __init__(self, found: list[Token]) -> None:
        self._tokens, self._usage = found, Usage()
        self._frames = [_Frame("subquery", -1)]
        self._closed: _Frame | None = None
        self._free: set[str] = set()

    def read(self) -> Usage:
        for at, token in enumerate(self._tokens):
            if token.kind == "parameter":
                self._usage.parameters.add(token.text)
            elif token.is_word("UNWIND") and self._at(at + 1).kind == "parameter" and self._at(at + 2).is_word("AS"):
                self._free.add(self._at(at + 3).text)
            elif token.is_mark("(", "[", "{"):
                self._frames.append(self._open(at))
            elif token.is_mark(")", "]", "}") and len(self._frames) > 1:
                self._closed = self._frames.pop()
            elif token.is_mark(":"):
                self._colon(at)
            elif token.is_mark(".") and self._at(at + 1).kind == "name":
                self._dot(at)
        return self._usage

    def _at(self, index: int) -> Token:
        return self._tokens[index] if 0 <= index < len(self._tokens) else Token("mark", "")

    def _open(self, at: int) -> _Frame:
        token, before = self._tokens[at], self._at(at - 1)
        if token.text == "(":
            called = before.kind == "name" and not before.is_word(*_NO_FUNCTION)
            return _Frame("call" if called else "round", at)
        if token.text == "[":
            return _Frame("relationship" if before.is_mark("-") else "list", at)
        return self._open_brace(at, before)

    def _open_brace(self, at: int, before: Token) -> _Frame:
        inside = self._frames[-1]
        if before.is_word(*_SUBQUERY) or (before.is_mark(")") and self._follows_call()):
            return _Frame("subquery", at)
        if inside.kind in ("round", "relationship") and self._only_a_pattern_since(inside.start, at):
            first = self._at(inside.start + 1)
            variable = first.text if first.kind == "name" else None
            return _Frame("map", at, variable, inside.owners, keys_are_properties=True)
        if before.is_mark("=", "+=") and self._at(at - 2).kind == "name" and self._at(at - 3).is_word("SET"):
            return _Frame("map", at, self._at(at - 2).text, keys_are_properties=True)
        if before.kind == "name":
            return _Frame("map", at, before.text, reads_with_dots=True)
        return _Frame("map", at)

    def _follows_call(self) -> bool:
        return self._closed is not None and self._at(self._closed.start - 1).is_word("CALL")

    def _only_a_pattern_since(self, start: int, end: int) -> bool:
        """True for ``(``, ``(a``, ``(:B``, ``(a:B|C`` and the same with a relationship's length."""
        between = self._tokens[start + 1 : end]
        marks = (*_IN_A_LABEL_EXPRESSION, "*", "..")
        return all(
            (token.kind == "name" and not token.is_word("WHERE")) or token.kind == "number" or token.is_mark(*marks)
            for token in between
        )

    def _colon(self, at: int) -> None:
        frame, before = self._frames[-1], self._at(at - 1)
        if frame.kind == "map":
            if before.kind == "name" and self._at(at - 2).is_mark("{", ","):
                self._key(frame, before.text)
            return
        if before.is_mark(*_IN_A_LABEL_EXPRESSION) or self._within_labels(at):
            return
        names = self._labels_from(at)
        (self._usage.types if frame.kind == "relationship" else self._usage.labels).update(names)
        if before.kind == "name":
            self._usage.kinds[before.text].update(names)
        elif before.is_mark("(", "["):
            frame.owners = names

    def _within_labels(self, at: int) -> bool:
        """True for the second colon of ``a:B:C``, whose labels the first colon has taken."""
        return self._at(at - 1).kind == "name" and self._at(at - 2).is_mark(*_IN_A_LABEL_EXPRESSION)

    def _labels_from(self, at: int) -> tuple[str, ...]:
        names: list[str] = []
        expected = True
        for token in self._tokens[at:]:
            if token.is_mark(*_IN_A_LABEL_EXPRESSION):
                expected = True
            elif token.kind == "name" and expected:
                names.append(token.text)
                expected = False
            else:
                break
        return tuple(names)

    def _key(self, frame: _Frame, name: str) -> None:
        if not frame.keys_are_properties:
            self._usage.made.add(name)
        elif frame.variable is not None:
            self._usage.reads.add((frame.variable, name))
        else:
            self._usage.matches.add((frame.owners, name))

    def _dot(self, at: int) -> None:
        frame, before, name = self._frames[-1], self._at(at - 1), self._at(at + 1).text
        if frame.reads_with_dots and before.is_mark("{", ","):
            self._usage.reads.add((frame.variable, name))
        elif before.kind == "name" and not self._is_function(at):
            chained = self._at(at - 2).is_mark(".")
            if chained or before.text not in self._free:
                self._usage.reads.add((None if chained else before.text, name))
        elif before.is_mark(")", "]"):
            self._usage.reads.add((None, name))

    def _is_function(self, at: int) -> bool:
        """True inside a dotted name that is called or yielded: ``duration.inDays(``, ``gds.pageRank.write(``."""
        while self._at(at).is_mark(".") and self._at(at + 1).kind == "name":
            at += 2
        return self._at(at).is_mark("(")
