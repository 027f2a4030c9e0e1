"""The lock as a file, and the rules it has to keep."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import InstallationError
from graph.server.lock_checks import check, check_one_jackson, check_unique
from graph.server.lockfile import Artifact, Lock
from graph.server.make_lock import differences, read_tree
from tests.graph.server.conftest import jar, small_lock


def test_a_lock_survives_being_written(tmp_path: Path) -> None:
    native = replace(jar("netty", b"n"), classifier="linux-x86_64")
    lock = small_lock(jar("one", b"1"), native)
    file = tmp_path / "lock.json"
    file.write_text(lock.text(), encoding="utf-8")

    again = Lock.load(file)

    assert again == lock
    assert again.fingerprint == lock.fingerprint
    assert native.repository_path == "org/example/netty/1.0/netty-1.0-linux-x86_64.jar"
    assert native.name == "org.example:netty:linux-x86_64:1.0"


def test_any_change_changes_the_fingerprint() -> None:
    lock = small_lock(jar("one", b"1"))

    assert replace(lock, java="17").fingerprint != lock.fingerprint
    assert small_lock(jar("one", b"2")).fingerprint != lock.fingerprint


@pytest.mark.parametrize("text", ["", "{}", '{"versions": {}, "artifacts": []}', '{"artifacts": [{"group": 1}]}'])
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "lock.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InstallationError, match=r"lock\.json' cannot be used .* run 'make lock'"):
        Lock.load(file)


def test_two_versions_of_one_jar_are_refused() -> None:
    one = jar("one", b"1")

    with pytest.raises(InstallationError, match=r"'org\.example:one' is in the lock 2 times"):
        check_unique((one, replace(one, version="1.1")))


def test_two_jars_of_one_file_name_are_refused() -> None:
    one = jar("one", b"1")

    with pytest.raises(InstallationError, match=r"'one-1\.0\.jar' is in the lock 2 times"):
        check_unique((one, replace(one, group="org.example.other")))


def test_two_families_of_jackson_are_refused() -> None:
    core = replace(jar("jackson-core", b"c"), group="com.fasterxml.jackson.core", version="2.22.2")
    csv = replace(jar("jackson-dataformat-csv", b"d"), group="com.fasterxml.jackson.dataformat", version="2.18.6")

    check_one_jackson((core, replace(csv, version="2.22.0")))
    with pytest.raises(InstallationError, match=r"jackson is locked in versions \['2\.18', '2\.22'\]"):
        check_one_jackson((core, csv))


def put(repository: Path, artifact: Artifact, member: str) -> None:
    file = repository / artifact.repository_path
    file.parent.mkdir(parents=True)
    with zipfile.ZipFile(file, "w") as content:
        content.writestr(member, "x")


def test_the_entry_point_and_the_extension_have_to_be_there(tmp_path: Path) -> None:
    server = replace(jar("neo4j", b""), group="org.neo4j")
    extension = replace(jar("opengds-extension", b""), group="org.neo4j.gds")
    put(tmp_path, server, "org/neo4j/server/CommunityEntryPoint.class")
    put(tmp_path, extension, "META-INF/services/something.else")

    with pytest.raises(InstallationError, match=r"opengds-extension:1\.0 lacks 'META-INF/services/org\.neo4j"):
        check(small_lock(server, extension), tmp_path)
    with pytest.raises(InstallationError, match=r"org\.neo4j:neo4j is not in the lock"):
        check(small_lock(extension), tmp_path)


def test_a_maven_tree_is_read_by_its_folders(tmp_path: Path) -> None:
    native = tmp_path / "io" / "netty" / "epoll" / "4.1" / "epoll-4.1-linux-x86_64.jar"
    procedures = tmp_path / "org" / "neo4j" / "gds" / "proc-catalog" / "2.13.9" / "proc-catalog-2.13.9.jar"
    facade = tmp_path / "org" / "neo4j" / "gds" / "procedures-facade" / "2.13.9" / "procedures-facade-2.13.9.jar"
    for file in (native, procedures, facade):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"jar")

    lock = read_tree(tmp_path)

    digest = hashlib.sha256(b"jar").hexdigest()
    assert lock.artifacts == (
        Artifact("io.netty", "epoll", "4.1", "linux-x86_64", digest, 3, "lib"),
        Artifact("org.neo4j.gds", "proc-catalog", "2.13.9", "", digest, 3, "plugins"),
        Artifact("org.neo4j.gds", "procedures-facade", "2.13.9", "", digest, 3, "lib"),
    )


def test_what_changed_is_named() -> None:
    kept, gone, changed, forged = jar("kept", b"k"), jar("gone", b"g"), jar("changed", b"c"), jar("forged", b"f")
    new = replace(changed, version="1.1")

    lines = differences((kept, gone, changed, forged), (kept, new, replace(forged, sha256="0"), jar("came", b"!")))

    assert lines == [
        "- org.example:gone:1.0",
        "+ org.example:came:1.0",
        "~ org.example:changed:1.0 -> 1.1",
        "! org.example:forged:1.0: same version, other content",
    ]
