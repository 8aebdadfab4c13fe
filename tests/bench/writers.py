"""People who fill in their tables without a break, and remember exactly what they were told was saved."""

import random
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.visitor import SAVED, Answer, GoneError, Visitor, saved_row

CONFLICT = 409
UNPROCESSABLE = 422
UNAVAILABLE = 503
# What a form says of a point that was ticked in it and that somebody removed since.
REMOVED_MEANWHILE = "这个选项已不能使用，请重新选择。"
# A table stays about as long as real ones are.
MOST_POINTS = 10
PAUSE = 0.2


@dataclass(frozen=True)
class Request:
    """One request that was answered, for counting: when, and with what status."""

    method: str
    path: str
    status: int
    began: float
    ended: float


class Writer(threading.Thread):
    """One person at one table. Everything she sends says something that was never said before."""

    def __init__(self, visitor: Visitor, version: int, *, seed: int, most: int | None = None) -> None:
        super().__init__(name=f"writer-{visitor.number}", daemon=True)
        self.visitor, self.version, self.most = visitor, version, most
        self.random = random.Random(seed)  # noqa: S311 - which row comes next is no secret
        self.ending = threading.Event()
        self.attempts: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        self.unreachable = 0
        self.wiped: list[str] = []
        self.error: BaseException | None = None
        self.points: list[int] = []
        self.measures: list[int] = []

    def run(self) -> None:
        try:
            while not self.ending.is_set() and (self.most is None or len(self.attempts) < self.most):
                try:
                    self._save_something()
                except GoneError:
                    self.unreachable += 1
                    self.ending.wait(PAUSE)
        except BaseException as error:  # told by whoever waits for this thread
            self.error = error

    # ---- requests --------------------------------------------------------------------------------------------------

    def _noted(self, method: str, path: str, answer: Answer) -> Answer:
        plain = path.partition("?")[0]
        self.requests.append(Request(method, plain, answer.status, answer.began, answer.ended))
        if answer.status == UNAVAILABLE:
            self.ending.wait(PAUSE)  # so it says: try again in a while
        return answer

    def _page(self, opened: str = "") -> Answer:
        path = f"/versions/{self.version}/{f'?open={opened}' if opened else ''}"
        answer = self._noted("GET", path, self.visitor.get(path))
        if answer.status == 200:
            self.points = [int(key) for key in set(re.findall(r'id="point-(\d+)"', answer.body))]
            self.measures = [int(key) for key in set(re.findall(r'id="measure-(\d+)"', answer.body))]
        return answer

    def _send(self, kind: str, row: int | None, path: str, fields: dict, **said: Any) -> Answer | None:
        """Send a form and write down what came of it; None where no answer came."""
        attempt = {"writer": self.visitor.number, "kind": kind, "version": self.version, "row": row, **said}
        try:
            answer = self._noted("POST", path, self.visitor.post(path, fields))
        except GoneError as error:
            if error.was_sent:
                self.attempts.append(attempt | {"outcome": "unknown"})
            raise
        outcome = {SAVED: "saved", CONFLICT: "conflict"}.get(answer.status, "refused")
        if answer.status == UNAVAILABLE:
            outcome = "unknown"
        if answer.status != SAVED and said.get("text", "") not in answer.body:
            self.wiped.append(f"{answer.status} to {path} doesn't show what was typed")
        if kind == "new" and outcome == "saved":
            attempt["row"] = saved_row(answer)
        if outcome == "saved" and "login" in answer.location:
            outcome = "refused"
        if answer.status == UNPROCESSABLE and REMOVED_MEANWHILE in answer.body:
            outcome = "conflict"
        self.attempts.append(attempt | {"outcome": outcome})
        return answer

    # ---- what a person does ------------------------------------------------------------------------------------------

    def _save_something(self) -> None:
        if not self.points and self._page().status != 200:
            return
        acts: list[Callable[[], None]] = [self._change_point] * 4 + [self._change_measure] * 3 + [self._change_head]
        acts += [self._remove] * 3 if len(self.points) > MOST_POINTS else [self._add] * 3
        self.random.choice(acts)()

    def _words(self, what: str) -> str:
        return f"{what}（{self.visitor.number} 第 {len(self.attempts) + 1} 次，{secrets.token_hex(6)}）"

    def _add(self) -> None:
        path = f"/versions/{self.version}/points/"
        fields = self._page("new-process").form(path)
        if fields is None:
            return
        text, measure = self._words("经办人一人决定供应商"), self._words("三家以上比价并由两人签字")
        fields |= {"text": [text], "likelihood": ["2"], "harm": ["3"], "measure_text": [measure]}
        while True:
            known, answer = len(self.attempts), None
            try:
                answer = self._send("new", None, path, fields, text=text, measure=measure)
            except GoneError:
                self.unreachable += 1
            if self.ending.is_set() or (answer is not None and answer.status != UNAVAILABLE):
                return
            if len(self.attempts) > known:
                self.attempts[-1]["outcome"] = "resent"
            self.ending.wait(PAUSE)  # then she presses the button once more, since no answer came

    def _change(self, kind: str, keys: list[int], field: str, what: str) -> None:
        if not keys:
            return
        key = self.random.choice(sorted(keys))
        path = f"/versions/{self.version}/{kind}s/{key}/"
        page = self._page(f"{kind}-{key}")
        for _ in range(5):
            fields = page.form(path)
            if fields is None:  # somebody removed it
                return
            text = self._words(what)
            answer = self._send(kind, key, path, fields | {field: [text]}, text=text, lock=int(fields["lock"][0]))
            if answer is None or answer.status != CONFLICT:
                return
            page = answer  # both texts side by side: now she overwrites knowingly
            time.sleep(self.random.random() * PAUSE)

    def _change_point(self) -> None:
        self._change("point", self.points, "text", "验收不按合同逐项核对")

    def _change_measure(self) -> None:
        self._change("measure", self.measures, "text", "每月抽查一次并公开结果")

    def _change_head(self) -> None:
        path = f"/versions/{self.version}/head/"
        page = self._page("head")
        for _ in range(5):
            fields = page.form(path)
            if fields is None:
                return
            text = self._words("负责本处日常工作")
            answer = self._send("head", self.version, path, fields | {"duties": [text]}, text=text)
            if answer is None or answer.status != CONFLICT:
                return
            page = answer

    def _remove(self) -> None:
        key = self.random.choice(sorted(self.points))
        path = f"/versions/{self.version}/points/{key}/remove/"
        if self._page(f"removepoint-{key}").form(path) is not None:
            self._send("remove", key, path, {})


