"""Cypher as a list of tokens: enough to find names in it, without a grammar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graph.schema.core import SchemaError

Kind = Literal["name", "string", "number", "parameter", "mark"]

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<parameter>\$(?:\w+|`[^`]+`))
      | (?P<quoted>`(?:[^`]|``)+`)
      | (?P<number>(?<!\w)\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<mark>\$(?=\()|\.\.|<>|<=|>=|=~|\+=|\|\||::|[-+*/%^=<>!&|.,:;(){}\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token; the text of a name in backticks and of a parameter is the bare name."""

    kind: Kind
    text: str
    quoted: bool = False

    def is_mark(self, *texts: str) -> bool:
        return self.kind == "mark" and self.text in texts

    def is_word(self, *words: str) -> bool:
        """True for a keyword in any case; a name in backticks is none."""
        return self.kind == "name" and not self.quoted and self.text.upper() in words


def tokens(text: str) -> list[Token]:
    """The tokens of a statement; raise `SchemaError` at a character that begins none."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise SchemaError(f"no Cypher token begins at {text[position : position + 20]!r}")
        position = match.end()
        found = match[0]
        match match.lastgroup:
            case "string":
                yield Token("string", found[1:-1])
            case "parameter":
                yield Token("parameter", found[1:].strip("`"))
            case "quoted":
                yield Token("name", found[1:-1].replace("``", "`"), quoted=True)
            case "number":
                yield Token("number", found)
            case "name":
                yield Token("name", found)
            case "mark":
                yield Token("mark", found)
            case _:
                continue
