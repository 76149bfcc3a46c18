"""nginx as Debian has it, before the application or before another nginx."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import free_port, running

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
#: As `docs/operations.md` has it. The nearest to the visitor says which scheme was spoken.
_CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 64m;
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto {scheme};
    }}
  }}
}}
"""


@contextmanager
def before(behind: int, folder: Path, *, nearest: bool = True) -> Iterator[int]:
    """Run an nginx before the port `behind`; yield the port that it listens on.

    The `nearest` to the visitor says that they speak https, as one that has a certificate would;
    any other hands on what it was told. Where there is no nginx the test is skipped, and fails on
    the build server, which installs it.
    """
    if PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing: .ci/run installs it")
        pytest.skip("nginx is not installed: how proxies are believed is not tested here")
    port = free_port()
    folder.mkdir()
    configuration = folder / "nginx.conf"
    scheme = "https" if nearest else "$http_x_forwarded_proto"
    user = "user root;" if os.geteuid() == 0 else ""
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, port=port, behind=behind, scheme=scheme, user=user)
    )
    command = [PROGRAM, "-p", str(folder), "-c", str(configuration)]
    with running(command, cwd=folder, environment=dict(os.environ), log=folder / "log"):
        yield port
