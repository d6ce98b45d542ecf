"""Word documents (Office Open XML): a title, and paragraphs or a table with speakers and times.

A document is written with the standard library. Its parts are stored without compression, so that
page and server write the same bytes. Only the text of a document is read: nothing in it is
executed, and what it refers to outside is not opened.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from earwitness.domain.clock import parse_clock
from earwitness.domain.scripts import join_texts
from earwitness.formats.blocks import Block, blocks
from earwitness.formats.cues import tidy
from earwitness.formats.facts import fact_lines
from earwitness.formats.limits import parse_xml, unzip
from earwitness.formats.noted import HEADING, Noted, noted, pieces
from earwitness.formats.plain_transcript import read_plain, timed
from earwitness.formats.ttml import xml_text
from earwitness.messages import ExportOptions
from earwitness.transcript import Highlight, HighlightColour, Segment, Transcript

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MEDIA_TYPE = f"{_WORD}.document"
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_ROOT_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_STYLES = (
    f'{_XML}<w:styles xmlns:w="{_MAIN}"><w:docDefaults>'
    '<w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/>'
    '<w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="160" w:line="276" w:lineRule="auto"/></w:pPr>'
    "</w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>'
    '<w:basedOn w:val="Normal"/><w:next w:val="Subtitle"/><w:qFormat/><w:pPr>'
    '<w:spacing w:after="60"/></w:pPr>'
    '<w:rPr><w:b/><w:bCs/><w:sz w:val="36"/><w:szCs w:val="36"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Subtitle"><w:name w:val="Subtitle"/>'
    '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>'
    '<w:rPr><w:color w:val="595959"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Speaker"><w:name w:val="Speaker"/>'
    '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>'
    '<w:pPr><w:keepNext/><w:spacing w:before="120" w:after="0"/></w:pPr></w:style>'
    '<w:style w:type="character" w:customStyle="1" w:styleId="SpeakerName">'
    '<w:name w:val="Speaker Name"/><w:qFormat/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>'
    '<w:style w:type="character" w:customStyle="1" w:styleId="Time"><w:name w:val="Time"/>'
    '<w:qFormat/><w:rPr><w:color w:val="595959"/><w:sz w:val="18"/><w:szCs w:val="18"/>'
    "</w:rPr></w:style>"
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
    '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:tblPr><w:tblCellMar>'
    '<w:left w:w="108" w:type="dxa"/>'
    '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    "</w:styles>"
)
_HIGHLIGHT_STYLE = (
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Highlight">'
    '<w:name w:val="Highlight"/><w:basedOn w:val="Normal"/><w:qFormat/>'
    '<w:pPr><w:spacing w:after="60"/></w:pPr></w:style>'
)
"""Only in documents with highlights."""
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418"'
    ' w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
)
_BESIDE = ("Title", "Subtitle", "Highlight")
"""Styles of paragraphs that are not of the text."""
_WIDTHS = (1000, 2000, 6070)
"""Columns of the table in twentieths of a point: time, speaker, text."""
_SHADES: dict[HighlightColour, str] = {
    "yellow": "FDF3C4", "green": "DCF2D6", "blue": "DCEBFB", "pink": "FBE0E8", "purple": "EAE1F7",
}  # fmt: skip
_DAY = (1980, 1, 1, 0, 0, 0)


def write(
    transcript: Transcript, options: ExportOptions | None = None, zone: tzinfo | None = UTC
) -> bytes:
    """Return a document, with the day of the recording in a time zone; None: this process's."""
    options = options or ExportOptions()
    listed = noted(transcript, options, usual=True)
    marks = transcript.highlights if listed else ()
    made = blocks(transcript, options, speakers=True, times=True, paragraphs=True)
    body = [_paragraph("Title", _run(tidy(transcript.name)), transcript.name)]
    body += [_paragraph("Subtitle", _run(line), line) for line in fact_lines(transcript, zone)]
    if not options.highlights_only:
        body += [_table(made, marks)] if options.table else _text(made, marks)
    body += _list(listed)
    document = (
        f'{_XML}<w:document xmlns:w="{_MAIN}"><w:body>{"".join(body)}{_PAGE}</w:body></w:document>'
    )
    return _packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _ROOT_RELATIONS,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
            "word/styles.xml": _styles(bool(listed)),
            "docProps/core.xml": _core(transcript),
        }
    )


