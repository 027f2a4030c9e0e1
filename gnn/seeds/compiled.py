"""Functions compiled by numba, kept on disk where there is a place for it."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile at the first call.

    The machine code is kept beside the source, or in the user's cache folder when the package is read-only. When
    neither can be written it is compiled again in each process. A change of a function in another file does not
    renew what is kept: functions that call one another belong into one file.
    """
    try:
        return njit(cache=True)(function)
    except RuntimeError:
        # numba says "no locator available" when no folder takes the machine code.
        return njit(function)
