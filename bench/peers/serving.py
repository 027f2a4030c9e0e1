"""Serve a peer on a free port of the loopback, as the API is served: one process, the same server library."""

from __future__ import annotations

import json
import signal

import uvicorn
from starlette.applications import Starlette

from api.serving import address_of, listen


def serve_peer(app: Starlette) -> None:
    """Print a line of JSON with the address, serve until SIGTERM."""
    config = uvicorn.Config(app, access_log=False, server_header=False, log_level="warning", lifespan="on")
    # uvicorn stops gracefully and then raises the signal again for whom it replaced.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with listen("127.0.0.1", None) as bound:
        # Bound and listening: what comes before uvicorn is ready waits.
        print(json.dumps({"address": address_of(bound)}), flush=True)  # noqa: T201
        uvicorn.Server(config).run(sockets=[bound])