def _styles(has_highlights: bool) -> str:
    end = "</w:styles>"
    return _STYLES.replace(end, _HIGHLIGHT_STYLE + end) if has_highlights else _STYLES


def read(data: bytes) -> tuple[Segment, ...]:
    """Read the paragraphs and tables of a document, ours or one of Teams, Otter or a typist.

    Raises:
        BadRequestError: it is no document, damaged, or unpacks to too much.
    """
    text = unzip("Word", data, "word/document.xml").decode("utf-8", "replace")
    document = _Document()
    parse_xml(
        "Word", text.removeprefix("\ufeff"), document.start, document.end, document.characters
    )
    if document.has_own_styles:
        return timed(document.rows)
    return read_plain("\n".join(document.lines))


def _list(highlights: list[Noted]) -> list[str]:
    parts = [_paragraph("Highlight", _run(HEADING, "SpeakerName"), HEADING)] if highlights else []
    for each in highlights:
        runs = [_run(f"{each.time}  ", "Time")]
        runs += [_run(f"{each.speaker}: ", "SpeakerName")] if each.speaker else []
        runs.append(_run(each.text, shade=_SHADES[each.colour]))
        runs += [_run(f" ({each.label})")] if each.label else []
        parts.append(_paragraph("Highlight", "".join(runs), each.text))
        parts += [_paragraph("Highlight", _run(line), line) for line in each.notes]
    return parts


def _runs(block: Block, marks: tuple[Highlight, ...]) -> str:
    """Return the text of a block, with its highlights shaded."""
    if not marks:
        return _run(block.text)
    runs: list[str] = []
    before = ""
    for segment in block.segments:
        own = replace(segment, text=tidy(segment.text))
        both = join_texts((before, own.text))
        gap = both[len(before) : len(both) - len(own.text)]
        runs += [_run(gap)] if gap else []
        runs += [
            _run(piece, shade=_SHADES[marks[index].colour] if index >= 0 else "")
            for piece, index in pieces(own, marks)
        ]
        before = own.text
    return "".join(runs)


def _text(made: list[Block], marks: tuple[Highlight, ...]) -> list[str]:
    parts: list[str] = []
    speaker: str | None = None
    for block in made:
        time = _run(block.time, "Time") if block.time else ""
        if block.speaker and block.speaker != speaker:
            gap = _run("  ") if time else ""
            name = _run(block.speaker, "SpeakerName")
            parts.append(_paragraph("Speaker", name + gap + time, block.speaker))
            time = ""
        speaker = block.speaker
        lead = time + _run("  ") if time else ""
        parts.append(_paragraph("", lead + _runs(block, marks), block.text))
    return parts


def _table(made: list[Block], marks: tuple[Highlight, ...]) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    titles = ("Time", "Speaker", "Text")
    named = tuple((title, _run(title, "SpeakerName")) for title in titles)
    head = _row(named, "<w:trPr><w:tblHeader/></w:trPr>")
    rows = "".join(
        _row(
            (
                (block.time or "", _run(block.time or "", "Time")),
                (block.speaker or "", _run(block.speaker or "", "SpeakerName")),
                (block.text, _runs(block, marks)),
            ),
            "<w:trPr><w:cantSplit/></w:trPr>" if len(block.text) < 1500 else "",
        )
        for block in made
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(_WIDTHS)}" w:type="dxa"/><w:tblBorders>{edge}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{head}{rows}</w:tbl><w:p/>"
    )


