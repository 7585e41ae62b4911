"""What a bot says on stderr while it serves."""

import json
import subprocess
import sys

CODE = """
import logging, structlog
from vestnik.bot.logs import log_to_stderr

log_to_stderr(as_json={as_json}, level=logging.{level})
structlog.get_logger("vestnik.bot").bind(chat=12).info("handled", seconds=0.5)
structlog.get_logger("vestnik.bot").debug("said", text="good morning")


def fail(what_people_wrote):
    raise ValueError("broken")


try:
    fail("a secret")
except ValueError:
    logging.getLogger("vestnik.bot").exception("a handler %s", "failed")
logging.getLogger("uvicorn.error").info("Started server process")
"""


def logged(*, as_json: bool = False, level: str = "INFO") -> str:
    code = CODE.replace("{as_json}", str(as_json)).replace("{level}", level)
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == ""
    return ended.stderr


def test_every_line_is_an_object_of_json() -> None:
    handled, failed = [json.loads(line) for line in logged(as_json=True).splitlines()]
    assert handled["event"] == "handled"
    assert (handled["level"], handled["logger"]) == ("info", "vestnik.bot")
    assert (handled["chat"], handled["seconds"]) == (12, 0.5)
    assert handled["timestamp"].endswith("Z")
    assert failed["event"] == "a handler failed"
    assert "ValueError: broken" in failed["exception"]


def test_a_line_for_a_person_has_the_same_without_colours_in_a_pipe() -> None:
    text = logged()
    assert "handled" in text.splitlines()[0]
    assert "chat=12" in text
    assert "ValueError: broken" in text
    assert "\x1b[" not in text


def test_no_local_variable_of_a_failed_handler_is_shown() -> None:
    assert "what_people_wrote =" not in logged()
    assert "what_people_wrote =" not in logged(as_json=True)


def test_debug_is_only_shown_when_it_is_asked_for() -> None:
    assert "good morning" not in logged()
    assert "good morning" in logged(level="DEBUG")
