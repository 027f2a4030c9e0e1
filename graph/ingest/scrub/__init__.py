"""Notes are scrubbed before they are stored: names and other identifiers of people become marks such as `[NAME]`."""

from graph.ingest.scrub.roster import Roster, read_roster, vocabulary
from graph.ingest.scrub.scrubber import VERSION, Scrubber

__all__ = ["VERSION", "Roster", "Scrubber", "read_roster", "vocabulary"]
