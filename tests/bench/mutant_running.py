"""A pytest plugin: runs the tests once as they are, then for each mutant those that come by its place.

A change inside a function is put into the functions of a fork of this process, whose database and modules are ready. A
change of what happens at import needs a process of its own that reads the changed source.
"""

import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.bench.mutations import Mutant

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "tests.bench.mutant_running"
WAIT = 300  # seconds that a mutant may take at most, whatever it waits for
CPU = 20  # seconds of the processor beside three times what its tests take
Key = tuple[str, str, int]  # a function: file, qualified name, first line


class _Changed(importlib.abc.MetaPathFinder):
    """Gives one module's source as a mutant has it."""

    def __init__(self, name: str, path: str, source: str) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        loader = importlib.machinery.SourceFileLoader(fullname, self.path)
        loader.get_code = lambda _: compile(self.source, self.path, "exec", dont_inherit=True)
        return importlib.util.spec_from_loader(fullname, loader)


if "MUTANT_SOURCE" in os.environ:
    _told = json.loads(Path(os.environ["MUTANT_SOURCE"]).read_text())
    sys.meta_path.insert(0, _Changed(_told["name"], _told["path"], _told["source"]))


def pytest_configure(config: pytest.Config) -> None:
    """Take over the run where the bench asked for it."""
    if "MUTANT_JOB" in os.environ and "MUTANT_SOURCE" not in os.environ:
        config.pluginmanager.register(_Running(json.loads(Path(os.environ["MUTANT_JOB"]).read_text())))


def module_name(path: str) -> str:
    """The name under which a file of the project is imported."""
    return path.removesuffix(".py").replace("/", ".")


class _Running:
    """The tests of one module, run as they are, and then against each of its mutants."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.mutants = [Mutant(**values) for values in job["mutants"]]
        self.answers, self.tests = Path(job["answers"]), job["tests"]
        self.files = {str(ROOT / mutant.path) for mutant in self.mutants}
        self.lines: dict[str, set[tuple[str, int]]] = defaultdict(set)  # of each test
        self.of_plan: dict[tuple[str, ...], set[tuple[str, int]]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.now: set[tuple[str, int]] = set()
        self.failed: list[str] = []
        self.functions: dict[Key, list[FunctionType]] = defaultdict(list)
        self.caches: list[Any] = []

    # ---- as they are ---------------------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(f"{report.nodeid}: {str(report.longrepr)[-500:]}")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from tests import once

        self._note_what_is_laid_out(once)
        items = session.items
        for place, item in enumerate(items):
            self.now, begin = self.lines[item.nodeid], time.process_time()
            self._traced(item, items[(place + 1) % len(items)])
            self.seconds[item.nodeid] = time.process_time() - begin
            self.lines[item.nodeid] |= self.of_plan[tuple(once.plan_of(item))]
        if self.failed:
            pytest.exit("these tests fail as they are:\n" + "\n".join(self.failed), returncode=1)
        self._ready(session)
        with self.answers.open("a") as answers:
            for number, mutant in enumerate(self.mutants):
                answer = self._tried(mutant, items)
                answers.write(json.dumps({"number": number, "answer": answer}) + "\n")
                answers.flush()
        return True

    def _note_what_is_laid_out(self, once: Any) -> None:
        """Rows that several tests begin with are written for the first of them; their lines are of all."""
        write = once.Rows._write

        def noted(rows: Any, plan: Any) -> None:
            own, self.now = self.now, self.of_plan[tuple(plan)]
            try:
                write(rows, plan)
            finally:
                self.now = own

        once.Rows._write = noted

    def _traced(self, item: pytest.Item, following: pytest.Item) -> None:
        sys.settrace(self._enter)
        threading.settrace(self._enter)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _enter(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self.files:
            return None
        self.now.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line

    def _line(self, frame: Any, event: str, argument: Any) -> Any:
        self.now.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line

    def _ready(self, session: pytest.Session) -> None:
        """Leave the database as it was, and find the functions and caches that a fork changes."""
        from django.db import connections
        from pytest_django.plugin import blocking_manager_key

        from tests.conftest import ROWS

        with session.config.stash[blocking_manager_key].unblock():
            ROWS.take_back()
            connections.close_all()
        gc.unfreeze()
        for found in gc.get_objects():
            kind = type(found)  # isinstance would wake lazy objects
            if kind is FunctionType and found.__code__.co_filename in self.files:
                code = found.__code__
                self.functions[code.co_filename, code.co_qualname, code.co_firstlineno].append(found)
            elif kind is functools._lru_cache_wrapper and str(found.__module__).startswith("riskpoints"):
                self.caches.append(found)
        gc.freeze()

    # ---- with a mutant -------------------------------------------------------------------------------------------

    def _tried(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        """`killed`, `survived`, `not reached` (no test comes by), or `killed by time`."""
        if not mutant.is_in_function:
            return self._in_a_process_of_its_own(mutant)
        places = {(str(ROOT / mutant.path), line) for line in range(mutant.line, mutant.end_line + 1)}
        chosen = [item for item in items if self.lines[item.nodeid] & places]
        if not chosen:
            return "not reached"
        child = os.fork()
        if child == 0:
            answer = 1
            try:
                answer = int(self._is_noticed(mutant, chosen))
            finally:
                os._exit(answer)
        return self._awaited(child)

    def _awaited(self, child: int) -> str:
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                return "killed by time" if os.WIFSIGNALED(status) else "killed" if status else "survived"
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "killed by time"

    def _is_noticed(self, mutant: Mutant, items: list[pytest.Item]) -> bool:
        """In the fork: whether one of these tests fails."""
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        cpu = CPU + 3 * int(sum(self.seconds[item.nodeid] for item in items))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        self._own_database()
        for cache in self.caches:
            cache.cache_clear()
        if not self._put_in(mutant):
            os._exit(0)  # nothing was changed: the bench's own fault, told as a survivor
        for place, item in enumerate(items):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=items[(place + 1) % len(items)])
            if self.failed:
                return True
        return False

    def _own_database(self) -> None:
        from django.db import connection

        path = connection.settings_dict["NAME"]
        copied = shutil.copy(path, f"{path}.mutant")
        connection.connection = None
        connection.settings_dict["NAME"] = copied
        os.environ["DATABASE_URL"] = f"sqlite:///{copied}"

    def _put_in(self, mutant: Mutant) -> bool:
        path, changed = str(ROOT / mutant.path), False
        for code in _codes(compile(mutant.source, path, "exec", dont_inherit=True)):
            for function in self.functions.get((path, code.co_qualname, code.co_firstlineno), ()):
                if function.__code__ != code and function.__code__.co_freevars == code.co_freevars:
                    function.__code__, changed = code, True
        return changed

    def _in_a_process_of_its_own(self, mutant: Mutant) -> str:
        """Run the tests in a new process that imports the changed source, on a copy of the database."""
        from django.db import connection

        folder = Path(os.environ["TEST_RUN_DIR"], "mutant")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "main").mkdir(parents=True)
        shutil.copy(connection.settings_dict["NAME"], folder / "main" / "test.sqlite3")
        told = {"name": module_name(mutant.path), "path": str(ROOT / mutant.path), "source": mutant.source}
        (folder / "source.json").write_text(json.dumps(told))
        environment = os.environ | {"TEST_RUN_DIR": str(folder), "MUTANT_SOURCE": str(folder / "source.json")}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--reuse-db", "-p", PLUGIN, *self.tests]
        try:
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=WAIT, check=False)
        except subprocess.TimeoutExpired:
            return "killed by time"
        return "killed" if done.returncode else "survived"


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
