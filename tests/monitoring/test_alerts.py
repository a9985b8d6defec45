"""Alerts are told once, when they should be, to whom they should be."""

import http.server
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.monitoring.conftest import BASE, Endpoint, endpoint_in

from motifleet.app import Motifleet, Simulation
from motifleet.errors import (
    InvalidArgumentError,
    MonitoringError,
    NameTakenError,
    NotAllowedError,
    UnknownAlertError,
    UnknownEndpointError,
)
from motifleet.monitoring.alerts.channels import Message, post
from motifleet.monitoring.alerts.states import next_state
from motifleet.workspace import Actor, AlertState, Rule, now_ms

RULE = Rule(
    "r", "DEV", "slow", "latency_p95", "x", 100.0, clear=80.0, for_seconds=60, repeat_seconds=600
)


def told(values: list[float | None], step: int = 30) -> list[str | None]:
    state = AlertState()
    found: list[str | None] = []
    for at, value in enumerate(values):
        state, kind = next_state(RULE, state, value, BASE + at * step * 1000)
        found.append(kind)
    return found


def test_an_alert_fires_after_its_time_and_is_over_where_it_is_clear() -> None:
    assert told([120, 120, 120, 90, 79, 120]) == [None, None, "firing", None, "resolved", None]
    assert told([120, 90, 120, 120]) == [None] * 4  # the time begins anew
    assert told([120, None, 120, 120]) == [None] * 4  # nothing known is not over
    assert told([120, 120, 120, None, None, 70]) == [None, None, "firing", None, None, "resolved"]


def test_what_goes_on_is_told_again_after_its_time_alone() -> None:
    found = told([120.0] * 60)
    assert [at for at, kind in enumerate(found) if kind] == [2, 22, 42]
    assert {kind for kind in found if kind} == {"firing", "repeated"}


