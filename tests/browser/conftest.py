"""A headless Chromium driven over a pair of pipes with the DevTools protocol; nothing but the standard library."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Chromium reads commands from file descriptor 3 and answers on 4.
TRAMPOLINE = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--window-size=1500,1000",
)
CONTROL_KEY = 2


class Chromium:
    """One page of a headless browser, with every request that it and its workers made."""

    def __init__(self, binary: str, profile: Path) -> None:
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for pipe in (os.pipe(), os.pipe()) for end in pipe]
        read_by_browser, self._out, self._in, written_by_browser = ends
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", TRAMPOLINE, str(read_by_browser), str(written_by_browser)),
                *(binary, *FLAGS, *sandbox, f"--user-data-dir={profile}", "about:blank"),
            ],
            pass_fds=(read_by_browser, written_by_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_by_browser)
        os.close(written_by_browser)
        self._requests: dict[str, str] = {}
        self._refused: set[str] = set()
        self._watchers: list[str] = []
        self._buffer, self._messages, self._number = b"", deque[dict[str, Any]](), 0
        target = self._call("Target.createTarget", {"url": "about:blank"}, session=None)["targetId"]
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True}, session=None)[
            "sessionId"
        ]
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        self._call("Target.setAutoAttach", attach, self._session)
        for domain in ("Network", "Runtime", "Page"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._out)
        os.close(self._in)

    @property
    def requests(self) -> list[str]:
        """Addresses that were really asked; what the content policy refused never left the browser."""
        return [address for key, address in self._requests.items() if key not in self._refused]

    @property
    def refused(self) -> list[str]:
        """Addresses that the content policy kept the page from asking."""
        return [self._requests[key] for key in self._refused]

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One DevTools command to the page, with its result."""
        result = self._call(method, parameters, self._session)
        while self._watchers:  # workers that started meanwhile make requests too
            self._call("Network.enable", {}, self._watchers.pop())
        return result

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 30.0) -> Any:
        """The value of ``expression`` once it is true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := self.evaluate(expression):
                return value
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds} s: {expression}; the page shows: {self.text()[-1500:]}")

    def text(self) -> str:
        """All text that the page shows."""
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def type(self, selector: str, text: str) -> None:
        """Put ``text`` into an input as typed by hand."""
        self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.focus(); e.select() }})()"
        )
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def press_control_enter(self) -> None:
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": CONTROL_KEY}
        self.call("Input.dispatchKeyEvent", type="keyDown", **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def picture(self, file: Path) -> None:
        """A screenshot as PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def _call(self, method: str, parameters: dict[str, Any], session: str | None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        wanted = self._number
        while True:
            answer = self._next_message()
            if answer.get("id") == wanted:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next_message(self) -> dict[str, Any]:
        while not self._messages:
            ready, _, _ = select.select([self._in], [], [], 30)
            assert ready, "Chromium did not answer within 30 s"
            received = os.read(self._in, 1 << 20)
            assert received, "Chromium ended"
            *whole, self._buffer = (self._buffer + received).split(b"\0")
            self._messages.extend(json.loads(text) for text in whole)
        return self._messages.popleft()

    def _note(self, event: dict[str, Any]) -> None:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self._requests[parameters["requestId"]] = parameters["request"]["url"]
        elif method == "Network.webSocketCreated":
            self._requests[parameters["requestId"]] = parameters["url"]
        elif method == "Network.loadingFailed" and parameters.get("blockedReason") == "csp":
            self._refused.add(parameters["requestId"])
        elif method == "Target.attachedToTarget":
            self._watchers.append(parameters["sessionId"])


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chromium]:
    """A browser of the machine: CHROMIUM names it, else `chromium` or `google-chrome` on the path."""
    binary = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("no Chromium on this machine: install one or set CHROMIUM to try Neo4j Browser for real")
    browser = Chromium(binary, tmp_path / "profile")
    try:
        yield browser
    finally:
        browser.close()
