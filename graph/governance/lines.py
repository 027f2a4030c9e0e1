"""Line numbers of a policy file, which a TOML parser does not keep."""

import re

TABLE = re.compile(r"^\[(?P<name>[a-z_.]+)\]")
ROLE = re.compile(r"^(?P<name>\w+)\s*=\s*\[")


class LineNumbers:
    """Where tables (``roles.x``) and grants (``grants.x``, nth) stand in the text; 1 is the first line."""

    def __init__(self, text: str) -> None:
        self.tables: dict[str, int] = {}
        self.grants: dict[str, list[int]] = {}
        table, role = "", ""
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if found := TABLE.match(stripped):
                table, role = found["name"], ""
                self.tables.setdefault(table, number)
            elif table == "grants" and (found := ROLE.match(stripped)):
                role = found["name"]
                self.grants[role] = []
            elif role and stripped.startswith("{"):
                self.grants[role].append(number)

    def table(self, name: str) -> int:
        return self.tables.get(name, self.tables.get(name.split(".")[0], 1))

    def grant(self, role: str, index: int) -> int:
        found = self.grants.get(role, [])
        return found[index] if index < len(found) else self.table("grants")
