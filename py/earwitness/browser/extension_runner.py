"""Runs packages of the user. Only the extension worker imports it, which nothing can leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from earwitness import formats
from earwitness import tool_messages as tm
from earwitness.errors import BadRequestError
from earwitness.extensions import Installed, apply_rule, installed, of_module
from earwitness.messages import ExportOptions

_FOLDER = Path("/tmp")  # noqa: S108 (in the memory of Pyodide)
_WHEEL = re.compile(r"([A-Za-z0-9][\w.]*)-[\w.!+]+(?:-\d\w*)?-[\w.]+-[\w.]+-[\w.]+\.whl")
_MODULE = re.compile(r"[\w-]+\.py")


def stored_wheels(names: Sequence[str], files: Sequence[bytes]) -> list[str]:
    """Write wheels where micropip can read them, and modules; return the wheels' addresses.

    Raises:
        BadRequestError: one of them is no wheel, or not of Python alone.
    """
    addresses: list[str] = []
    for name, data in zip(names, files, strict=False):
        if _MODULE.fullmatch(name):
            (_FOLDER / name).write_bytes(data)
            continue
        if not _WHEEL.fullmatch(name):
            raise BadRequestError(
                f"{name[:80]!r} is not the name of a wheel or a module.",
                hint="Add the .whl file that a build of the package made, under its own name.",
            )
        if not name.endswith("-none-any.whl"):
            raise BadRequestError(
                f"{name[:80]!r} holds compiled code, which extensions must not.",
                hint="Use a wheel of Python alone; its name ends in “-none-any.whl”.",
            )
        (_FOLDER / name).write_bytes(data)
        addresses.append(f"emfs:{_FOLDER / name}")
    return addresses


def run(request: tm.ExtensionRequest, files: Sequence[bytes]) -> tm.ToolReply:
    """Return the reply of the installed package; `files` are those after the wheels.

    Raises:
        BadRequestError: the package brings nothing, lacks what is asked for, or failed.
    """
    first = request.wheels[0]
    found = _of_module(first) if _MODULE.fullmatch(first) else installed()
    match request:
        case tm.DescribeExtension():
            return _described(first, found)
        case tm.ReadByExtension():
            name = f"file.{request.extension}"
            return tm.TranscriptRead(formats.read(files[0], name, found.formats))
        case tm.WriteByExtension():
            return formats.export(
                request.transcript, request.extension, None, ExportOptions(), found.formats
            )
        case tm.ApplyRule():
            rule = dict(found.rules).get(request.rule)
            if rule is None:
                raise _missing(request.rule)
            changed = apply_rule(rule, request.transcript)
            return tm.TextsChanged({str(index): text for index, text in changed.items()})


def _of_module(name: str) -> Installed:
    """Run a module and return what it brings.

    Raises:
        BadRequestError: it failed.
    """
    stem = name.removesuffix(".py")
    spec = spec_from_file_location("extension_of_the_user", _FOLDER / name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # It may raise SystemExit.
        raise BadRequestError(
            f"{name[:80]!r} failed.", hint="Correct it and add it again.", detail=repr(error)[:500]
        ) from error
    return of_module(stem, module)


def _described(wheel: str, found: Installed) -> tm.ExtensionDescribed:
    if not found.formats and not found.rules:
        raise BadRequestError(
            "This package brings no format and no rule that can be used.",
            hint="A rule has title and apply, a format extension, title, media_type and write.",
            detail=" ".join(found.errors)[:500],
        )
    name, _, version = wheel.removesuffix(".py").partition("-")
    version = "" if wheel.endswith(".py") else version.partition("-")[0]
    try:
        about = metadata(name)
        name, summary = str(about["Name"]), str(about["Summary"] or "")
    except (PackageNotFoundError, KeyError):
        summary = ""
    return tm.ExtensionDescribed(
        name,
        version,
        summary[:200],
        tuple(
            tm.FormatOfExtension(
                each.extension,
                each.title[:80],
                each.media_type,
                reads=each.read is not None,
                writes=each.write is not None,
            )
            for each in found.formats
        ),
        tuple(tm.RuleOfExtension(name, rule.title[:80]) for name, rule in found.rules),
    )


def _missing(what: str) -> BadRequestError:
    return BadRequestError(
        f"The extension has no {what[:80]!r} any more.", hint="Remove it, or add it again."
    )
