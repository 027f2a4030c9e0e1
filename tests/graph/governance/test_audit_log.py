"""What is acknowledged is kept: kills, full and dying disks, floods, hostile texts, several processes on one home."""

import errno
import os
import random
import signal
import statistics
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from graph.errors import AuditUnavailable, ConfigurationError
from graph.governance.audit import AuditLog, segments, verify
from graph.governance.audit import log as log_module


def opened(home: Path) -> AuditLog:
    return AuditLog(home, home / "checkpoints")


def events(home: Path, chain: str = "0001") -> list[dict[str, Any]]:
    """The events of a chain, as anybody can read them."""
    files = segments.segments(home / "audit" / chain)
    return [orjson.loads(line)["event"] for file in files for line in segments.lines(file)]


def kinds(home: Path) -> list[str]:
    return [event["kind"] for event in events(home)]


def check(home: Path) -> list[tuple[str, int, int, list[str]]]:
    """Chain, lines, lines vouched for, findings."""
    return [(one.chain, one.lines, one.vouched, one.findings) for one in verify(home, home / "checkpoints")]


def test_lines_follow_from_one_another_over_restarts(tmp_path: Path) -> None:
    # given two lives of a process, three lines each
    for life in (1, 2):
        log = opened(tmp_path)
        for number in range(3):
            log.append({"kind": "operation", "life": life, "number": number})
        log.close()
    # then all is there in order, and vouched for to the end
    assert kinds(tmp_path) == ["started", *["operation"] * 3, "stopped"] * 2
    assert [event["sequence"] for event in events(tmp_path)] == list(range(1, 11))
    assert check(tmp_path) == [("0001", 10, 10, [])]


def test_a_chain_goes_on_in_further_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given small segments, and a process that ends right after it began one
    monkeypatch.setattr(log_module, "SEGMENT_BYTES", 1_000)
    log = opened(tmp_path)
    for number in range(30):
        log.append({"kind": "operation", "number": number})
    log.close()
    last = segments.segments(tmp_path / "audit" / "0001")[-1]
    segments.segment_path(last.parent, 33).touch()
    # when it goes on
    opened(tmp_path).close()
    # then each file is named after its first line, none is larger, and the chain holds
    files = segments.segments(tmp_path / "audit" / "0001")
    assert len(files) >= 6
    for file in files:
        first = orjson.loads(next(segments.lines(file)))["event"]["sequence"]
        assert file.name == f"{first:012d}.jsonl"
        assert file.stat().st_size <= 1_000
    assert check(tmp_path) == [("0001", 34, 34, [])]


HOSTILE = ["a\r\nb", "\x1b[31mred\x1b[0m", '"}\n{"event":{}', "\u2028\u2029\x00\x7f", "\\", "é" * 500_000]


@pytest.mark.parametrize("text", HOSTILE, ids=["line end", "escape", "quote", "separators", "backslash", "a megabyte"])
def test_x23_one_event_is_one_line_whatever_it_says(tmp_path: Path, text: str) -> None:
    log = opened(tmp_path)
    log.append({"kind": "operation", "subject": text})
    log.close()
    content = (tmp_path / "audit" / "0001" / "000000000001.jsonl").read_bytes()
    assert content.count(b"\n") == 3
    assert not any(byte < 0x20 for byte in content.replace(b"\n", b""))
    assert events(tmp_path)[1]["subject"] == text
    assert check(tmp_path) == [("0001", 3, 3, [])]


