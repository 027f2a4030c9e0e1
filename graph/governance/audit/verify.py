"""Find out whether the audit is what was written, up to the last checkpoint of each chain."""

from dataclasses import dataclass, field
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from graph.errors import AuditTampered, ConfigurationError, NotFound
from graph.governance.audit.chain import Head, follow, origin
from graph.governance.audit.checkpoints import checked_heads, public_key_of
from graph.governance.audit.log import CHAIN_KEY, CHECKPOINT_KEY, signing_key
from graph.governance.audit.segments import lines, segments


@dataclass(slots=True)
class ChainReport:
    """One chain: how many lines hold, how far checkpoints vouch for them, and what is wrong with it.

    ``torn_bytes`` is a last line that a crash cut off, or that is being written now: no tampering.
    ``healed`` counts the times that such an end was cut at a start.
    """

    chain: str
    lines: int = 0
    vouched: int = 0
    checkpoints: int = 0
    torn_bytes: int = 0
    healed: int = 0
    findings: list[str] = field(default_factory=list)


def verify(home: Path, checkpoints: Path) -> list[ChainReport]:
    """Check every chain below ``home`` and every chain that ``checkpoints`` know of.

    Raise `NotFound` when there is neither, `ConfigurationError` without the keys.
    """
    folder = home / "audit"
    present = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    known = {path.stem for path in checkpoints.glob("*.jsonl")}
    if not present | known:
        raise NotFound(f"no audit in {str(folder)!r}: is TWIN_HOME the one you mean?")
    chain_key = home / "keys" / CHAIN_KEY
    if not chain_key.exists():
        raise ConfigurationError(f"{str(chain_key)!r} is missing: restore it, the audit cannot be checked without")
    key, public = chain_key.read_bytes(), public_key_of(checkpoints)
    own = home / "keys" / CHECKPOINT_KEY
    same_key = not own.exists() or signing_key(own).public_key() == public
    reports = []
    for chain in sorted(present | known):
        report = ChainReport(chain)
        if not same_key:
            report.findings.append("the checkpoints' public key is not that of TWIN_HOME/keys")
        _check(report, folder / chain, key, checkpoints / f"{chain}.jsonl", public)
        reports.append(report)
    return reports


def _check(report: ChainReport, folder: Path, key: bytes, checkpoints: Path, public: Ed25519PublicKey) -> None:
    vouched: list[Head] = []
    try:
        vouched = checked_heads(checkpoints, public) if checkpoints.exists() else []
    except AuditTampered as error:
        report.findings.append(str(error))
    codes: dict[int, bytes] = {}
    for head in vouched:
        if codes.setdefault(head.sequence, head.code) != head.code:
            report.findings.append(f"two checkpoints contradict each other about line {head.sequence}")
    report.checkpoints, report.vouched = len(vouched), max(codes, default=0)
    try:
        head = _walk(report, folder, origin(key, report.chain), key, codes)
    except AuditTampered as error:
        report.findings.append(str(error))
        return
    if head.sequence < report.vouched:
        report.findings.append(
            f"ends at line {head.sequence}; a checkpoint vouches for {report.vouched}: "
            f"{report.vouched - head.sequence} lines are missing"
        )
    if head.sequence and not vouched:
        report.findings.append("no checkpoint vouches for it")


def _walk(report: ChainReport, folder: Path, head: Head, key: bytes, codes: dict[int, bytes]) -> Head:
    files = segments(folder)
    for file in files:
        if file.stem != f"{head.sequence + 1:012d}":
            raise AuditTampered(f"a segment from line {head.sequence + 1} on is missing; {file.name} comes next")
        for line in lines(file):
            if not line.endswith(b"\n"):
                if file is not files[-1]:
                    raise AuditTampered(f"{file.name} ends within line {head.sequence + 1}")
                report.torn_bytes = len(line)
                break
            try:
                head = follow(key, head, line)
            except (AuditTampered, ValueError, KeyError, TypeError) as error:
                raise AuditTampered(f"line {head.sequence + 1} in {file.name} {error}") from error
            if codes.get(head.sequence, head.code) != head.code:
                raise AuditTampered(f"line {head.sequence} in {file.name} is not the one a checkpoint vouches for")
            report.lines = head.sequence
            if b'"torn_bytes":' in line and orjson.loads(line)["event"].get("torn_bytes"):
                report.healed += 1
    return head
