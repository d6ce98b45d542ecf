"""Write `py/earwitness/formats/line_break_table.py` from the Unicode Character Database.

    python3 -m tooling.line_break_table FOLDER

FOLDER holds `LineBreak.txt`, `EastAsianWidth.txt` and `UnicodeData.txt`, as the Unicode Consortium
publishes them; Debian has them in the package `unicode-data`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tooling.paths import ROOT

TARGET = ROOT / "py" / "earwitness" / "formats" / "line_break_table.py"
LAST = 0x10FFFF
LETTERS = {
    "OP": "O", "CL": "C", "CP": "C", "EX": "X", "IS": "X", "SY": "X", "NS": "N", "CJ": "N",
    "ID": "I", "EB": "I", "EM": "M", "CM": "M", "ZWJ": "M", "SA": "S", "GL": "G", "WJ": "G",
    "QU": "Q", "PR": "P", "PO": "%", "NU": "D", "BA": "B", "B2": "B", "HY": "B", "IN": "E",
    "RI": "R", "ZW": "Z", "SP": "Z", "H2": "H", "H3": "H", "JL": "H", "JV": "H", "JT": "H",
}  # fmt: skip
"""Class of UAX 14 -> letter in the table. All other classes are letters of an alphabet, `A`."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def main(folder: Path) -> int:
    """Write the table; returns the exit status."""
    lines = (folder / "LineBreak.txt").read_text(encoding="utf-8")
    found = re.search(r"LineBreak-([\d.]+)\.txt", lines)
    if found is None:
        raise SystemExit(f"{folder / 'LineBreak.txt'} does not name its version.")
    version = found[1]
    marks = _marks((folder / "UnicodeData.txt").read_text(encoding="utf-8"))
    classes = ["A"] * (LAST + 1)
    for first, last, name in _ranges(lines):
        letter = LETTERS.get(name, "A")
        for code in range(first, last + 1):
            classes[code] = "M" if letter == "S" and code in marks else letter
    wide = ["n"] * (LAST + 1)
    for first, last, name in _ranges((folder / "EastAsianWidth.txt").read_text(encoding="utf-8")):
        wide[first : last + 1] = ["w" if name in "WF" else "n"] * (last + 1 - first)
    TARGET.write_text(
        f'"""Line breaking classes and widths of Unicode {version}.\n\n'
        "Written by: python3 -m tooling.line_break_table\n"
        'Each run is its length in base 36, in digits and small letters, and what it has.\n"""\n\n'
        f"{_constant('CLASSES', _runs(classes))}\n{_constant('WIDTHS', _runs(wide, '.'))}",
        encoding="utf-8",
    )
    return 0


def _ranges(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield first and last code point and the property of each line of a file of ranges."""
    for line in text.splitlines():
        codes, _, name = line.partition("#")[0].partition(";")
        if name:
            first, _, last = codes.strip().partition("..")
            yield int(first, 16), int(last or first, 16), name.strip()


def _marks(text: str) -> set[int]:
    """Return the code points of the categories Mn and Mc."""
    rows = (line.split(";") for line in text.splitlines())
    return {int(row[0], 16) for row in rows if row[2] in ("Mn", "Mc")}


def _runs(values: list[str], wide: str = "") -> str:
    """Return the runs of equal values. With `wide`, that sign ends a run of any kind."""
    out: list[str] = []
    begin = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[begin]:
            out.append(_base_36(at - begin) + (wide or values[begin]))
            begin = at
    return "".join(out)


def _base_36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def _constant(name: str, text: str) -> str:
    pieces = [f'    "{text[at : at + 92]}"' for at in range(0, len(text), 92)]
    return "\n".join((f"{name} = (", *pieces, ")", ""))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
