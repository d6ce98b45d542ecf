"""The versions of a text: what each change took away, so that every earlier text can be shown.

A version is stored as what takes its change back, beside the document. The text of an older version
is the document with the newer changes taken back. The first version, 0, is what was recognised.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from earwitness.domain.changes import Change, Splice, between, heard, splices
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.edits import Edited, Wanted
from earwitness.domain.highlights import changed_highlight, noted_text
from earwitness.domain.overwriting import overwriting
from earwitness.domain.passages import clean
from earwitness.domain.records import Record, seconds
from earwitness.domain.redaction import SIGN
from earwitness.domain.scripts import join_texts
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.messages import ChangedHighlight, Difference, DifferentWords, TextVersion
from earwitness.serialization import ADDED, to_plain

ONE_CHANGE_S = 60.0
"""Changes of one segment or highlight that follow each other sooner are one version."""
VERSIONS_MAX = 1000
"""Stored versions of one transcript; above it the two oldest become one."""
RECOGNISED = "Recognised"
_EARLIER = "Corrected before versions were stored"
_COMPARED_MOST = 3000
"""Words on one side of a comparison; longer stretches are shown as replaced."""
_TOKEN = re.compile(r"\S+")
_QUOTED = re.compile("“.*”")


@dataclass(frozen=True, slots=True)
class Version:
    """One change, as it is stored."""

    number: int
    at: str
    what: str
    revision: int
    """Of the record after the change."""
    undo: Change
    """What takes the change back."""
    splices: tuple[Splice, ...] | None
    """Where the text differs; None: it may differ anywhere."""
    changes: int = 1
    """How many changes this version stands for."""
    by: str = field(default="", metadata=ADDED)
    """Who made the change; empty: it is not known, or nobody but the user changes this text."""

    @property
    def view(self) -> TextVersion:
        """The version as it is listed."""
        return TextVersion(self.number, self.at, self.what, self.by, self.revision)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The versions after a change, and what of them is to be written."""

    versions: tuple[Version, ...]
    put: tuple[Version, ...]
    removed: tuple[int, ...] = ()


def record_change(
    versions: Sequence[Version],
    before: Document,
    made: Edited,
    what: str,
    at: str,
    *,
    by: str = "",
    shared: int = 0,
) -> Recorded:
    """Return the versions after a change of the document `before`.

    A further change by the same person of the segment or highlight that was changed last becomes
    one version with it. `shared`: the version whose text a server has; it stays as it is.
    """
    known = [*with_earlier(versions, before, made.record)]
    number = known[-1].number + 1 if known else 1
    new = Version(number, at, what, made.record.revision, made.undo, made.splices, by=by)
    put = [new] if versions else [*known, new]
    if versions and versions[-1].number != shared and _continues(versions[-1], new):
        last = known.pop()
        new = dataclasses.replace(
            new, number=last.number, what=last.what, undo=last.undo.after(new.undo)
        )
        put = [new]
    known.append(new)
    removed: list[int] = []
    if len(known) > VERSIONS_MAX:
        oldest = 1 if known[0].number == shared else 0
        one, other = known[oldest : oldest + 2]
        merged = dataclasses.replace(
            other,
            what=f"{one.changes + other.changes} changes",
            undo=one.undo.after(other.undo),
            splices=None,
            changes=one.changes + other.changes,
            by=other.by if one.by == other.by else "",
        )
        known[oldest : oldest + 2] = [merged]
        put.append(merged)
        removed.append(one.number)
    return Recorded(tuple(known), tuple(put), tuple(removed))


def with_earlier(
    versions: Sequence[Version], document: Document, record: Record
) -> tuple[Version, ...]:
    """Return the versions of a text, with one for corrections made before versions were stored."""
    return tuple(versions) or tuple(_of_before(document, record))


