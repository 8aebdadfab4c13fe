"""Who has a port: read from the kernel's tables, for a port that this very test listens on."""

import os
import socket
from pathlib import Path

import pytest

from riskcontrol.deploy import ports
from riskcontrol.deploy.machine import Machine, SetupError
from tests.bench.cluster import free_port


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_taken_port_is_named_with_its_holder(family, address):
    me = Path("/proc/self/comm").read_text().strip()
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        assert ports.holders(port) == [f"{me} ({os.getpid()})"]
        with pytest.raises(SetupError, match=rf"端口 {port} 已被占用：{me} \({os.getpid()}\)"):
            ports.require_free(Machine(), {port: "nginx"})
        ports.require_free(Machine(), {port: me})
        ports.require_free(Machine(is_dry=True), {port: "nginx"})
    assert ports.holders(port) == []


def test_a_connection_is_no_holder():
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(("127.0.0.1", port)):
        server.accept()[0].close()
    assert ports.holders(port) == []
