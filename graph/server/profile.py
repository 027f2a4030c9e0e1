"""How big the local server is made and which doors it opens."""

from dataclasses import dataclass
from typing import Literal

ProfileName = Literal["full", "lean"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Sizes in the notation of the Java machine (``512m``)."""

    name: ProfileName
    heap_initial: str
    heap_max: str
    page_cache: str
    browser: bool
    java_flags: tuple[str, ...]


PROFILES: dict[ProfileName, Profile] = {
    "full": Profile("full", "512m", "1500m", "256m", browser=True, java_flags=("-XX:+UseSerialGC",)),
    # For functional tests: starts sooner and needs less, but computes slowly.
    "lean": Profile(
        "lean", "256m", "512m", "64m", browser=False, java_flags=("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    ),
}