def _of_before(document: Document, record: Record) -> list[Version]:
    """Return one version for all corrections that were made before versions were stored."""
    if not document.corrections:
        return []
    entries = [*document.edits.values(), *document.passages.values()]
    at = max((entry.edited_at for entry in entries), default=record.created_at)
    undo = between(document, heard(document))
    return [Version(1, at, _EARLIER, record.revision - 1, undo, None, document.corrections)]


def _continues(last: Version, new: Version) -> bool:
    """Return whether both change the same single segment or highlight, one soon after the other."""
    one, other = _only_place(last), _only_place(new)
    if one is None or one != other or (last.what, last.by) != (new.what, new.by):
        return False
    return 0 <= seconds(new.at) - seconds(last.at) <= ONE_CHANGE_S


def _only_place(version: Version) -> str | None:
    """Return the key of the text, or the id of the highlight, that alone changed; else None."""
    undo = version.undo
    places = [*undo.edits, *undo.highlights]
    others = undo.passages or undo.changes_speakers or undo.redactions
    if others or version.splices is None or len(places) > 1:
        return None
    return places[0] if places else None


def listed(versions: Sequence[Version], record: Record) -> tuple[TextVersion, ...]:
    """Return all versions, newest first; the last one is what was recognised.

    Where words are redacted, no description has words of the text.
    """
    views = [*(version.view for version in reversed(versions))]
    if record.redactions:
        views = [
            dataclasses.replace(view, what=_QUOTED.sub(f"“{SIGN}”", view.what)) for view in views
        ]
    return (*views, TextVersion(0, record.created_at, RECOGNISED))


def document_at(document: Document, versions: Sequence[Version], number: int) -> Document:
    """Return the document with the corrections of a version.

    Corrections of runs that the document no longer has are left out. What is redacted now is also
    redacted in it.

    Raises:
        NotFoundError: there is no such version.
    """
    if not number:
        return heard(document)
    if all(version.number != number for version in versions):
        raise NotFoundError("There is no such version.", hint="Choose another one from the list.")
    for version in reversed(versions):
        if version.number == number:
            break
        undo = dataclasses.replace(version.undo, redactions={})
        document = undo.applied(document)
    return document


def document_before(document: Document, versions: Sequence[Version], number: int) -> Document:
    """Return the document as it was after a version, whatever has been changed since.

    After version 0 it is as it came into the library: a copy with the corrections of others. Of
    corrections that were made before versions were stored, what was recognised is left.
    """
    if not versions:
        return heard(document) if document.corrections else document
    for version in reversed(versions):
        if version.number <= number:
            break
        document = version.undo.applied(document)
    return document


# ---------------------------------------------------------------- two people


@dataclass(frozen=True, slots=True)
class Conflict:
    """A segment or a highlight that two people changed."""

    segment: int
    """Its index now; -1 for a highlight."""
    yours: str | None
    """The text that was sent; None: something else was to be changed."""
    theirs: str
    """The text that stands there now."""
    highlight: str | None = field(default=None, metadata=ADDED)
    """The id of the highlight. The texts are its label and note then."""


class EditConflictError(BadRequestError):
    """The text has changed since the one that a change was made on."""

    def __init__(self, revision: int, conflicts: Sequence[Conflict]) -> None:
        """`revision`: of the text as it is now."""
        self.revision = revision
        self.conflicts = tuple(conflicts)
        plain = to_plain(self.conflicts, "set")
        super().__init__(
            "Somebody else has changed this text.",
            hint="Compare the two texts, and send the change again with the new revision.",
            detail=json.dumps({"revision": revision, "conflicts": plain}, ensure_ascii=False),
        )


