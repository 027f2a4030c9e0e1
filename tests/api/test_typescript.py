"""The typed client: generated from a role's schema, compiled strictly, run by Node.js against the running API."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from api.tokens import Caller, development_key, sign
from graph.settings import Settings
from graph.store import open_store
from tests.api import world
from tests.api.conftest import rebuild
from tests.api.served import served
from tests.node import installed, node

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "clients" / "typescript"
MADE = shutil.ignore_patterns("node_modules", "generated", "dist")
OPTED_OUT = "Prescribers who withhold their prescribing from sales, from the date they chose."
TOO_FEW = "Aggregates that rest on fewer than 11 mature starts."


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the client's folder with its packages, where tests may add operations."""

    folder: Path

    def run(self, script: Path | str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [*node(), str(script), *arguments]
        environment = {**os.environ, **variables}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300)

    def generate(self, *roles: str) -> subprocess.CompletedProcess[str]:
        return self.run("generate.mjs", *(f"--role={role}" for role in roles))

    def compile(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run("node_modules/typescript/bin/tsc", "--strict", *options)

    def answer(self, script: str, **variables: str) -> Any:
        """What a script prints that has the compiled client and both documents at hand."""
        (self.folder / "trial.mjs").write_text(
            'import { Refused, TwinClient } from "./dist/src/client.js";\n'
            'import { NeedsSupportDocument } from "./dist/roles/field_rep/generated/graphql.js";\n'
            "const { TWIN_URL: url, TWIN_TOKEN: token } = process.env;\n"
            f"{script}\n"
        )
        done = self.run("trial.mjs", **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def copied(folder: Path, settings: Settings) -> Project:
    """The client where it would lie in a checkout, without anything that was generated."""
    target = folder / "clients" / "typescript"
    shutil.copytree(SOURCE, target, ignore=MADE)
    shutil.copytree(ROOT / "docs" / "roles", folder / "docs" / "roles")
    (target / "node_modules").symlink_to(installed(SOURCE, settings) / "node_modules")
    return Project(target)


@pytest.fixture(scope="module")
def project(api_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Generated for both roles and compiled."""
    made = copied(tmp_path_factory.mktemp("client"), api_settings)
    generated = made.generate("field_rep", "market_access")
    assert (generated.returncode, generated.stderr) == (0, "")
    compiled = made.compile()
    assert (compiled.returncode, compiled.stdout) == (0, "")
    return made


@pytest.fixture(scope="module")
def url(api_settings: Settings, project: Project) -> Iterator[str]:
    """The running API on the hand-made world."""
    with open_store(api_settings) as store:
        rebuild(store)
    with served(api_settings) as address:
        yield address


@pytest.fixture(scope="module")
def rep(api_settings: Settings) -> str:
    """A token of the rep of T-1."""
    return sign(development_key(api_settings), Caller("u-1", "field_rep", "field_engagement", ("T-1",)))


@pytest.fixture(scope="module")
def access(api_settings: Settings) -> str:
    """A token of a colleague of market access."""
    return sign(development_key(api_settings), Caller("access", "market_access", "access_strategy"))


def friction_rows() -> list[str]:
    """What a rep of T-1 is told, by the starts that support could save: h03 has opted out."""
    rows = []
    for plan in (2, 1):
        for number in (6, 5, 4, 2, 1):
            saveable = round(world.friction(number, plan) * 5, 4)
            rows.append(
                f"{world.npi(number)}\tName{number:02}\tPlan {plan}\t{saveable:g}\tPA\tprior authorization since 2025"
            )
    return rows


def test_a_rep_reads_who_needs_support_page_by_page(project: Project, url: str, rep: str) -> None:
    # when the example asks for four at a time
    done = project.run("dist/roles/field_rep/needs_support.js", "OWN-1", "4", TWIN_URL=url, TWIN_TOKEN=rep)
    # then all ten come once, in order, and it says why h03 is not among them
    assert done.stderr == ""
    assert done.stdout.splitlines() == [*friction_rows(), f"hidden by prescriber_opt_out: {OPTED_OUT}"]


def test_market_access_reads_frictions_per_plan_and_what_is_withheld(project: Project, url: str, access: str) -> None:
    done = project.run("dist/roles/market_access/frictions_per_plan.js", "OWN-1", TWIN_URL=url, TWIN_TOKEN=access)
    assert done.stderr == ""
    # then the plan with 10 mature starts comes last and has the reason in the place of its value
    assert done.stdout.splitlines() == ["Plan 2\t0.5\t5\t11", "Plan 1\t0.2\t2\t40", f"Plan 3\t{TOO_FEW}\t\t"]


def test_a_refusal_has_code_status_and_request_id(project: Project, url: str) -> None:
    found = project.answer(
        """
        const client = new TwinClient({ url, token: async () => "no token" });
        try { await client.ask(NeedsSupportDocument, { product: "OWN-1", first: 1 }) } catch (error) {
          const { name, status, code, requestId, problems } = error;
          const same = problems[0].extensions.requestId === requestId;
          console.log(JSON.stringify({ known: error instanceof Refused, name, status, code, same }));
        }""",
        TWIN_URL=url,
    )
    assert found == {"known": True, "name": "Refused", "status": 401, "code": "UNAUTHENTICATED", "same": True}


ASK_ONCE = """
const client = new TwinClient({ url, token, attempts: Number(process.env.ATTEMPTS), timeout: 60 });
const started = Date.now();
try {
  const { data } = await client.ask(NeedsSupportDocument, { product: "OWN-1", first: 1 });
  console.log(JSON.stringify({ total: data.accessFrictions.totalCount, waited: Date.now() - started }));
} catch (error) {
  console.log(JSON.stringify({ status: error.status, code: error.code, waited: Date.now() - started }));
}"""


@pytest.mark.parametrize(("status", "code"), [(503, "SERVICE_UNAVAILABLE"), (429, "RATE_LIMITED")])
def test_a_busy_answer_is_asked_again_after_the_time_it_names(
    project: Project, url: str, rep: str, status: int, code: str
) -> None:
    # given something in front of the API that is busy twice
    with Busy(url, status, code, times=2) as front:
        found = project.answer(ASK_ONCE, TWIN_URL=front.url, TWIN_TOKEN=rep, ATTEMPTS="3")
    # then the third attempt is answered, after two waits of a second
    assert front.asked == 3
    assert found["total"] == 10
    assert found["waited"] >= 2000
    # and with one attempt less it is given up
    with Busy(url, status, code, times=2) as front:
        found = project.answer(ASK_ONCE, TWIN_URL=front.url, TWIN_TOKEN=rep, ATTEMPTS="2")
    assert front.asked == 2
    assert (found["status"], found["code"]) == (status, code)


def test_a_trusted_only_server_answers_the_generated_manifest(
    project: Project, api_settings: Settings, url: str, rep: str
) -> None:
    manifest = project.folder / "roles" / "field_rep" / "generated" / "persisted-documents.json"
    trusted = {"TWIN_DOCUMENTS_FILE": str(manifest), "TWIN_TRUSTED_ONLY": "yes"}
    with served(api_settings, **trusted) as closed:
        # when the example asks by digest
        example = "dist/roles/field_rep/needs_support.js"
        done = project.run(example, "OWN-1", TWIN_URL=closed, TWIN_TOKEN=rep, TWIN_PERSISTED="yes")
        # and somebody by text
        refused = project.answer(ASK_ONCE, TWIN_URL=closed, TWIN_TOKEN=rep, ATTEMPTS="1")
    assert done.stdout.splitlines()[:10] == friction_rows()
    assert (refused["status"], refused["code"]) == (400, "PERSISTED_QUERY_NOT_FOUND")


@pytest.mark.parametrize(
    ("role", "operation", "told"),
    [
        (
            "field_rep",
            "query Denied { hcps { edges { node { npi optedOutOn } } } }",
            'Cannot query field "optedOutOn" on type "Hcp"',
        ),
        (
            "field_rep",
            "query Denied { hcps(where: {optedOutOn: {eq: null}}) { totalCount } }",
            'Field "optedOutOn" is not defined by type "HcpWhere"',
        ),
        (
            "market_access",
            'query Denied { hcp(npi: "1") { prescriptions(product: "OWN-1") { trx } } }',
            'Cannot query field "prescriptions" on type "Hcp"',
        ),
    ],
)
def test_an_operation_with_a_denied_member_is_not_generated(
    api_settings: Settings, tmp_path: Path, role: str, operation: str, told: str
) -> None:
    # given one operation too many
    project = copied(tmp_path, api_settings)
    (project.folder / "roles" / role / "denied.graphql").write_text(operation)
    # when it is generated
    done = project.generate(role)
    # then it is refused by name and nothing is written
    assert done.returncode == 1
    assert told in done.stderr
    assert not (project.folder / "roles" / role / "generated").exists()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("page.nodes[0]?.hcp?.optedOutOn", "Property 'optedOutOn' does not exist on type"),
        ("page.nodes[0]?.value.toFixed(1)", "is possibly 'null'"),
    ],
)
def test_code_that_reads_what_was_not_asked_or_may_be_hidden_does_not_compile(
    project: Project, code: str, told: str
) -> None:
    example = project.folder / "roles" / "field_rep" / "needs_support.ts"
    trial = example.with_name("trial.ts")
    trial.write_text(
        example.read_text() + f"for await (const page of client.pages(NeedsSupportDocument, variables, "
        f"(data) => data.accessFrictions)) console.log({code});\n"
    )
    try:
        done = project.compile("--noEmit")
    finally:
        trial.unlink()
    assert done.returncode == 2
    errors = [line for line in done.stdout.splitlines() if "error TS" in line]
    assert len(errors) == 1
    assert errors[0].startswith("roles/field_rep/trial.ts")
    assert told in errors[0]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--role=medical", "error: no folder roles/medical: make it and put operations into it"),
        ("--rôle=medical", "error: Unknown option '--rôle': use --role ROLE"),
    ],
)
def test_what_cannot_be_generated_is_named(project: Project, option: str, told: str) -> None:
    done = project.run("generate.mjs", option)
    assert done.returncode == 2
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_the_lock_names_no_host() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    assert len(lock["packages"]) > 1
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


class Busy:
    """Stands in front of the API, answers some requests as one that is busy and passes on the rest."""

    def __init__(self, url: str, status: int, code: str, times: int) -> None:
        self.asked = 0
        body = json.dumps({"errors": [{"message": "busy", "extensions": {"code": code}}]}).encode()
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                front.asked += 1
                sent = self.rfile.read(int(self.headers["content-length"]))
                if front.asked <= times:
                    self.respond(status, body, {"Retry-After": "1"})
                    return
                headers = {name: self.headers[name] for name in ("accept", "authorization", "content-type")}
                with urllib.request.urlopen(urllib.request.Request(url, sent, headers), timeout=60) as answer:  # noqa: S310
                    self.respond(answer.status, answer.read(), {})

            def respond(self, code: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(code)
                for name, value in ({"Content-Type": "application/graphql-response+json"} | headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/graphql"

    def __enter__(self) -> "Busy":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
