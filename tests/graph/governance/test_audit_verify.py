"""X20, X21: whatever is done to the audit or its checkpoints, `twin audit verify` sees it up to the last checkpoint."""

import hashlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli import main
from graph.errors import ConfigurationError, NotFound
from graph.governance.audit import AuditLog, verify
from graph.governance.audit import log as log_module
from graph.governance.audit.chain import link, origin
from graph.governance.audit.segments import lines, segments

TAMPERINGS = 250  # of each kind
Damage = Callable[[Path, random.Random], None]


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two chains of several segments, vouched for to the end, with checkpoints in between."""
    home = tmp_path_factory.mktemp("genuine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_module, "SEGMENT_BYTES", 2_000)
        for _ in range(3):
            logs = [AuditLog(home, home / "checkpoints") for _ in range(2)]
            for number in range(12):
                for log in logs:
                    log.append({"kind": "operation", "rows": number, "fields": ["Hcp.npi"], "subject": log.chain})
            for log in logs:
                log.close()
    return home


def findings(home: Path, checkpoints: Path | None = None) -> list[str]:
    reports = verify(home, home / "checkpoints" if checkpoints is None else checkpoints)
    return [finding for report in reports for finding in report.findings]


def files(home: Path) -> list[Path]:
    return [file for chain in ("0001", "0002") for file in segments(home / "audit" / chain)]


def replaced(file: Path, change: Callable[[bytes], bytes]) -> None:
    before = file.read_bytes()
    after = change(before)
    assert after != before
    file.write_bytes(after)


def flip(home: Path, chance: random.Random) -> None:
    """One bit."""

    def change(content: bytes) -> bytes:
        at = chance.randrange(len(content))
        return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]

    replaced(chance.choice(files(home)), change)


def insert(home: Path, chance: random.Random) -> None:
    """A byte before the end; what comes after the end is beyond the last checkpoint."""

    def change(content: bytes) -> bytes:
        at = chance.randrange(len(content))
        return content[:at] + bytes([chance.randrange(256)]) + content[at:]

    replaced(chance.choice(files(home)), change)


def delete(home: Path, chance: random.Random) -> None:
    """Some bytes."""

    def change(content: bytes) -> bytes:
        at = chance.randrange(len(content))
        return content[:at] + content[at + chance.randrange(1, 400) :]

    replaced(chance.choice(files(home)), change)


def rearrange(home: Path, chance: random.Random) -> None:
    """A line removed, repeated (where it stands, elsewhere), or exchanged with another."""
    file = chance.choice([file for file in files(home) if len(list(lines(file))) > 1])

    def change(content: bytes) -> bytes:
        found = content.splitlines(keepends=True)
        first, second = chance.sample(range(len(found)), 2)
        kind = chance.choice(["remove", "repeat", "exchange"])
        if kind == "remove":
            del found[first]
        elif kind == "repeat":
            found.insert(chance.randrange(first + 1), found[first])
        else:
            found[first], found[second] = found[second], found[first]
        return b"".join(found)

    replaced(file, change)


def truncate(home: Path, chance: random.Random) -> None:
    """The end of a file, at a line or within one."""
    replaced(chance.choice(files(home)), lambda content: content[: chance.randrange(len(content))])


def segment(home: Path, chance: random.Random) -> None:
    """A segment removed, or exchanged with one of this chain or of the other."""
    one, other = chance.sample(files(home), 2)
    if chance.random() < 0.5:
        one.unlink()
    else:
        left, right = one.read_bytes(), other.read_bytes()
        one.write_bytes(right)
        other.write_bytes(left)


def splice(home: Path, chance: random.Random) -> None:
    """A line of the other chain in the place of one."""
    one, other = (chance.choice(segments(home / "audit" / chain)) for chain in chance.sample(["0001", "0002"], 2))
    foreign = chance.choice(list(lines(other)))

    def change(content: bytes) -> bytes:
        found = content.splitlines(keepends=True)
        found[chance.randrange(len(found))] = foreign
        return b"".join(found)

    replaced(one, change)


def checkpoint(home: Path, chance: random.Random) -> None:
    """A checkpoint changed, removed, exchanged, or signed by another key; the last one may be missing unnoticed."""
    file = home / "checkpoints" / f"{chance.choice(['0001', '0002'])}.jsonl"

    def change(content: bytes) -> bytes:
        found = content.splitlines(keepends=True)
        first, second = chance.sample(range(len(found)), 2)
        kind = chance.choice(["flip", "remove", "exchange", "forge"])
        if kind == "flip":
            at = chance.randrange(len(content) - 1)
            return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
        if kind == "remove":
            del found[chance.randrange(len(found) - 1)]
        elif kind == "exchange":
            found[first], found[second] = found[second], found[first]
        else:
            stated = orjson.loads(found[-1])["checkpoint"]
            stated["sequence"] -= 1
            body = orjson.dumps(stated, option=orjson.OPT_SORT_KEYS)
            signature = Ed25519PrivateKey.generate().sign(body).hex().encode()
            found[-1] = b'{"checkpoint":' + body + b',"signature":"' + signature + b'"}\n'
        return b"".join(found)

    replaced(file, change)


KINDS: list[Damage] = [flip, insert, delete, rearrange, truncate, segment, splice, checkpoint]


def test_what_nobody_touched_is_intact(genuine: Path) -> None:
    reports = verify(genuine, genuine / "checkpoints")
    assert [(one.chain, one.lines, one.vouched, one.findings) for one in reports] == [
        ("0001", 42, 42, []),
        ("0002", 42, 42, []),
    ]
    assert all(len(segments(genuine / "audit" / one.chain)) > 3 for one in reports)


@pytest.mark.parametrize("damage", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_x20_no_tampering_goes_unnoticed(genuine: Path, tmp_path: Path, damage: Damage) -> None:
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    contents = {file: file.read_bytes() for file in [*files(home), *(home / "checkpoints").glob("*.jsonl")]}
    unnoticed = []
    for seed in range(TAMPERINGS):
        damage(home, random.Random(seed))
        if not findings(home):
            unnoticed.append(seed)
        for file, content in contents.items():
            if not file.exists() or file.read_bytes() != content:
                file.write_bytes(content)
    assert unnoticed == []
    assert findings(home) == []


def rewritten(home: Path, key: bytes) -> None:
    """Chain 0001 without the operations of the first life, and consistent in itself under ``key``."""
    head = origin(key, "0001")
    content = b""
    for file in segments(home / "audit" / "0001"):
        for line in lines(file):
            event = orjson.loads(line)["event"]
            if event["sequence"] == 5:
                event["subject"] = "somebody else"
            head, line_now = link(key, head, orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
            content += line_now
        file.unlink()
    (home / "audit" / "0001" / "000000000001.jsonl").write_bytes(content)


def test_x21_who_has_the_disk_alone_cannot_rewrite_it(genuine: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    rewritten(home, b"a guess".ljust(32))
    assert findings(home) == ["line 1 in 000000000001.jsonl does not follow from the lines before it"]


def test_x21_who_has_the_keys_too_contradicts_the_copy_of_the_checkpoints(genuine: Path, tmp_path: Path) -> None:
    # given somebody with all of TWIN_HOME, who rewrites the chain and signs fresh checkpoints
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(genuine / "checkpoints", elsewhere)
    rewritten(home, (home / "keys" / "audit.key").read_bytes())
    (home / "checkpoints" / "0001.jsonl").unlink()
    AuditLog(home, home / "checkpoints").close()
    # then the folder beside the chain is deceived, and the copy elsewhere is not
    assert findings(home) == []
    assert findings(home, elsewhere) == ["line 14 in 000000000001.jsonl is not the one a checkpoint vouches for"]


def test_a_chain_of_which_only_checkpoints_are_left_is_missed(genuine: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    shutil.rmtree(home / "audit" / "0002")
    assert findings(home) == ["ends at line 0; a checkpoint vouches for 42: 42 lines are missing"]


def test_another_public_key_and_no_checkpoints_at_all_are_findings(genuine: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    (home / "checkpoints" / "0002.jsonl").unlink()
    assert findings(home) == ["no checkpoint vouches for it"]
    (home / "checkpoints" / "public_key").write_text(Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex())
    assert "the checkpoints' public key is not that of TWIN_HOME/keys" in findings(home)


def test_without_keys_or_audit_it_says_what_is_missing(genuine: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is TWIN_HOME the one you mean"):
        verify(tmp_path, tmp_path / "checkpoints")
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    (home / "checkpoints" / "public_key").unlink()
    with pytest.raises(ConfigurationError, match="no audit checkpoints"):
        verify(home, home / "checkpoints")
    (home / "keys" / "audit.key").unlink()
    with pytest.raises(ConfigurationError, match=r"audit\.key' is missing"):
        verify(home, home / "checkpoints")


def ended(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int | str | None, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    output = capsys.readouterr()
    return stopped.value.code, output.out, output.err


def test_the_command_tells_by_its_exit_code(
    genuine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a home, and a copy of the checkpoints kept elsewhere
    home = tmp_path / "home"
    shutil.copytree(genuine, home)
    monkeypatch.setenv("TWIN_HOME", str(home))
    monkeypatch.setenv("TWIN_AUDIT_CHECKPOINTS", str(home / "checkpoints"))
    before = hashlib.sha256(b"".join(file.read_bytes() for file in files(home))).hexdigest()
    # then it is 0 for what nobody touched, and nothing is written
    code, output, errors = ended(["audit", "verify", "--json"], capsys)
    assert (code, errors) == (0, "")
    answer = orjson.loads(output)
    assert (answer["intact"], [chain["lines"] for chain in answer["chains"]]) == (True, [42, 42])
    assert hashlib.sha256(b"".join(file.read_bytes() for file in files(home))).hexdigest() == before
    # and 42 with one line that says what and where for what somebody did
    replaced(files(home)[0], lambda content: content.replace(b'"rows":3', b'"rows":4'))
    code, output, errors = ended(["audit", "verify", "--checkpoints", str(home / "checkpoints"), "--json"], capsys)
    assert code == 42
    assert orjson.loads(output)["intact"] is False
    assert errors == (
        "error: the audit was tampered with: chain 0001: line 5 in 000000000001.jsonl does not follow from the lines "
        "before it\n"
    )
    # and 6 where there is none
    monkeypatch.setenv("TWIN_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("TWIN_AUDIT_CHECKPOINTS", str(tmp_path / "other" / "checkpoints"))
    assert ended(["audit", "verify"], capsys)[0] == 6