def _row(cells_of: tuple[tuple[str, str], ...], properties: str) -> str:
    """Return a row; `cells_of`: the text of each cell, and its runs."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph('', runs if text else '', text)}</w:tc>"
        for (text, runs), width in zip(cells_of, _WIDTHS, strict=True)
    )
    return f"<w:tr>{properties}{cells}</w:tr>"


def _paragraph(style: str, runs: str, text: str) -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    leftward = "<w:bidi/>" if _is_leftward(text) else ""
    if leftward:
        runs = runs.replace("</w:rPr>", "<w:rtl/></w:rPr>").replace(
            "<w:r><w:t", "<w:r><w:rPr><w:rtl/></w:rPr><w:t"
        )
    properties = f"<w:pPr>{named}{leftward}</w:pPr>" if named or leftward else ""
    return f"<w:p>{properties}{runs}</w:p>"


def _run(text: str, style: str = "", shade: str = "") -> str:
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    if shade:
        properties = f'<w:rPr><w:u w:val="single"/><w:shd w:val="clear" w:fill="{shade}"/></w:rPr>'
    return f'<w:r>{properties}<w:t xml:space="preserve">{xml_text(text)}</w:t></w:r>'


def _is_leftward(text: str) -> bool:
    """Return whether the first letter is of a script from right to left."""
    if text.isascii():
        return False
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def _core(transcript: Transcript) -> str:
    day = transcript.created_at[:10]
    is_day = len(day) == 10 and day.replace("-", "").isdigit()
    moment = f"{day}T00:00:00Z" if is_day else ""
    created = (
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>' if moment else ""
    )
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{xml_text(tidy(transcript.name))}</dc:title>{created}</cp:coreProperties>"
    )


def _packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), text.encode("utf-8", "replace"))
    return out.getvalue()


@dataclass(slots=True)
class _Document:
    """What has been read of a document so far."""

    lines: list[str] = field(default_factory=list[str])
    """Its paragraphs; the cells of a table's row are in one line."""
    rows: list[tuple[float, str | None, str]] = field(
        default_factory=list[tuple[float, str | None, str]]
    )
    """Time, speaker and text of the paragraphs of a document of ours."""
    has_own_styles: bool = False
    open: list[str] = field(default_factory=list[str])
    style: str = ""
    run_style: str = ""
    pieces: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Style and text of the open paragraph's runs."""
    cells: list[str] = field(default_factory=list[str])
    cell_count: int = 0
    speaker: str | None = None
    time_s: float = 0.0

    def start(self, name: str, given: dict[str, str]) -> None:
        self.open.append(name)
        if name == "p" and "txbxContent" not in self.open:
            self.style, self.pieces = "", []
        elif name == "pStyle":
            self.style = given.get("val", "")
        elif name == "r":
            self.run_style = ""
        elif name == "rStyle":
            self.run_style = given.get("val", "")
        elif name in ("tab", "br", "cr") and "r" in self.open[-3:-1]:
            self.pieces.append((self.run_style, "\t" if name == "tab" else "\n"))
        elif name == "tr":
            self.cells, self.cell_count = [], 0

    def end(self, name: str) -> None:
        self.open.pop()
        if name == "p":
            self.paragraph()
        elif name == "tc":
            self.cell_count += 1
        elif name == "tr":
            self.lines.append("  ".join(self.cells))
            self.cells = []

    def characters(self, text: str) -> None:
        # Deleted text of a revision is `delText`.
        if self.open and self.open[-1] == "t":
            self.pieces.append((self.run_style, text))

    def paragraph(self) -> None:
        text = "".join(piece for _, piece in self.pieces)
        name = "".join(piece for style, piece in self.pieces if style == "SpeakerName").strip()
        time = "".join(piece for style, piece in self.pieces if style == "Time").strip()
        if self.style == "Highlight":
            name = time = ""
        body = " ".join("".join(piece for style, piece in self.pieces if not style).split())
        in_table = "tc" in self.open
        time_s = parse_clock(time) if time else None
        if time_s is not None:
            self.time_s, self.has_own_styles = time_s, True
        if in_table:
            self.cells.append(" ".join(text.split()))
            if self.cell_count == 0:
                self.speaker = None
        elif self.style not in _BESIDE:
            self.lines += text.split("\n")
        if name:
            self.speaker, self.has_own_styles = name, True
        if body and self.style not in (*_BESIDE, "Speaker"):
            self.rows.append((self.time_s, self.speaker, body))
        self.pieces = []
