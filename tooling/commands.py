"""The commands of `build.py` and their flags."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tooling.address import ensure_free
from tooling.check import check
from tooling.chromium import ensure_chromium
from tooling.dev import DATA, DEFAULT_PORT, DIFFERENCES, dev
from tooling.environment import environment
from tooling.house import print_rooms
from tooling.lock import lock
from tooling.package import package_page, package_server
from tooling.paths import DIST, PACKAGES, PYTHON, ROOT
from tooling.pipeline import (
    DEFAULT_MODEL,
    GOALS,
    MODELS,
    PAGE_MODELS,
    SERVER_MODELS,
    Plan,
    exported_models,
    prepare,
    version,
)
from tooling.release import release
from tooling.say import BuildError, fail, progress_on_stderr, say
from tooling.testing import run_all, run_unit

SLOWEST = 40
"""Tests that `test --durations` lists."""


class ServerFlag(NamedTuple):
    """A flag of `run` that is the server's own."""

    help: str
    switch: bool = False


SERVER_FLAGS = {
    "--data": ServerFlag("folder of the server's database and audio (default var)"),
    "--tls-cert": ServerFlag("PEM certificate chain, for other addresses than this machine's"),
    "--tls-key": ServerFlag("PEM private key"),
    "--behind-proxy": ServerFlag("a proxy in front terminates TLS", switch=True),
    "--insecure": ServerFlag("allow plain http for other machines", switch=True),
}


PASSING_ON = {
    "bench": "measure; `build.py bench --help` lists what",
    "server": "the server's own commands, such as `server keys list`",
}
"""Commands with flags of their own."""


def main() -> int:
    """Parse the command line and run one command; the exit status."""
    arguments = _parser().parse_args(_parted(sys.argv[1:]))
    os.chdir(ROOT)
    try:
        return _run(arguments)
    except BuildError as error:
        return fail(error)
    except KeyboardInterrupt:
        return 130


def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "run":
            return _serve(arguments)
        case "dev":
            return _develop(arguments)
        case "build":
            prepare(Plan(models=_models(arguments)), "page")
            say(f"The page is in {DIST.relative_to(ROOT)}/; any static host can serve it")
            return 0
        case "package":
            prepare(Plan(models=_models(arguments)), "page")
            if arguments.page:
                package_page(arguments.out or PACKAGES / f"earwitness-page-{version()}")
            else:
                package_server(arguments.out or PACKAGES)
            return 0
        case "models":
            prepare(Plan(models=tuple(arguments.models) or MODELS), "models")
            return 0
        case "prepare":
            prepare(Plan(_models(arguments), arguments.offline), *arguments.goals)
            return 0
        case "unit":
            prepare(Plan(), "test-tools")
            return run_unit(arguments.rest)
        case "test":
            return _test(arguments.rest, arguments.durations or 0)
        case "bench":
            return _bench(arguments.rest)
        case "server":
            return _python(["-m", "earwitness_server", *_passed_on(arguments.rest)])
        case "release":
            return release(arguments.version, dry_run=arguments.dry_run)
        case "contract":
            command = [sys.executable, "-m", "tooling.contract"]  # A bare Python can run it.
            return subprocess.call(command, env=environment(), cwd=ROOT)
        case "check":
            if arguments.rooms is not None:
                return print_rooms(arguments.rooms or None)
            return check(staged=arguments.staged)
        case _:
            return lock()


def _serve(arguments: argparse.Namespace) -> int:
    ensure_free(arguments.host, arguments.port)
    prepare(Plan(models=_models(arguments), offline=arguments.offline), "page")
    command = ["-m", "earwitness_server", "--host", arguments.host, "--port", str(arguments.port),
               "--dist", str(DIST), "--models", str(SERVER_MODELS)]  # fmt: skip
    for flag, what in SERVER_FLAGS.items():
        value = getattr(arguments, flag.strip("-").replace("-", "_"))
        if value:
            command += [flag] if what.switch else [flag, value]
    command += arguments.rest
    if os.name != "nt":
        # The server takes this process's place, so that whoever stops build.py stops the server.
        sys.stdout.flush()
        os.execve(PYTHON, [str(PYTHON), *command], environment())
    return _python(command)


def _develop(arguments: argparse.Namespace) -> int:
    ensure_free("127.0.0.1", arguments.port)
    models = (arguments.model,) if arguments.model else exported_models() or ("tiny.en",)
    prepare(Plan(models, arguments.offline), "runtime", "models")
    return dev(arguments.port, arguments.data, arguments.rest)


def _test(rest: list[str], slowest: int) -> int:
    prepare(Plan(), "test-tools", "page")
    chromium = ensure_chromium()
    if rest:
        options = [f"--durations={slowest}", "--durations-min=0.5"] if slowest else []
        return _python(["-m", "pytest", *options, *rest], EARWITNESS_CHROMIUM=chromium)
    # The checks keep one core busy for half a minute; the first parts take the other.
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(check)
        status = run_all({**environment(), "EARWITNESS_CHROMIUM": chromium}, slowest)
    return checked.result() or status


def _bench(rest: list[str]) -> int:
    measure = ["-m", "bench", *_passed_on(rest)]
    with progress_on_stderr():
        if {"-h", "--help"} & set(rest):
            prepare(Plan(), "test-tools")
            return _python(measure)
        prepare(Plan(), "test-tools", "page")
        chromium = ensure_chromium()
    return _python(measure, EARWITNESS_CHROMIUM=chromium)