def rebased(
    wanted: Wanted,
    revision: int | None,
    record: Record,
    opened: OpenDocument,
    versions: Sequence[Version],
    *,
    overwrite: bool = False,
) -> Wanted:
    """Return changes that were made on an older revision, for the text as it is now.

    Without a revision, they are for the text as it is now. `overwrite`: where a segment has changed
    since, the new text, join or deletion takes the place of what stands there now.

    Raises:
        EditConflictError: a segment or highlight that is to be changed has changed since that
            revision, and is not to be overwritten; only new texts, joins and deletions overwrite.
    """
    if revision is None or revision == record.revision:
        return wanted
    later = [version for version in versions if version.revision > revision]
    if wanted.highlights:
        wanted = _with_rebased_highlights(wanted, record, opened, later)
    if not wanted.segments:
        return wanted
    unknown = (
        revision > record.revision
        or revision < opened.document.stable_since
        or any(version.splices is None for version in later)
        or (not versions and opened.document.corrections)
    )
    places = _moved(wanted.segments, later, is_changed=bool(unknown))
    apart = [
        segment for segment in wanted.adjoining if places[segment].stop != places[segment + 1].first
    ]
    changed = {i for i, place in places.items() if place.is_changed} | set(apart)
    if changed:
        texts = [*map(opened.text, opened.pieces)]
        theirs = {i: join_texts(texts[places[i].first : places[i].stop]) for i in changed}
        # A request that is sent again finds its own texts, one after an undo what the user saw.
        same = {i for i in changed if i in wanted.texts and clean(wanted.texts[i]) == theirs[i]}
        unchanged = {
            i
            for i in changed - {*apart}
            if i in wanted.seen
            and places[i].stop - places[i].first == 1
            and clean(wanted.seen[i]) == theirs[i]
        }
        conflicts = sorted(changed - same - unchanged)
        if conflicts:
            mine = None
            if overwrite and not (wanted.splits or wanted.moves):
                before = texts if unknown else _texts_before(opened, later)
                if not unknown:
                    places = _moved({*range(len(before)), *places}, later)
                ranges = {i: range(place.first, place.stop) for i, place in places.items()}
                seen = {**dict(enumerate(before)), **wanted.seen}
                mine = overwriting(wanted, conflicts, seen, ranges)
            if mine is not None:
                return mine
            raise EditConflictError(
                record.revision,
                [Conflict(places[i].first, wanted.text_for(i), theirs[i]) for i in conflicts],
            )
        mine = {i: text for i, text in wanted.texts.items() if i not in same}
        wanted = dataclasses.replace(wanted, texts=mine)
    return wanted.at({i: place.first for i, place in places.items()})


def _with_rebased_highlights(
    wanted: Wanted, record: Record, opened: OpenDocument, later: Sequence[Version]
) -> Wanted:
    """Return the changes without those of highlights that were made already."""
    changed = {id_ for version in later for id_ in version.undo.highlights}
    known, changes = opened.document.highlights, wanted.highlights
    remove = tuple(id_ for id_ in changes.remove if id_ in known or id_ not in changed)
    change = {
        id_: new
        for id_, new in changes.change.items()
        if id_ not in changed
        or id_ not in known
        or changed_highlight(known[id_], new, record.duration_s) != known[id_]
    }
    conflicts = [
        Conflict(
            -1,
            noted_text(change.get(id_, ChangedHighlight())),
            (noted_text(known[id_]) or "") if id_ in known else "",
            id_,
        )
        for id_ in (*change, *remove)
        if id_ in changed
    ]
    if conflicts:
        raise EditConflictError(record.revision, conflicts)
    changes = dataclasses.replace(changes, change=change, remove=remove)
    return dataclasses.replace(wanted, highlights=changes)


def _texts_before(opened: OpenDocument, later: Sequence[Version]) -> list[str]:
    """Return the texts of all segments before some changes."""
    document = opened.document
    for version in reversed(later):
        document = version.undo.applied(document)
    old = opened.with_document(document)
    return [*map(old.text, old.pieces)]


