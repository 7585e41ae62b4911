"""What parameters must not say, and which of them are files; pure.

No path goes from a program to the core: where a method takes a file, an upload's id stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.signatures import Signature

__all__ = [
    "FILES",
    "HARMLESS_CODES",
    "MOST_LISTED",
    "READABLE_KEYS",
    "WRITABLE_KEYS",
    "FilePlace",
    "NotAFile",
    "check_arguments",
    "check_code",
    "check_filename",
    "file_places",
]

MOST_LISTED = 1000
"""How many ids one call names at most: the core does its work for each, and nothing stops it."""

_WITH_BYTES = frozenset({"send_webxdc_realtime_data"})
"""Where a list is bytes, which the core counts itself."""

AVATAR = "selfavatar"
OWN_PREFIX = "ui.vestnik."

WRITABLE_KEYS = frozenset(
    {
        "bcc_self",
        "delete_device_after",
        "displayname",
        "mdns_enabled",
        AVATAR,
        "selfstatus",
        "who_can_call_me",
    }
)
"""What a program may set of the configuration, besides keys of its own: they begin with ``ui.``."""

READABLE_KEYS = (WRITABLE_KEYS - {AVATAR}) | {
    "addr",
    "bot",
    "configured_addr",
    "download_limit",
    "force_encryption",
    "sys.msgsize_max_recommended",
    "sys.version",
    "webxdc_realtime_enabled",
}
"""What it may read."""

HARMLESS_CODES = frozenset(
    {
        "reviveJoinBroadcast",
        "reviveVerifyContact",
        "reviveVerifyGroup",
        "withdrawJoinBroadcast",
        "withdrawVerifyContact",
        "withdrawVerifyGroup",
    }
)
"""The kinds of codes by which `set_config_from_qr` touches invitations and nothing else."""


class NotAFile(NamedTuple):
    """A parameter whose name looks like a file's, and why it is none of the server's."""

    reason: str


class FilePlace(NamedTuple):
    """Where among the arguments a file stands.

    Attributes:
        parameter: The parameter.
        member: The member of the parameter, if that is an object.
    """

    parameter: str
    member: str | None = None


FILES: Mapping[str, FilePlace | NotAFile] = MappingProxyType(
    {
        "get_webxdc_blob": NotAFile("It is a path within the app, which is an archive."),
        "misc_send_msg": FilePlace("file"),
        "misc_set_draft": FilePlace("file"),
        "secure_join_with_ux_info": NotAFile("It says where in an app a code was found."),
        "send_msg": FilePlace("data", "file"),
        "send_sticker": FilePlace("stickerPath"),
        "set_chat_profile_image": FilePlace("imagePath"),
        "set_config": FilePlace("value"),
        "batch_set_config": FilePlace("config", AVATAR),
    }
)
"""Which parameters are files; of the configuration only the key of the picture is one."""


def file_places(signature: Signature, arguments: list[object]) -> tuple[int, str | None] | None:
    """Return where a file's id stands among arguments: the index, and the member if it is inside.

    Returns:
        ``None`` if there is no file.
    """
    place = FILES.get(signature.name)
    if not isinstance(place, FilePlace):
        return None
    index = [one.name for one in signature.parameters].index(place.parameter)
    argument = arguments[index]
    if signature.name == "set_config" and arguments[1] != AVATAR:
        return None
    if place.member is None:
        return None if argument is None else (index, None)
    inside = argument.get(place.member) if isinstance(argument, dict) else None
    return None if inside is None else (index, place.member)


def check_arguments(method: str, arguments: list[object]) -> None:
    """Check what schemas cannot say.

    Raises:
        Problem: The arguments ask for what a bot's program may not have.
    """
    if method not in _WITH_BYTES:
        _check_lists(arguments)
    check = _CHECKS.get(method)
    if check is not None:
        check(arguments)


def check_code(kind: object) -> None:
    """Check what kind of code is to change the configuration.

    Raises:
        Problem: It would change how the account logs in, or the server's network.
    """
    if kind not in HARMLESS_CODES:
        raise _refused(
            "Only codes of this bot's own invitations are taken here, to withdraw or revive them: "
            "others change how the account logs in."
        )


def check_filename(name: object) -> None:
    """Check under which name a file is to be shown.

    Raises:
        Problem: It is more than a name.
    """
    if isinstance(name, str) and any(one in "/\\" or not one.isprintable() for one in name):
        raise Problem(RpcCode.BAD_PARAMS, "A filename is a name alone, without any folder.")


def _check_lists(arguments: list[object]) -> None:
    for argument in arguments:
        if isinstance(argument, list) and len(argument) > MOST_LISTED:
            raise Problem(
                RpcCode.BAD_PARAMS,
                f"A list has at most {MOST_LISTED} entries, not {len(argument)}: call more often.",
            )


def _check_written(key: object) -> None:
    if not isinstance(key, str) or not (key in WRITABLE_KEYS or _is_own(key)):
        raise _refused(
            f"The configuration {str(key)[:50]!r} is the operator's: a program sets "
            f"{', '.join(sorted(WRITABLE_KEYS))} and its own keys, which begin with 'ui.'."
        )


def _check_read(key: object) -> None:
    if key == AVATAR:
        raise _refused("The value of 'selfavatar' is a file of the server: it can be set only.")
    if not isinstance(key, str) or not (key in READABLE_KEYS or _is_own(key)):
        raise _refused(
            f"The configuration {str(key)[:50]!r} is the operator's: a program reads "
            f"{', '.join(sorted(READABLE_KEYS))} and its own keys, which begin with 'ui.'."
        )


def _is_own(key: str) -> bool:
    return key.startswith("ui.") and not key.startswith(OWN_PREFIX)


def _check_all_written(arguments: list[object]) -> None:
    assert isinstance(arguments[1], dict)
    for key in arguments[1]:
        _check_written(key)


def _check_all_read(arguments: list[object]) -> None:
    assert isinstance(arguments[1], list)
    for key in arguments[1]:
        _check_read(key)


def _check_visibility(arguments: list[object]) -> None:
    if arguments[2] == "Archived":
        raise _refused(
            "An archived chat is one without new messages to the core, so that the server would "
            "miss them: 'Normal' and 'Pinned' can be set."
        )


def _check_message(arguments: list[object]) -> None:
    assert isinstance(arguments[2], dict)
    check_filename(arguments[2].get("filename"))


_CHECKS: Mapping[str, Callable[[list[object]], None]] = {
    "batch_get_config": _check_all_read,
    "batch_set_config": _check_all_written,
    "get_config": lambda arguments: _check_read(arguments[1]),
    "misc_send_msg": lambda arguments: check_filename(arguments[4]),
    "misc_set_draft": lambda arguments: check_filename(arguments[4]),
    "send_msg": _check_message,
    "set_chat_visibility": _check_visibility,
    "set_config": lambda arguments: _check_written(arguments[1]),
}


def _refused(sentence: str) -> Problem:
    return Problem(RpcCode.REFUSED, sentence)
