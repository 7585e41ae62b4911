"""Dovecot from Debian as it comes, with maildirs, behind a small SMTP front."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import relay_echo as echo
import uvloop
from meter import Task, report
from relay_processes import Servers, helper

STARTED_SECONDS = 20.0

CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={base}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
protocol lmtp {{
  postmaster_address = postmaster@relay.localhost
}}
"""


@contextmanager
def dovecot(program: str, base: Path) -> Iterator[Servers]:
    """Run Dovecot and its front in a directory of their own."""
    port = free_port()
    configuration = prepare(base, port)
    command = (program, "-F", "-c", str(configuration))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr) as server:
        try:
            wait_for(base / "run" / "lmtp", port)
            with helper("relay_front.py", str(base / "run" / "lmtp")) as (front, smtp_port):
                yield Servers(port, int(smtp_port), (server.pid, front.pid))
        finally:
            server.terminate()


def prepare(base: Path, port: int) -> Path:
    """Write the configuration; mail may not be root's, so root gives it to nobody."""
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    (base / "mail").mkdir(parents=True)
    base.parent.chmod(0o755)
    os.chown(base / "mail", owner.pw_uid, owner.pw_gid)
    path = base / "dovecot.conf"
    path.write_text(
        CONFIGURATION.format(
            base=base, port=port, owner=owner.pw_uid, group=owner.pw_gid, **service_users()
        )
    )
    return path


def service_users() -> dict[str, str]:
    """Name the users of Dovecot's own processes: those of the package, or everywhere oneself."""
    if os.geteuid() == 0:
        return {"internal": "dovecot", "internal_group": "dovecot", "login": "dovenull"}
    oneself, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    return {"internal": oneself, "internal_group": group, "login": oneself}


def free_port() -> int:
    """Find a port for a program that cannot tell which one it took."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(lmtp: Path, port: int) -> None:
    """Wait until Dovecot listens."""
    deadline = time.monotonic() + STARTED_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            if lmtp.exists():
                return
    raise TimeoutError("Dovecot did not start")


async def main() -> None:
    """Measure echoes over Dovecot."""
    task = Task()
    with dovecot(sys.argv[1], Path(task.directory, "dovecot")) as servers:
        report(await asyncio.wait_for(echo.measure(task, servers), echo.MEASURE_SECONDS))


if __name__ == "__main__":
    uvloop.run(main())
