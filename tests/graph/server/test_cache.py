"""The jar cache: fetched once, verified always, continued after an interruption."""

import errno
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from graph.errors import ConfigurationError, InstallationError
from graph.server import repository as repository_module
from graph.server.cache import JarCache
from tests.graph.server.conftest import FakeRepository, jar, small_lock

ONE, TWO = b"first jar" * 1000, b"second jar" * 2000


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository_module.time, "sleep", lambda _: None)


@pytest.fixture
def cache(repository: FakeRepository, tmp_path: Path) -> JarCache:
    """A cache for a lock of two jars that the repository has."""
    one = repository.serve(jar("one", ONE), ONE)
    two = repository.serve(jar("two", TWO, "plugins"), TWO)
    return JarCache(tmp_path, small_lock(one, two))


def test_jars_arrive_in_their_folders_and_are_counted(cache: JarCache, repository: FakeRepository) -> None:
    progress: list[tuple[int, int]] = []

    done = cache.install(repository.address, lambda *seen: progress.append(seen))

    assert (cache.folder / "lib" / "one-1.0.jar").read_bytes() == ONE
    assert (cache.folder / "plugins" / "two-1.0.jar").read_bytes() == TWO
    assert (done.jars, done.fetched, done.bytes_fetched) == (2, 2, len(ONE) + len(TWO))
    assert progress[-1] == (len(ONE) + len(TWO), len(ONE) + len(TWO))
    assert not list(cache.folder.rglob("*.part"))


def test_a_second_installation_asks_for_nothing(cache: JarCache, repository: FakeRepository) -> None:
    cache.install(repository.address)
    repository.requests.clear()

    done = cache.install(repository.address)

    assert (done.fetched, done.bytes_fetched) == (0, 0)
    assert repository.requests == []


def test_only_what_is_missing_is_fetched_again(cache: JarCache, repository: FakeRepository) -> None:
    cache.install(repository.address)
    (cache.folder / "lib" / "one-1.0.jar").unlink()
    repository.requests.clear()

    done = cache.install(repository.address)

    assert done.fetched == 1
    assert repository.paths() == ["/org/example/one/1.0/one-1.0.jar"]


def test_a_changed_jar_of_the_right_size_is_found_by_verify(cache: JarCache, repository: FakeRepository) -> None:
    cache.install(repository.address)
    broken = cache.folder / "lib" / "one-1.0.jar"
    broken.write_bytes(b"x" * len(ONE))

    done = cache.install(repository.address, verify=True)

    assert done.fetched == 1
    assert broken.read_bytes() == ONE


def test_a_wrong_checksum_is_refused_and_names_the_artifact_and_both_sums(
    cache: JarCache, repository: FakeRepository
) -> None:
    forged = jar("one", b"X" * len(ONE))
    repository.files[f"/{forged.repository_path}"] = b"X" * len(ONE)

    with pytest.raises(InstallationError) as caught:
        cache.install(repository.address)

    message = str(caught.value)
    assert "org.example:one:1.0" in message
    assert forged.sha256 in message
    assert jar("one", ONE).sha256 in message
    assert not (cache.folder / "lib" / "one-1.0.jar").exists()
    assert not (cache.folder / "lib" / "one-1.0.jar.part").exists()
    assert not cache.is_complete()


@pytest.mark.parametrize("honours_range", [True, False], ids=["continued", "started again"])
def test_a_partial_file_is_completed(cache: JarCache, repository: FakeRepository, honours_range: bool) -> None:
    repository.honours_range = honours_range
    target = cache.folder / "lib" / "one-1.0.jar"
    target.parent.mkdir(parents=True)
    target.with_name("one-1.0.jar.part").write_bytes(ONE[:1234])

    cache.install(repository.address)

    assert target.read_bytes() == ONE
    assert ("/org/example/one/1.0/one-1.0.jar", "bytes=1234-") in repository.requests


def test_a_partial_file_with_wrong_bytes_is_not_kept(cache: JarCache, repository: FakeRepository) -> None:
    part = cache.folder / "lib" / "one-1.0.jar.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"?" * 1234)

    with pytest.raises(InstallationError, match=r"org\.example:one:1\.0 is refused"):
        cache.install(repository.address)
    cache.install(repository.address)

    assert (cache.folder / "lib" / "one-1.0.jar").read_bytes() == ONE


def test_a_busy_repository_is_asked_again(cache: JarCache, repository: FakeRepository) -> None:
    repository.failures = [503, 429]

    done = cache.install(repository.address)

    assert done.fetched == 2
    assert len(repository.requests) == 4


def test_an_artifact_that_is_not_there_is_named(tmp_path: Path, repository: FakeRepository) -> None:
    cache = JarCache(tmp_path, small_lock(jar("absent", ONE)))

    with pytest.raises(InstallationError, match=r"org\.example:absent:1\.0 cannot be had .* answers 404"):
        cache.install(repository.address)

    assert len(repository.requests) == 1


def test_no_network_is_one_line_with_a_remedy(cache: JarCache) -> None:
    with pytest.raises(InstallationError, match=r"'http://127\.0\.0\.1:9' cannot be reached .* TWIN_REPOSITORY"):
        cache.install("http://127.0.0.1:9")


def test_after_a_failure_nothing_more_is_asked_for(tmp_path: Path, repository: FakeRepository) -> None:
    absent = [jar(f"absent-{number}", ONE) for number in range(60)]

    with pytest.raises(InstallationError, match="cannot be had"):
        JarCache(tmp_path, small_lock(*absent)).install(repository.address)

    assert len(repository.requests) < 60


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_are_not_there_are_named(
    cache: JarCache, repository: FakeRepository, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "/nowhere/certificates.pem")

    with pytest.raises(ConfigurationError, match=f"{variable}='/nowhere/certificates.pem' does not exist"):
        cache.install(repository.address)

    assert repository.requests == []


def test_too_little_space_is_said_before_anything_is_fetched(
    cache: JarCache, repository: FakeRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1_000_000, 999_000, 1_000))

    with pytest.raises(InstallationError, match=r"has 0 MB free and 200 MB are needed: free some space"):
        cache.install(repository.address)

    assert repository.requests == []


def test_a_disk_that_fills_up_is_one_line(
    cache: JarCache, repository: FakeRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(InstallationError, match=r"the disk of '.*' is full: free some space"):
        cache.install(repository.address)

    assert not cache.is_complete()


def test_another_lock_is_another_folder(tmp_path: Path) -> None:
    first = JarCache(tmp_path, small_lock(jar("one", ONE)))
    second = JarCache(tmp_path, small_lock(jar("one", TWO)))

    assert first.folder != second.folder