@dataclass
class Tally:
    """What all writers met: answers by status, conflicts, and answers that should not have come."""

    saves: int
    conflicts: int
    unknown: int
    refused: int
    unreachable: int
    errors: list[str]
    unavailable: int
    slowest: float


def tally(writers: list[Writer], *, outages: list[tuple[float, float]] = ()) -> Tally:
    """Count; a 503 is an error, too, unless the database was away while it was asked for (`outages`)."""
    outcomes = [attempt["outcome"] for writer in writers for attempt in writer.attempts]
    requests = [request for writer in writers for request in writer.requests]
    errors = [f"{writer.name}: {writer.error!r}" for writer in writers if writer.error is not None]
    errors += [line for writer in writers for line in writer.wiped]
    unavailable = 0
    for request in requests:
        is_away = any(request.began < end and request.ended > begin for begin, end in outages)
        if request.status == UNAVAILABLE and is_away:
            unavailable += 1
        elif request.status >= 500:
            errors.append(f"{request.status} to {request.method} {request.path}")
    return Tally(
        saves=outcomes.count("saved"),
        conflicts=outcomes.count("conflict"),
        unknown=outcomes.count("unknown"),
        refused=outcomes.count("refused"),
        unreachable=sum(writer.unreachable for writer in writers),
        errors=errors,
        unavailable=unavailable,
        slowest=max((request.ended - request.began for request in requests), default=0.0),
    )


def attempts_of(writers: list[Writer]) -> list[dict[str, Any]]:
    """All saves of all writers, for judging.judge()."""
    return [attempt for writer in writers for attempt in writer.attempts]