def _moved(
    segments: Iterable[int], later: Sequence[Version], *, is_changed: bool = False
) -> dict[int, _Place]:
    """Return where segments stand after some changes."""
    places = {index: _Place(index, index + 1, is_changed) for index in segments}
    for version in later:
        places = {i: place.after(version.splices or ()) for i, place in places.items()}
    return places


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a segment stands now; several, or none, may stand in its place."""

    first: int
    stop: int
    is_changed: bool

    def after(self, changes: Sequence[Splice]) -> _Place:
        first, stop, is_changed = self.first, self.stop, self.is_changed
        moved = 0
        for splice in changes:
            end = splice.first + splice.removed
            if end <= self.first:
                moved += splice.added - splice.removed
            elif splice.first < self.stop:
                is_changed = True
                first = min(first, splice.first)
                stop = max(stop, end) + splice.added - splice.removed
        return _Place(first + moved, stop + moved, is_changed)


# ---------------------------------------------------------------- comparing


def compare(before: OpenDocument, after: OpenDocument) -> tuple[Difference, ...]:
    """Return where two versions of one text differ, with the words that do."""
    change = between(before.document, after.document)
    undo = between(after.document, before.document)
    found: list[Difference] = []
    moved = 0
    for splice in splices(before, after, change, undo):
        old = before.pieces[splice.first : splice.first + splice.removed]
        first = splice.first + moved
        new = after.pieces[first : first + splice.added]
        moved += splice.added - splice.removed
        one, other = join_texts(map(before.text, old)), join_texts(map(after.text, new))
        times = [piece.heard.start_s for piece in (*new, *old)]
        found.append(Difference(first, times[0] if times else 0.0, different_words(one, other)))
    return tuple(found)


def different_words(before: str, after: str) -> tuple[DifferentWords, ...]:
    """Return two texts as one sequence of words that are the same, removed and added."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _COMPARED_MOST:
        codes = [("replace", 0, len(old), 0, len(new))]
    else:
        codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    words: list[DifferentWords] = []
    for tag, i1, i2, j1, j2 in codes:
        if tag == "equal":
            words.append(DifferentWords("same", " ".join(old[i1:i2])))
            continue
        if i2 > i1:
            words.append(DifferentWords("removed", " ".join(old[i1:i2])))
        if j2 > j1:
            words.append(DifferentWords("added", " ".join(new[j1:j2])))
    return tuple(words)


# ---------------------------------------------------------------- what a change is called


def described(wanted: Wanted) -> str:
    """Return what a change is, in a few words."""
    counts: Mapping[str, Sequence[int]] = {
        "corrected": sorted(wanted.texts),
        "split": sorted({segment for segment, _ in (*wanted.splits, *wanted.cuts)}),
        "joined with the next": sorted(wanted.joins),
        "moved to a new paragraph": sorted(i for i, begins in wanted.paragraphs.items() if begins),
        "moved to the paragraph before": sorted(
            i for i, begins in wanted.paragraphs.items() if not begins and i - 1 not in wanted.joins
        ),
        "moved in time": sorted({segment for segment, _, _ in wanted.moves}),
        "replaced": sorted(each.first for each in wanted.replacements if each.sentences),
        "deleted": sorted(
            [
                *wanted.deletions,
                *(i for each in wanted.replacements if not each.sentences for i in each.segments),
            ]
        ),
        "restored": [0] * len(wanted.restored),
        "given a speaker": sorted({*wanted.speakers, *wanted.speaker_ids}),
        "redacted": sorted({each.segment for each in wanted.redact}),
        "shown again": [0] * len(wanted.unredact),
    }
    parts = [f"{_sentences(each, what)} {what}" for what, each in counts.items() if each]
    marks = wanted.highlights
    for count, what in (
        (len(marks.add), "added"), (len(marks.change), "changed"), (len(marks.remove), "removed"),
    ):  # fmt: skip
        if count:
            parts.append(f"{'highlight' if count == 1 else f'{count} highlights'} {what}")
    text = ", ".join(parts) or "No change"
    return text[0].upper() + text[1:]


def restoring(number: int) -> str:
    """Return what going back to a version is called in the list of versions."""
    return f"Version {number} restored" if number else "First version restored"


def _sentences(segments: Sequence[int], what: str) -> str:
    if len(segments) > 1:
        return f"{len(segments)} sentences"
    return "a sentence" if what in ("restored", "shown again") else f"sentence {segments[0] + 1}"
