"""A small artifact repository on this machine, and a lock for it."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from graph.server.lockfile import Artifact, Lock


def jar(name: str, content: bytes, folder: str = "lib") -> Artifact:
    """A locked artifact with this content."""
    return Artifact("org.example", name, "1.0", "", hashlib.sha256(content).hexdigest(), len(content), folder)


def small_lock(*artifacts: Artifact) -> Lock:
    return Lock(neo4j="5.26.31", gds="2.13.9", browser="5.24.0", java="21", artifacts=tuple(sorted(artifacts)))


@dataclass
class FakeRepository:
    """What it serves by path, what it was asked for, and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    honours_range: bool = True
    address: str = ""

    def serve(self, artifact: Artifact, content: bytes) -> Artifact:
        self.files[f"/{artifact.repository_path}"] = content
        return artifact

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


@pytest.fixture
def repository() -> Iterator[FakeRepository]:
    """An artifact repository over HTTP that answers from memory."""
    fake = FakeRepository()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            fake.requests.append((self.path, wanted))
            if fake.failures:
                self._answer(fake.failures.pop(0), b"")
            elif self.path not in fake.files:
                self._answer(404, b"")
            elif wanted is not None and fake.honours_range:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                self._answer(206, fake.files[self.path][start:])
            else:
                self._answer(200, fake.files[self.path])

        def _answer(self, code: int, content: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        fake.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield fake
        server.shutdown()
        thread.join()
