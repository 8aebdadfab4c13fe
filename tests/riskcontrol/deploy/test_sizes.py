"""The web server lets through what the forms accept, and says in words what is larger."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time

import pytest
from django.conf import settings

from riskcontrol import sizes
from riskcontrol.deploy import install
from riskpoints.forms.scans import ScanForm


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return the site's file as ./run install writes it."""
    monkeypatch.setenv("CALLER_DIR", str(tmp_path))
    install.main(["--root", "root", "--names", "register.school.cn"])
    return (tmp_path / "root/etc/nginx/sites-available/riskcontrol").read_text()


def test_one_number_for_the_form_django_and_the_web_server(site, tmp_path):
    (largest,) = re.findall(r"client_max_body_size (\d+)m;", site)
    assert int(largest) * sizes.MEGABYTE == sizes.SCAN_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert f"不超过 {sizes.SCAN_MEGABYTES} MB" in ScanForm.base_fields["scan"].help_text
    page = (tmp_path / "root/opt/riskcontrol/pages/too-large.html").read_text()
    assert f"上传的文件超过 {sizes.SCAN_MEGABYTES} MB" in page


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_what_is_larger_is_answered_in_words(site, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = site[site.index("client_max_body_size") : site.index("# Addresses may hold")]
    said = said.replace("/opt/riskcontrol", f"{tmp_path}/root/opt/riskcontrol")
    folders = "".join(f"{name}_temp_path {tmp_path};" for name in ("proxy", "client_body", "fastcgi", "uwsgi", "scgi"))
    conf = tmp_path / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    conf.write_text(
        f"{user} pid {tmp_path}/pid; error_log {tmp_path}/error.log; daemon off; events {{}}\n"
        f"http {{ {folders} access_log off; server {{ listen 127.0.0.1:{port};\n{said}\n"
        "location / { return 204; } } }"
    )
    with subprocess.Popen(["nginx", "-c", conf, "-e", tmp_path / "error.log"], cwd=tmp_path) as server:
        try:
            answers = [_sent(port, megabytes) for megabytes in (sizes.SCAN_MEGABYTES, sizes.REQUEST_MEGABYTES + 1)]
        finally:
            server.terminate()
    assert [status for status, _ in answers] == [204, 413]
    assert f"上传的文件超过 {sizes.SCAN_MEGABYTES} MB，这次填写的其他内容也没有保存" in answers[1][1]


def _sent(port, megabytes):
    """Say that so much comes: the web server answers by the number, before it has all of it."""
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.putrequest("POST", "/scans/")
            connection.putheader("Content-Length", str(megabytes * sizes.MEGABYTE))
            connection.endheaders()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body