def test_two_processes_on_one_home_have_a_chain_each(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    assert (first.chain, second.chain) == ("0001", "0002")
    for number in range(50):
        (first if number % 2 else second).append({"kind": "operation", "number": number})
    first.close()
    third = opened(tmp_path)
    assert third.chain == "0001"
    third.close()
    second.close()
    assert check(tmp_path) == [("0001", 29, 29, []), ("0002", 27, 27, [])]


def test_a_flood_without_token_writes_one_line_a_second_and_its_count(tmp_path: Path) -> None:
    # given two thousand refusals within moments, then silence
    log = opened(tmp_path)
    for _ in range(2_000):
        log.append_sparsely("unknown_caller", "UNAUTHENTICATED", {"request": "r"})
    time.sleep(1.7)
    written = [event for event in events(tmp_path) if event["kind"] != "started"]
    log.close()
    # then a few lines tell of all of them, without waiting for another
    assert len(written) <= 4
    lines = sum(event["kind"] == "unknown_caller" for event in written)
    assert lines + sum(event["left_out"].get("UNAUTHENTICATED", 0) for event in written) == 2_000


def test_x22_what_was_acknowledged_survives_kills_and_a_torn_end_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given forty processes that append, acknowledge, and are killed at any moment, with flushes or without
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _: None)
    acknowledged: list[int] = []
    chance = random.Random(5)
    torn = 0
    for life in range(40):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            log = opened(tmp_path)
            for number in range(1_000_000):
                log.append({"kind": "operation", "number": life * 1_000_000 + number})
                os.write(writing, (life * 1_000_000 + number).to_bytes(8, "big"))
            os._exit(1)
        os.close(writing)
        content = os.read(reading, 8)
        time.sleep(chance.uniform(0.0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as told:
            content += told.read()
        acknowledged += [int.from_bytes(content[at : at + 8], "big") for at in range(0, len(content) - 7, 8)]
        last = segments.segments(tmp_path / "audit" / "0001")[-1]
        if life % 10 == 0:  # a kill rarely cuts a line: a power cut does
            with last.open("ab") as file:
                file.write(b'{"event":{"kind":"oper')
        torn += not last.read_bytes().endswith(b"\n")
    opened(tmp_path).close()
    # then every one of them is there once and in order, and the torn ends were cut and are reported
    numbers = [event["number"] for event in events(tmp_path) if event["kind"] == "operation"]
    assert len(acknowledged) > 1_000
    assert set(acknowledged) <= set(numbers)
    assert numbers == sorted(set(numbers))
    (report,) = verify(tmp_path, tmp_path / "checkpoints")
    assert torn >= 4
    assert (report.findings, report.healed, report.torn_bytes) == ([], torn, 0)


def test_a_torn_end_is_reported_and_is_no_tampering(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with (tmp_path / "audit" / "0001" / "000000000001.jsonl").open("ab") as file:
        file.write(b'{"event":')
    (report,) = verify(tmp_path, tmp_path / "checkpoints")
    assert (report.torn_bytes, report.findings) == (9, [])


@pytest.mark.parametrize("damage", ["a byte", "the end"])
def test_a_chain_that_was_changed_is_kept_as_it_is_and_another_begins(tmp_path: Path, damage: str) -> None:
    # given
    log = opened(tmp_path)
    log.append({"kind": "operation", "rows": 1})
    log.close()
    file = tmp_path / "audit" / "0001" / "000000000001.jsonl"
    whole = file.read_bytes()
    kept = whole.replace(b'"rows":1', b'"rows":2') if damage == "a byte" else b"".join(whole.splitlines(True)[:2])
    file.write_bytes(kept)
    # when the service starts again
    log = opened(tmp_path)
    log.close()
    # then nothing was added to the evidence
    assert file.read_bytes() == kept
    assert log.chain == "0002"
    assert events(tmp_path, "0002")[0]["broken_chains"] == ["0001"]
    assert [bool(findings) for _, _, _, findings in check(tmp_path)] == [True, False]


def test_a_full_disk_refuses_leaves_no_part_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    # given a log whose file the system answers with ENOSPC
    log = opened(tmp_path)
    log.append({"kind": "operation", "number": 1})
    kept = os.dup(log._descriptor)
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, log._descriptor)
    # when something is to be recorded
    for _ in range(3):
        with pytest.raises(AuditUnavailable, match="ENOSPC"):
            log.append({"kind": "operation", "number": 2})
    assert (log.failure or "").startswith("ENOSPC")
    assert not log.resume()
    # and when there is room again
    os.dup2(kept, log._descriptor)
    assert log.resume()
    log.append({"kind": "operation", "number": 3})
    log.close()
    os.close(kept)
    os.close(full)
    # then what was refused is not there, how often is, and the chain holds
    found = events(tmp_path)
    assert [event.get("number") for event in found] == [None, 1, None, 3, None]
    assert (found[2]["kind"], found[2]["refused"]) == ("resumed", 3)
    assert check(tmp_path) == [("0001", 5, 5, [])]


def test_a_line_that_only_fitted_in_part_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = opened(tmp_path)
    pwrite, left = os.pwrite, [20]

    def short(descriptor: int, line: bytes, offset: int) -> int:
        return pwrite(descriptor, line[: left.pop()] if left else line, offset)

    monkeypatch.setattr(os, "pwrite", short)
    with pytest.raises(AuditUnavailable, match="ENOSPC"):
        log.append({"kind": "operation", "number": 1})
    assert (tmp_path / "audit" / "0001" / "000000000001.jsonl").read_bytes().count(b"\n") == 1
    assert events(tmp_path)[-1]["kind"] == "started"
    assert log.resume()
    log.close()
    assert check(tmp_path) == [("0001", 3, 3, [])]


def test_what_a_dying_disk_did_not_flush_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a flush that fails, after which the system forgets what it could not write
    log = opened(tmp_path)
    flush, broken = os.fdatasync, [True]

    def failing(descriptor: int) -> None:
        if broken:
            raise OSError(errno.EIO, "input/output error")
        flush(descriptor)

    monkeypatch.setattr(os, "fdatasync", failing)
    log.append({"kind": "operation", "number": 1})
    while log.failure is None:
        time.sleep(0.01)
    file = tmp_path / "audit" / "0001" / "000000000001.jsonl"
    whole = file.read_bytes()
    first = whole.index(b"\n") + 1
    file.write_bytes(whole[:first] + b"\0" * (len(whole) - first))
    with pytest.raises(AuditUnavailable, match="EIO"):
        log.append({"kind": "operation", "number": 2})
    assert not log.resume()
    # when the disk is well
    broken.clear()
    assert log.resume()
    log.close()
    # then the acknowledged line is there
    assert kinds(tmp_path) == ["started", "operation", "resumed", "stopped"]
    assert check(tmp_path) == [("0001", 4, 4, [])]


def test_a_disk_that_hangs_is_a_failure_until_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = opened(tmp_path)
    flush, hanging = os.fdatasync, [True]

    def slow(descriptor: int) -> None:
        while hanging:
            time.sleep(0.01)
        flush(descriptor)

    monkeypatch.setattr(os, "fdatasync", slow)
    monkeypatch.setattr(log_module, "LATE_SECONDS", 0.2)
    log.append({"kind": "operation", "number": 1})
    time.sleep(0.3)
    with pytest.raises(AuditUnavailable, match="does not take"):
        log.append({"kind": "operation", "number": 2})
    assert not log.resume()
    hanging.clear()
    while log.failure is not None:
        time.sleep(0.01)
    log.append({"kind": "operation", "number": 3})
    log.close()
    assert [event.get("number") for event in events(tmp_path)] == [None, 1, 3, None]


def test_lines_are_on_disk_within_50_milliseconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given flushes that are watched: which length of the file was flushed when
    flushed: list[tuple[float, int]] = []

    def watched(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        time.sleep(0.005)  # a disk of our own: this machine's may be busy with other things
        flushed.append((time.monotonic(), size))

    monkeypatch.setattr(os, "fdatasync", watched)
    log = opened(tmp_path)
    # when lines come one by one over a second
    appended: list[tuple[float, int]] = []
    for number in range(150):
        at = time.monotonic()
        log.append({"kind": "operation", "number": number})
        appended.append((at, log._size))
        time.sleep(0.007)
    time.sleep(0.2)
    log.close()
    # then they were on disk in time (a loaded machine may run late now and then)
    waits = [min(done - at for done, size in flushed if size >= length) for at, length in appended]
    assert statistics.median(waits) <= 0.05, max(waits)
    assert max(waits) <= 2


def test_a_full_disk_at_start_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("no folder")
    with pytest.raises(AuditUnavailable, match="cannot be opened: EEXIST"):
        opened(tmp_path)


def test_checkpoints_of_another_key_are_not_continued(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "keys" / "audit_checkpoint.key").unlink()
    with pytest.raises(ConfigurationError, match="of another key"):
        opened(tmp_path)


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    for name in ("audit.key", "audit_checkpoint.key"):
        assert (tmp_path / "keys" / name).stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys" / "audit.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="may be read by others"):
        opened(tmp_path)


def test_a_folder_of_checkpoints_that_cannot_be_written_is_told_and_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given checkpoints that are due at every flush, on a disk that is full
    log = opened(tmp_path)
    monkeypatch.setattr(log_module, "CHECKPOINT_SECONDS", 0.0)

    def full(head: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    write = log._checkpoints.write
    monkeypatch.setattr(log._checkpoints, "write", full)
    log.append({"kind": "operation", "number": 1})
    while "no checkpoint of the audit could be written: ENOSPC" not in caplog.text:
        time.sleep(0.01)
    assert log.failure is None
    # when there is room
    monkeypatch.setattr(log._checkpoints, "write", write)
    log.close()
    # then the next one vouches for all
    assert check(tmp_path) == [("0001", 3, 3, [])]
