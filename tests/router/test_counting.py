"""Exactly-once counting under faults: failing requests, lost responses, killed processes, a stream with repeated
records, concurrent handlers between any two requests, and messages that arrive late and out of order. Some visits are
counted directly by `$connect`, others are marked for the stream, and sweeps move days. counting/test_recording.py adds
requests that arrive late.

After the faults end and a sweep or two have run, the count must equal the number of distinct visits and every page must
show it. The count on a page must never decrease, never exceed the recorded visits, and include the page's own visit
from the first number on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from router.errors import EventFailedError
from router.memory import Memory
from tests.router.fake_dynamodb import CONNECTIONS, VISITS
from tests.router.faults import Fault, FaultyClient, Killed
from tests.router.pages import Message, Page
from tests.router.rig import ENVIRONMENT, Rig, disconnect_event, message_event, recorded
from tests.router.strategies import ADDRESSES, FAULTS, MAX_SOCKET_SECONDS, OUTCOMES, POST_FAULTS, VISIT_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Counting(RuleBasedStateMachine):
    """A state machine. Each rule is an invocation of the router with faults, or an event of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig()
        self.pages: list[Page] = []
        self.sockets = 0
        self.highest = 0
        self.acknowledged: set[str] = set()
        self.in_flight: dict[str, list[Message]] = defaultdict(list)
        self.visit_of: dict[str, str] = {}  # socket -> key of its visit
        self.post_faults: deque[Fault] = deque()
        self.data: st.DataObject | None = None

    @initialize(
        timeout=st.sampled_from([2.55, 2.8, 4.0, 60.0]), policy=st.sampled_from(["tab", "visitor", "connection"])
    )
    def begin(self, timeout: float, policy: str) -> None:
        secret = {"ORIGIN_SECRET": "s" * 40, "CONNECTS_PER_ADDRESS": "30", "VISITS_PER_ADDRESS": "20"}
        self.rig.environment = {**ENVIRONMENT, "VISIT_POLICY": policy, "VISIT_NAMES": "blog", **secret}
        self.rig.clock.timeout = timeout
        self.rig.transport.on_post = self._on_post

    @rule(visits=st.lists(VISIT_IDS, min_size=1, max_size=6), address=ADDRESSES, faults=FAULTS, data=st.data())
    def arrive(self, visits: list[str], address: str, faults: list[Fault], data: st.DataObject) -> None:
        self.data = data
        for visit in visits:
            self._open(visit, address, faults)

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), faults=FAULTS)
    def come_back(self, data: st.DataObject, faults: list[Fault]) -> None:
        """A page loses its connection and opens another; $disconnect may or may not be delivered."""
        self.data = data
        page = data.draw(st.sampled_from(self.pages))
        socket, page.socket = page.socket, ""
        if data.draw(st.booleans()):
            self._invoke(lambda: self.rig.send(disconnect_event(socket or "unknown")), faults)
        self._open("visit-back", "203.0.113.1", faults, page)

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), faults=FAULTS, posts=POST_FAULTS)
    def say_hello(self, data: st.DataObject, faults: list[Fault], posts: list[Fault]) -> None:
        self.data = data
        page = data.draw(st.sampled_from(self.pages))
        if page.socket:
            self._hello(page, faults, posts)

    @precondition(lambda self: self.rig.table.stream)
    @rule(data=st.data(), faults=FAULTS, posts=POST_FAULTS)
    def deliver(self, data: st.DataObject, faults: list[Fault], posts: list[Fault]) -> None:
        """Deliver any section of the stream: late, repeated, out of order between shards, bisected."""
        self.data = data
        batch = self._stretch()
        if data.draw(st.booleans()):
            batch = [*batch, *data.draw(st.lists(st.sampled_from(batch), max_size=5))]
        answer = self._invoke(lambda: self.rig.send({"Records": batch}), faults, posts)
        if answer is not None:
            self._check_answer(batch, answer)

    @rule(data=st.data(), faults=FAULTS, posts=POST_FAULTS)
    def sweep(self, data: st.DataObject, faults: list[Fault], posts: list[Fault]) -> None:
        self.data = data
        self._invoke(lambda: self.rig.send(recorded("scheduled")), faults, posts)

    @rule(crowd=st.booleans())
    def cold_start(self, crowd: bool) -> None:
        """Continue in another execution environment, which may have seen a conflict."""
        self.rig.memory = Memory()
        if crowd:
            self.rig.crowd()

    @rule(seconds=st.sampled_from([1, 30, 100, 40_000, 2_000_000]))
    def wait(self, seconds: int) -> None:
        if seconds > MAX_SOCKET_SECONDS:
            for page in self.pages:
                page.close()
        self.rig.clock.sleep(seconds)

    @precondition(lambda self: any(self.in_flight.values()))
    @rule(data=st.data())
    def network(self, data: st.DataObject) -> None:
        """Deliver a message to a page, not necessarily in order."""
        socket = data.draw(st.sampled_from(sorted(socket for socket, counts in self.in_flight.items() if counts)))
        messages = self.in_flight[socket]
        self._arrive_at_pages(socket, messages.pop(data.draw(st.integers(0, len(messages) - 1))))

    @invariant()
    def the_count_never_falls_never_exceeds_the_visits_and_is_the_sum_of_the_days(self) -> None:
        assert self.highest <= self.rig.count() <= len(self._visits())
        assert self.rig.count() == sum(self.rig.days().values()) == len(self._visits()) - len(self._uncounted())
        blog = len(self._visits("blog")) - len(self._uncounted("blog"))
        assert self.rig.count("blog") == sum(self.rig.named_days("blog").values()) == blog
        self.highest = self.rig.count()

    @invariant()
    def no_page_shows_less_than_before_or_more_than_there_is(self) -> None:
        for page in self.pages:
            assert page.history == sorted(page.history)
            assert (page.shown or 0) <= len(self._visits(page.name))

    @invariant()
    def a_socket_that_was_taken_has_left_its_visit(self) -> None:
        assert self.acknowledged <= self._visits() | self._visits("blog")

    def teardown(self) -> None:
        self.rig.transport.on_post = lambda: None
        self.rig.transport.scripts.clear()
        self.rig.clock.timeout = 60.0
        self.rig.memory = Memory()
        self.rig.clock.sleep(61)
        self.rig.send(recorded("scheduled"))
        assert self.rig.count() == len(self._visits())
        assert self._uncounted() == self._uncounted("blog") == set()
        self.rig.send(recorded("scheduled"))
        totals, here = self.rig.store.broadcasts.totals(), self.rig.table.rows[CONNECTIONS].values()
        knows = [row.get("visit", {}).get("S") for row in here] in ([], [totals.last_visit])  # from its reply
        assert knows or totals.announced == self.rig.count()
        for page in self.pages:
            if page.socket and not page.said_hello:
                self._hello(page, [], [])
        self._collect()
        for socket, messages in self.in_flight.items():
            for message in sorted(messages, key=lambda message: not message.is_reply):
                self._arrive_at_pages(socket, message)
        self.no_page_shows_less_than_before_or_more_than_there_is()
        assert all(page.shown == self.rig.count(page.name) for page in self.pages if page.socket)

    def _open(self, visit: str, address: str, faults: Sequence[Fault], page: Page | None = None) -> None:
        self.sockets += 1
        socket, before = f"connection-{self.sockets}", self._visits()
        name = page.name if page else ("", "", "blog")[self.sockets % 3]
        connect = {"address": address, "secret": "s" * 40, "name": name}
        answer = self._invoke(lambda: self.rig.connect(socket, visit, **connect), faults)
        if answer != {"statusCode": 200}:
            return
        if self.rig.environment["VISIT_POLICY"] != "visitor":
            tab = self.rig.environment["VISIT_POLICY"] == "tab"
            site = f"visit#{visit if tab else socket}"
            self.visit_of[socket] = f"named#{site.removeprefix('visit#')}#{name}" if name else site
            self.acknowledged |= {site, self.visit_of[socket]}
        assert before <= self._visits()
        if page is None:
            self.pages.append(Page(socket, name))
        else:
            page.reconnect(socket)

    def _hello(self, page: Page, faults: Sequence[Fault], posts: Sequence[Fault]) -> None:
        """Assert that the reply contains all visits counted before, and the page's own even if it is uncounted."""
        least = self.rig.count(page.name) + (self.visit_of.get(page.socket) in self._uncounted(page.name))
        told = len(self.rig.transport.received[page.socket])
        self._invoke(lambda: self.rig.send(message_event(page.socket)), faults, posts, collect=False)
        for message in self.rig.transport.received[page.socket][told:]:
            if "days" in message:
                page.said_hello = True
                assert least <= message["count"] <= len(self._visits(page.name))
                assert sum(message["days"]) <= len(self._visits(page.name))
        self._collect()

    def _stretch(self) -> list[dict[str, Any]]:
        assert self.data
        stream = self.rig.table.stream
        start = self.data.draw(st.integers(0, len(stream) - 1))
        return stream[start : self.data.draw(st.integers(start + 1, len(stream)))]

    def _invoke(
        self, event: Callable[[], Any], faults: Sequence[Fault], posts: Sequence[Fault] = (), *, collect: bool = True
    ) -> Any:
        client, self.rig.client = self.rig.client, FaultyClient(self.rig.table, faults, self._meanwhile)
        self.post_faults = deque(posts)
        try:
            return event()
        except (Killed, EventFailedError):
            return None  # Lambda retries it, or the sweep handles it
        finally:
            self.rig.client = client
            self.post_faults.clear()
            if collect:
                self._collect()

    def _meanwhile(self) -> None:
        """Handle a complete event in another execution environment."""
        assert self.data
        faulty, started, posts, memory = self.rig.client, self.rig.clock.started, self.post_faults, self.rig.memory
        self.rig.client, self.post_faults, self.rig.memory = None, deque(), Memory()
        self.data.draw(st.sampled_from(OTHERS))(self)
        self.rig.client, self.rig.clock.started, self.post_faults, self.rig.memory = faulty, started, posts, memory

    def _other_batch(self) -> None:
        if self.rig.table.stream:
            self.rig.send({"Records": self._stretch()})

    def _other_sweep(self) -> None:
        self.rig.send(recorded("scheduled"))

    def _other_visit(self) -> None:
        self._open(f"visit-of-another-{self.sockets}", "203.0.113.2", [])
        self._other_batch()

    def _other_hello(self) -> None:
        for page in self.pages[-1:]:
            if page.socket:
                self._hello(page, [], [])

    def _other_comeback(self) -> None:
        """A page receives the newest count and reconnects before this handler continues."""
        self.rig.fold()
        for page in self.pages[-1:]:
            if page.socket:
                self._hello(page, [], [])
                for message in self.in_flight[page.socket]:
                    self._arrive_at_pages(page.socket, message)
                page.close()
                self._open("visit-back", "203.0.113.3", [], page)

    def _on_post(self) -> None:
        fault = self.post_faults.popleft() if self.post_faults else Fault.NONE
        match fault:
            case Fault.KILLED_BEFORE:
                raise Killed
            case Fault.MEANWHILE:
                self._meanwhile()
            case Fault.THROTTLED | Fault.SERVER_ERROR:
                self.rig.transport.outcomes.append(OUTCOMES[fault])
            case _:
                return

    def _collect(self) -> None:
        """Move the posted messages to the network."""
        for socket, messages in self.rig.transport.received.items():
            self.in_flight[socket] += [Message(message["count"], "days" in message) for message in messages]
        self.rig.transport.received.clear()

    def _arrive_at_pages(self, socket: str, message: Message) -> None:
        for page in self.pages:
            page.receive(socket, message)

    def _check_answer(self, batch: list[dict[str, Any]], answer: dict[str, Any]) -> None:
        """Assert that visits not reported as failed are counted, since they are not delivered again."""
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for record in batch:
            change = record["dynamodb"]
            if record["eventName"] == "INSERT" and change["Keys"]["id"]["S"].startswith(("visit#", "named#")):
                done = "uncounted" not in self.rig.table.rows[VISITS][change["Keys"]["id"]["S"]]
                assert done or change["SequenceNumber"] in failed

    def _visits(self, name: str = "") -> set[str]:
        keys = (key for key in self.rig.table.rows[VISITS] if key.startswith("named#" if name else "visit#"))
        return {key for key in keys if not name or key.endswith(f"#{name}")}

    def _uncounted(self, name: str = "") -> set[str]:
        return {key for key in self._visits(name) if "uncounted" in self.rig.table.rows[VISITS][key]}


OTHERS = (
    Counting._other_batch,
    Counting._other_sweep,
    Counting._other_visit,
    Counting._other_hello,
    Counting._other_comeback,
)

TestCounting = Counting.TestCase
TestCounting.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
