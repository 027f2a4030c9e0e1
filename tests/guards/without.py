"""A plugin of pytest: imports one module without its guard, which TWIN_WITHOUT names."""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

from tests.guards.guards import GUARDS, Guard


class Weakened(SourceFileLoader):
    """Loads the source of a module with the guard taken out."""

    guard: Guard

    def get_code(self, fullname: str) -> object:
        source = self.get_source(fullname) or ""
        if source.count(self.guard.old) != 1:
            raise ImportError(
                f"{self.guard.name!r}: {self.guard.old!r} does not occur once in {fullname}: mend the list"
            )
        return compile(source.replace(self.guard.old, self.guard.new), self.path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    """Finds the weakened module in the place of the real one."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self.guard.module:
            return None
        spec = PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]
        if spec is not None and spec.origin is not None:
            spec.loader = Weakened(fullname, spec.origin)
            spec.loader.guard = self.guard
        return spec


if "TWIN_WITHOUT" in os.environ:
    chosen = next(guard for guard in GUARDS if guard.name == os.environ["TWIN_WITHOUT"])
    if chosen.module in sys.modules:
        raise ImportError(f"{chosen.module} is imported already: nothing would be taken away")
    sys.meta_path.insert(0, Finder(chosen))