def _parted(argv: list[str]) -> list[str]:
    """Return the arguments, with `--` behind a command that passes on the rest, `--help` too."""
    return [argv[0], "--", *argv[1:]] if argv and argv[0] in PASSING_ON else argv


def _passed_on(rest: list[str]) -> list[str]:
    """Return what follows a command, without the `--` that parts the two, ours or the user's."""
    return rest[next((at for at, text in enumerate(rest) if text != "--"), len(rest)) :]


def _models(arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.model:
        return (arguments.model,)
    return PAGE_MODELS


def _python(arguments: list[str], **extra: str) -> int:
    try:
        return subprocess.call([str(PYTHON), *arguments], env={**environment(), **extra}, cwd=ROOT)
    except OSError as error:
        fix = "Run: python3 build.py build"
        raise BuildError("starting Python in .venv", str(error), fix) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description="Earwitness: set up, build, serve, test. First run: build.py run",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="set up what is missing and serve the page")
    run.add_argument("--host", default=os.environ.get("EARWITNESS_HOST", "127.0.0.1"),
                     help="address (default: EARWITNESS_HOST, else 127.0.0.1)")  # fmt: skip
    run.add_argument("--port", type=_port, default=os.environ.get("EARWITNESS_PORT", "8400"),
                     help="port (default: EARWITNESS_PORT, else 8400)")  # fmt: skip
    _model_flag(run)
    _offline_flag(run)
    for flag, what in SERVER_FLAGS.items():
        if what.switch:
            run.add_argument(flag, action="store_true", help=what.help)
        else:
            run.add_argument(flag, help=what.help)
    run.add_argument("rest", nargs="*", help="after --: further flags for the server")

    develop = commands.add_parser(
        "dev", help="serve the work tree and show each saved change", description=DIFFERENCES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    develop.add_argument("--port", type=_port, default=DEFAULT_PORT,
                         help=f"port (default {DEFAULT_PORT})")  # fmt: skip
    develop.add_argument("--data", type=Path, default=DATA,
                         help=f"folder of the server's data (default {DATA.name})")  # fmt: skip
    develop.add_argument("--model", choices=MODELS, help="offer this model and make it the default "
                         "(otherwise those that are here already, or tiny.en)")  # fmt: skip
    _offline_flag(develop)
    develop.add_argument("rest", nargs="*", help="after --: further flags for the server")

    build = commands.add_parser("build", help="leave the page in dist/")
    _model_flag(build)

    package = commands.add_parser("package", help="leave a wheel of the server with the page")
    package.add_argument("--page", action="store_true",
                         help="instead, the page alone, for any static host")  # fmt: skip
    package.add_argument("--out", type=Path,
                         help="folder (default in build/package/)")  # fmt: skip
    _model_flag(package)

    goals = commands.add_parser(
        "prepare",
        help="set up only what is named",
        description="Set up only what is named, and what it depends on.",
        epilog="; ".join(f"{name}: {goal.help}" for name, goal in GOALS.items()),
    )
    goals.add_argument("goals", nargs="+", choices=GOALS, metavar="GOAL", help=", ".join(GOALS))
    _model_flag(goals)
    _offline_flag(goals)

    models = commands.add_parser("models", help="fetch and export models ahead of time")
    models.add_argument("models", nargs="*", type=_model, metavar="MODEL",
                        help=f"any of {', '.join(MODELS)}; default all")  # fmt: skip

    unit = commands.add_parser("unit", help="run the tests that need no browser, server or model")
    unit.add_argument("rest", nargs="*", help="after --: tests of Python and flags for pytest")
    test = commands.add_parser("test", help="run every check and test")
    test.add_argument("--durations", nargs="?", type=int, const=SLOWEST, metavar="N",
                      help=f"list the N slowest tests (default {SLOWEST})")  # fmt: skip
    test.add_argument("rest", nargs="*", help="after --: only these tests, and flags for pytest")

    for name, text in PASSING_ON.items():
        command = commands.add_parser(name, help=text, add_help=False)
        command.add_argument("rest", nargs=argparse.REMAINDER, help="passed on")
    checks = commands.add_parser("check", help="linters, types and house rules only")
    checks.add_argument(
        "--staged", action="store_true", help="before a commit: types of the staged files only"
    )
    checks.add_argument("--rooms", nargs="?", const="", metavar="REVISION",
                        help="only print rooms, arrows, import circles and lines of code, "
                             "those of a revision beside them")  # fmt: skip
    commands.add_parser("contract", help="write web/generated/ and docs/messages.md from Python")
    releases = commands.add_parser(
        "release", help="set the version, close its section in the changelog, commit and tag"
    )
    releases.add_argument("version", help="such as 1.2.0")
    releases.add_argument("--dry-run", action="store_true", help="only print what would be done")
    commands.add_parser("lock", help="resolve the requirement lists again (maintainers; needs uv)")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"Invalid port: {text!r}. Use a number from 1 to 65535.")
    return int(text)


def _model(text: str) -> str:
    if text not in MODELS:
        raise argparse.ArgumentTypeError(
            f"Unknown model: {text!r}. Use one of {', '.join(MODELS)}."
        )
    return text


def _offline_flag(parser: argparse.ArgumentParser) -> None:
    text = "download nothing: use what is already here"
    parser.add_argument("--offline", action="store_true", help=text)


def _model_flag(parser: argparse.ArgumentParser) -> None:
    offered = ", ".join(PAGE_MODELS)
    text = f"offer this model and make it the default (otherwise: {offered}, {DEFAULT_MODEL} first)"
    parser.add_argument("--model", choices=MODELS, help=text)
