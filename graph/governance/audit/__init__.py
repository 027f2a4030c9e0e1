"""Who was told what: one line per operation, chained with a secret, vouched for by signed checkpoints.

chain        what a line is and how it follows from the one before
segments     the files of a chain: taken by one process, a torn last line cut, broken ones left as they are
log          appends lines and has them on disk soon after
checkpoints  what was on disk at some moment, signed, in a folder kept elsewhere
verify       finds whatever was changed up to the last checkpoint; needs neither the API nor Neo4j
"""

from graph.governance.audit.log import AuditLog
from graph.governance.audit.verify import ChainReport, verify

__all__ = ["AuditLog", "ChainReport", "verify"]