@given(st.lists(st.one_of(st.none(), st.floats(0, 200)), max_size=60))
def test_messages_come_in_turns_whatever_is_measured(values: list[float | None]) -> None:
    kinds = [kind for kind in told(values) if kind and kind != "repeated"]
    assert kinds == ["firing", "resolved"] * (len(kinds) // 2) + ["firing"] * (len(kinds) % 2)


class Hook(http.server.BaseHTTPRequestHandler):
    """A webhook that keeps what it is sent, and answers what it is told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server: Any = self.server
        server.got.append((self.path, self.headers["Host"], json.loads(body)))
        self.send_response(server.status)
        if server.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Any]:
    with socketserver.TCPServer(("127.0.0.1", 0), Hook) as server:
        told: Any = server
        told.got, told.status, told.server_port = [], 200, server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def slow(endpoint: Endpoint, at: int, took: int) -> None:
    for number in range(20):
        endpoint.answer(at * 1000 + number, took=took)


def test_an_alert_goes_its_way(
    fleet: Motifleet, endpoint: Endpoint, hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIFLEET_WEBHOOK_PRIVATE", "true")
    fleet = type(fleet)(fleet.settings.model_copy(update={"webhook_private": True}), fleet.tables)
    alerts = fleet.monitoring.alerts
    url = f"http://localhost:{hook.server_port}/hooks/secret?x=1"
    made = alerts.add(
        "slow",
        "latency_p95",
        "failures",
        100,
        clear=80,
        for_seconds=30,
        window_seconds=30,
        channels=["log", f"webhook:{url}"],
    )
    assert made.project == "default"
    assert "secret" not in json.dumps([each.to_dict() for each in alerts.rules()])
    looks = [(40, 200), (70, 200), (75, None), (100, 90), (130, 20)]
    sent = []
    for at, took in looks:
        if took is not None:
            slow(endpoint, at, took)
        sent.append(alerts.look(now=BASE + at * 1000 + 900))
    assert sent == [0, 1, 0, 0, 1]
    assert [(path, host) for path, host, _ in hook.got] == [
        ("/hooks/secret?x=1", f"localhost:{hook.server_port}")
    ] * 2
    first, last = (body for _, _, body in hook.got)
    assert (first["kind"], first["alert"], first["target"]) == ("firing", "slow", "failures")
    assert first["text"] == "latency_p95 of failures is 200.0 ms (of 20 requests), above 100.0 ms"
    assert last["kind"] == "resolved"
    log = fleet.settings.home / "logs" / "alerts.log"
    assert [json.loads(line)["kind"] for line in log.read_text().splitlines()] == [
        "firing",
        "resolved",
    ]
    events = alerts.events("slow")
    assert [each.kind for each in events] == ["resolved", "firing"]
    assert set(events[0].sent) == {"log", f"webhook:http://localhost:{hook.server_port}/…"}


def test_what_cannot_be_sent_is_tried_again_and_then_no_more(
    fleet: Motifleet, endpoint: Endpoint, hook: Any
) -> None:
    fleet = type(fleet)(fleet.settings.model_copy(update={"webhook_private": True}), fleet.tables)
    hook.status = 500
    notes: list[str] = []
    alerts, url = fleet.monitoring.alerts, f"webhook:http://127.0.0.1:{hook.server_port}/"
    alerts.add("slow", "latency_p50", "failures", 100, channels=[url])
    slow(endpoint, 0, 200)
    for minute in range(60):
        alerts.look(notes.append, now=BASE + 1_000 + minute * 30_000)
    assert len(hook.got) == 5
    assert all("expected a success, got 500" in note for note in notes)
    hook.status = 302
    with pytest.raises(MonitoringError, match="redirects are not followed"):
        post(url.removeprefix("webhook:"), Message("a", "b", {}), private=True)
    assert [path for path, _, _ in hook.got] == ["/"] * 6


def test_webhooks_stay_away_from_this_machine(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    for name in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"):
        with pytest.raises(MonitoringError, match=r"public address|no address"):
            post(f"http://{name}:{hook.server_port}/", Message("a", "b", {}))
    # A name that is public when it is looked up, and of this machine the next time.
    answers = [[(2, 1, 6, "", ("8.8.8.8", 80))], [(2, 1, 6, "", ("127.0.0.1", 80))]]
    asked: list[Any] = []

    def looked_up(*words: Any, **options: Any) -> Any:
        asked.append(words)
        return answers.pop(0)

    connected: list[Any] = []

    def connect(address: Any, *words: Any) -> Any:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        post("http://rebinding.example:80/", Message("a", "b", {}))
    assert (len(asked), connected) == (1, [("8.8.8.8", 80)])
    answers[:] = [[(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]]
    with pytest.raises(MonitoringError, match="public address"):
        post("http://both.example/", Message("a", "b", {}))
    assert hook.got == []


NO_CHANNELS: list[str] = [
    "fax:1",
    "webhook:ftp://host/",
    "webhook:file:///etc/passwd",
    "webhook:http://user:pass@host/",
    "webhook:http://host\\@evil/",
    "webhook:http://ho st/",
    "webhook:http://host/\r\nX: y",
    "email:nobody",
    "email:a@b\nBcc: c@d",
    "",
]


def test_channels_that_are_none_are_refused(fleet: Motifleet, endpoint: Endpoint) -> None:
    for channel in NO_CHANNELS:
        with pytest.raises(InvalidArgumentError, match="expected"):
            fleet.monitoring.alerts.add("a", "errors", "failures", 0.1, channels=[channel])


class Post(socketserver.StreamRequestHandler):
    """A mail server that keeps the letters that it is brought."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        letter: list[bytes] | None = None
        for line in self.rfile:
            server: Any = self.server
            if letter is not None:
                if line == b".\r\n":
                    server.got.append(b"".join(letter).decode())
                    letter = None
                    self.wfile.write(b"250 kept\r\n")
                else:
                    letter.append(line)
            elif line.upper().startswith(b"DATA"):
                letter = []
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 good\r\n")


def test_an_alert_is_mailed(fleet: Motifleet, endpoint: Endpoint) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        server.got = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mail = {
            "smtp_host": "127.0.0.1",
            "smtp_port": server.server_address[1],
            "smtp_security": "none",
            "smtp_from": "fleet@example.org",
        }
        fleet = type(fleet)(fleet.settings.model_copy(update=mail), fleet.tables)
        alerts = fleet.monitoring.alerts
        alerts.add("slow", "latency_p50", "failures", 100, channels=["email:ann@example.org"])
        slow(endpoint, 0, 200)
        alerts.look(now=BASE + 1_000)
        server.shutdown()
        (letter,) = server.got  # type: ignore[attr-defined]
    assert "Subject: [firing] default/slow" in letter
    assert "To: ann@example.org" in letter


def test_each_metric_is_measured(fleet: Motifleet, endpoint: Endpoint) -> None:
    for at in range(40):
        status = 503 if at % 4 == 0 else 400 if at % 4 == 1 else 200
        endpoint.answer(at * 10, [{"label": 1}], status=status, took=at)
        if status == 200:
            fleet.monitoring.track_delayed_metrics({"ground_truth": at % 3 > 0}, endpoint.uuids[-1])
    alerts = fleet.monitoring.alerts
    rules = {
        "errors": ("errors", 0.2, {}),
        "p99": ("latency_p99", 30, {}),
        "asked": ("requests", 39, {}),
        "accuracy": ("accuracy", 0.99, {"options": {"least": 10}}),
        "precision": ("precision", 0.99, {"options": {"least": 30}}),  # too few answers
        "memory": ("memory", 1, {}),  # nothing is known
    }
    for name, (metric, threshold, options) in rules.items():
        alerts.add(name, metric, "failures", threshold, **options)  # type: ignore[arg-type]
    alerts.look(now=BASE + 1_000)
    found = {each.rule.name: each.state for each in alerts.rules()}
    assert {name for name, state in found.items() if state.firing} == {
        "errors",
        "p99",
        "asked",
        "accuracy",
    }
    assert found["errors"].value == 0.25
    assert (found["precision"].value, found["memory"].value) == (None, None)


def test_a_device_that_is_silent_is_named(fleet: Motifleet) -> None:
    fleet.simulate(Simulation("lab", reports=200, devices=4), "lab")
    fleet.workspace.add_project("default")
    last = fleet.scan("lab", columns=["device_id", "event_ts"]).group_by("device_id")
    times = sorted(
        (row["event_ts_max"], row["device_id"])
        for row in last.aggregate([("event_ts", "max")]).to_pylist()
    )
    alerts = fleet.monitoring.alerts
    now = round(times[-1][0].timestamp() * 1000)
    gap = (times[-1][0] - times[0][0]).total_seconds()
    assert gap > 0
    alerts.add("silent", "silence", "lab", gap - 1)
    alerts.look(now=now)
    (event,) = alerts.events("silent")
    assert event.message.startswith(f"silence of lab is {gap:,.0f} s (1 device: {times[0][1]})")


def test_a_silent_device_stays_in_alert_until_it_reports_again(
    fleet: Motifleet, tmp_path: Path
) -> None:
    begun, minute = now_ms(), 60_000
    fleet.workspace.add_project("default")
    alerts, said = fleet.monitoring.alerts, [0]

    def report(device: str, at: int) -> None:
        said[0] += 1
        file = tmp_path / f"{said[0]}.csv"
        moment = datetime.fromtimestamp(at / 1000, UTC).isoformat()
        file.write_text(f"device_id,event_ts,latitude,longitude\n{device},{moment},40,-90\n")
        fleet.import_file(file, "trucks")

    def look(now: int) -> list[str]:
        alerts.look(now=now)
        return [each.kind for each in reversed(alerts.events("gone"))]

    for device in ("a", "b", "sold"):
        report(device, begun)
    options = {"without": ["sold"]}
    alerts.add("gone", "silence", "trucks", 60, window_seconds=600, options=options)
    assert look(begun + minute // 2) == []
    report("a", begun + 2 * minute)
    assert look(begun + 2 * minute) == ["firing"]  # b, and not what is left out
    report("a", begun + 30 * minute)
    assert look(begun + 30 * minute) == ["firing"]  # b went out of the window, and is silent still
    assert alerts.rules()[0].state.value == 30 * 60
    report("a", begun + 40 * minute)
    report("b", begun + 40 * minute)
    assert look(begun + 40 * minute) == ["firing", "resolved"]
    with pytest.raises(InvalidArgumentError, match="list of devices"):
        alerts.add("wrong", "silence", "trucks", 60, options={"without": "sold"})


def test_rules_are_made_by_whoever_may(fleet: Motifleet) -> None:
    for name in ("DEV", "PRD"):
        fleet.workspace.add_project(name)
        endpoint_in(fleet.monitoring.store, name.lower(), name)
    dev = fleet.workspace.project("DEV").id

    def acting(role: str) -> Any:
        return fleet.monitoring.acting(Actor(role, "u", roles={dev: role})).alerts  # type: ignore[dict-item]

    fleet.monitoring.alerts.add("hidden", "errors", "prd", 0.1)
    made = acting("contributor").add("mine", "errors", "dev", 0.1)
    assert [each.rule.id for each in acting("viewer").rules()] == [made.id]
    refused: list[Callable[[], object]] = [
        lambda: acting("operator").add("more", "errors", "dev", 0.1),
        lambda: acting("viewer").switch("mine", active=False),
        lambda: acting("operator").remove("mine"),
        lambda: acting("admin").look(),
    ]
    for work in refused:
        with pytest.raises(NotAllowedError):
            work()
    with pytest.raises(UnknownEndpointError):
        acting("admin").add("theirs", "errors", "prd", 0.1)
    with pytest.raises(UnknownAlertError):
        acting("admin").remove("hidden")
    with pytest.raises(NameTakenError):
        acting("admin").add("mine", "errors", "dev", 0.1)
    assert acting("operator").switch("mine", active=False).active is False
    acting("admin").remove("mine")
    assert [each.rule.name for each in fleet.monitoring.alerts.rules()] == ["hidden"]
    noted = [each.action for each in fleet.workspace.audit(project="DEV")]
    assert noted[:3] == ["alert.write", "alert.silence", "alert.write"]


NO_RULES: list[dict[str, Any]] = [
    {"metric": "beauty"},
    {"threshold": float("nan")},
    {"clear": 0.3},
    {"for_seconds": -1},
    {"window_seconds": 0},
    {"repeat_seconds": 1},
    {"channels": []},
    {"name": "../x"},
]


def test_rules_that_make_no_sense_are_refused(fleet: Motifleet, endpoint: Endpoint) -> None:
    good: dict[str, Any] = {"name": "a", "metric": "errors", "target": "failures", "threshold": 0.2}
    for told in NO_RULES:
        wrong = good | told
        with pytest.raises(InvalidArgumentError, match="expected"):
            fleet.monitoring.alerts.add(**wrong)
