"""`build.py check --rooms`: how the code is cut, in numbers to compare two revisions by."""

from __future__ import annotations

from tooling.lines import lines_of_code
from tooling.rooms import circles, module_graph, packages
from tooling.sources import Sources, revision, work_tree

Row = tuple[str, list[str]]


def print_rooms(name: str | None) -> int:
    """Print rooms, arrows, import circles and lines of code; 1 where modules import in a circle.

    With the name of a revision, its numbers stand first and the work tree's beside them.
    """
    all_sources = [*([revision(name)] if name else []), work_tree()]
    print(f"{'':44}{''.join(f'{each:>14}' for each in [*([name] if name else []), 'work tree'])}")
    for title, cells in [*_packages(all_sources), *_lines(all_sources)]:
        print(f"{title:44}{''.join(f'{cell:>14}' for cell in cells)}")
    return _print_circles(all_sources[-1])


def _packages(all_sources: list[Sources]) -> list[Row]:
    found = [packages(sources) for sources in all_sources]
    rows: list[Row] = [("rooms, arrows", ["" for _ in found])]
    for package in sorted({name for each in found for name in each}):
        cells = [
            f"{len(each[package].rooms)}, {each[package].arrows}" if package in each else "-"
            for each in found
        ]
        rows.append((f"  {package}", cells))
    return rows


def _lines(all_sources: list[Sources]) -> list[Row]:
    counts = [lines_of_code(sources) for sources in all_sources]
    totals = [sum(each.values()) for each in counts]
    rows: list[Row] = [("lines of code", ["" for _ in counts])]
    rows += [(f"  {folder}", [f"{each[folder]:,}" for each in counts]) for folder in counts[0]]
    rows.append(("  together", [f"{each:,}" for each in totals]))
    if len(counts) > 1:
        rows.append(("  change", ["", f"{totals[1] / totals[0] - 1:+.1%}"]))
    return rows


def _print_circles(sources: Sources) -> int:
    between_modules = circles(module_graph(sources))
    for group in between_modules:
        print(f"Modules that import each other: {', '.join(group)}")
    for package in packages(sources).values():
        for group in circles(package.rooms):
            print(f"Rooms of {package.name} that import each other: {', '.join(group)}")
    return 1 if between_modules else 0
