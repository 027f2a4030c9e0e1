"""The artifact repository over HTTP: one place that knows its address, proxies, authorities and retries."""

import errno
import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

from graph.errors import ConfigurationError, InstallationError
from graph.server.lockfile import Artifact

ATTEMPTS = 4
CONNECT_SECONDS, READ_SECONDS = 15.0, 60.0
CHUNK = 1 << 17
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")

Arrived = Callable[[int], None]


def default_repository() -> str:
    """The public repository, as the `jgo` package knows it; ``TWIN_REPOSITORY`` overrides it."""
    from jgo.constants import MAVEN_CENTRAL_URL  # imported late: jgo is only needed when something is fetched

    return str(MAVEN_CENTRAL_URL)


def own_authorities() -> str | None:
    """The certificates that the environment names; raise `ConfigurationError` when they are not there."""
    for variable in AUTHORITIES:
        path = os.environ.get(variable)
        if path and not Path(path).exists():
            raise ConfigurationError(f"{variable}={path!r} does not exist: name a file of certificates, or unset it")
        if path:
            return path
    return None


class Repository:
    """Fetches artifacts. Proxies and own authorities come from the usual variables:
    ``HTTPS_PROXY``, ``NO_PROXY``, ``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE``, ``SSL_CERT_FILE``.
    """

    def __init__(self, address: str | None) -> None:
        self.address = (address or default_repository()).rstrip("/")
        self._authorities = own_authorities()
        self._local = threading.local()

    def fetch(self, artifact: Artifact, target: Path, arrived: Arrived) -> None:
        """Put the artifact at ``target``, verified and in one step; ``arrived`` hears of each block of bytes.

        What an interrupted run left in ``<target>.part`` is continued. Raises `InstallationError`.
        """
        part = target.with_name(target.name + ".part")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                digest = self._receive(artifact, part, arrived)
                break
            except requests.RequestException as error:
                if attempt == ATTEMPTS or not _worth_another_try(error):
                    raise InstallationError(self._explain(artifact, error)) from error
                time.sleep(0.5 * 2**attempt)
            except OSError as error:
                raise disk_error(error, part) from error
        if digest != artifact.sha256:
            part.unlink(missing_ok=True)
            raise InstallationError(
                f"{artifact.name} is refused: its sha256 is {digest!r}, the lock says {artifact.sha256!r}; "
                f"check what TWIN_REPOSITORY or the proxy delivers, then try again"
            )
        part.replace(target)

    def _receive(self, artifact: Artifact, part: Path, arrived: Arrived) -> str:
        """Complete the partial file and return the sha256 of the whole of it."""
        checksum, start = hashlib.sha256(), 0
        if part.exists():
            kept = part.read_bytes()
            if len(kept) <= artifact.size:
                checksum.update(kept)
                start = len(kept)
        if start == artifact.size:
            return checksum.hexdigest()
        headers = {"Range": f"bytes={start}-"} if start else {}
        with self._session().get(
            f"{self.address}/{artifact.repository_path}",
            headers=headers,
            stream=True,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
        ) as response:
            response.raise_for_status()
            if start and response.status_code != requests.codes.partial_content:
                checksum, start = hashlib.sha256(), 0
            with part.open("ab" if start else "wb") as file:
                for block in response.iter_content(CHUNK):
                    file.write(block)
                    checksum.update(block)
                    arrived(len(block))
                file.flush()
                os.fsync(file.fileno())
        return checksum.hexdigest()

    def _session(self) -> requests.Session:
        """One session per thread, so that connections are kept alive and never shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.verify = self._authorities or True
            self._local.session = session
        return session

    def _explain(self, artifact: Artifact, error: requests.RequestException) -> str:
        response = error.response
        if response is not None:
            return (
                f"{artifact.name} cannot be had from {self.address!r}: it answers {response.status_code} "
                f"{response.reason}; set TWIN_REPOSITORY to a repository that has it"
            )
        if isinstance(error, requests.exceptions.SSLError):
            return (
                f"{self.address!r} shows a certificate that is not trusted: "
                f"name your authorities in SSL_CERT_FILE or REQUESTS_CA_BUNDLE"
            )
        return (
            f"{self.address!r} cannot be reached ({type(error).__name__}): check the network, HTTPS_PROXY, "
            f"or set TWIN_REPOSITORY to a mirror; what has arrived is kept"
        )


def disk_error(error: OSError, path: Path) -> InstallationError:
    """One line for what the disk said."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InstallationError(
            f"the disk of {str(path.parent)!r} is full: free some space or set TWIN_CACHE elsewhere"
        )
    return InstallationError(f"{str(path)!r} cannot be written ({error.strerror}): mend it or set TWIN_CACHE elsewhere")


def _worth_another_try(error: requests.RequestException) -> bool:
    """Whether the same request may succeed a moment later."""
    if isinstance(error, (requests.exceptions.SSLError, requests.exceptions.ProxyError)):
        return False
    return error.response is None or error.response.status_code in (408, 429, 500, 502, 503, 504)
