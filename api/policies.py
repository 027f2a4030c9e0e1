"""The policy in force: read at start, and again when somebody says so, without a moment between old and new.

Every permission set of a policy is built before it comes into force. A file that cannot be used changes nothing.
Whoever answers a request takes its permission set once and finishes under it.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.permissions import PermissionSet
from graph.errors import TwinError
from graph.governance import Policy, load_policy
from graph.governance.load import POLICY_FILE
from graph.settings import Settings

log = logging.getLogger("twin.api")


@dataclass(frozen=True, slots=True)
class Ruling:
    """One policy with the permission set of every role and purpose, borne by a person or by an agent; schemas built."""

    policy: Policy
    sets: Mapping[tuple[str, str, bool], PermissionSet]

    @classmethod
    def of(cls, policy: Policy) -> "Ruling":
        sets = {
            (role.name, purpose, by_agent): PermissionSet(policy, role.name, purpose, by_agent=by_agent)
            for role in policy.roles.values()
            for purpose in role.purposes
            for by_agent in ((False,) if policy.agent is None else (False, True))
        }
        for permissions in sets.values():
            _ = permissions.schema
        return cls(policy, sets)


class Policies:
    """Holds the ruling in force; tokens, operations and the development routes ask it each time."""

    def __init__(self, ruling: Ruling, file: Path | None = None) -> None:
        self._current, self._file = ruling, file
        self._reloading = asyncio.Lock()
        self.refused: str | None = None
        """Why the last reload changed nothing: for the log and the metrics, not for callers."""

    @classmethod
    def at(cls, settings: Settings) -> "Policies":
        """From the settings' file; raise `PolicyError` when it cannot be used."""
        file = settings.policy_file or POLICY_FILE
        return cls(Ruling.of(load_policy(file)), file)

    @property
    def current(self) -> Ruling:
        return self._current

    def policy(self) -> Policy:
        """The policy in force."""
        return self._current.policy

    async def reload(self) -> bool:
        """Read the file again; whether what it says is in force now. Building happens beside the event loop."""
        async with self._reloading:
            if self._file is None:
                return False
            try:
                policy = await asyncio.to_thread(load_policy, self._file)
                ruling = await asyncio.to_thread(Ruling.of, policy)
            except Exception as error:
                # Whatever is wrong with the file, requests go on being answered under the policy before.
                reason = str(error) if isinstance(error, TwinError) else f"{self._file.name}: {type(error).__name__}"
                self.refused = " ".join(reason.split())
                log.error("policy refused, version %s stays in force: %s", self.policy().version, self.refused)
                return False
            self._current, self.refused = ruling, None
            log.warning("policy version %s is in force", policy.version)
            return True
