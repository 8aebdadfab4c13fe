"""A folder of data is known to be served as long as a process lives that serves it, or one that it forked."""

import os
import time

from riskcontrol.processes import serving


def test_a_folder_is_served_while_somebody_holds_it(tmp_path):
    assert not serving.is_served(tmp_path)
    ready, end = os.pipe(), os.pipe()
    parent = os.fork()
    if parent == 0:  # pragma: no cover - the server, which ends; its worker goes on
        serving.hold(tmp_path)
        if os.fork() == 0:
            os.write(ready[1], b"x")
            os.read(end[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    os.waitpid(parent, 0)
    assert serving.is_served(tmp_path), "its worker still serves"
    os.write(end[1], b"x")
    deadline = time.monotonic() + 30
    while serving.is_served(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not serving.is_served(tmp_path)


def test_two_servers_of_one_folder_hold_it_together(tmp_path):
    serving.hold(tmp_path)
    serving.hold(tmp_path)
    assert serving.is_served(tmp_path)
    while serving._held:
        serving._held.pop().close()
    assert not serving.is_served(tmp_path)


def test_a_folder_that_takes_no_file_is_left_alone(tmp_path):
    serving.hold(tmp_path / "nowhere")
    assert not serving.is_served(tmp_path / "nowhere")
