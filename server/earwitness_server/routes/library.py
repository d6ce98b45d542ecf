"""The library: list, read, change, export, delete and search transcripts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from earwitness import formats
from earwitness.domain.edits import TEXT_MAX, Replacement, Sentence, Wanted
from earwitness.domain.highlights import HIGHLIGHTS_MAX
from earwitness.domain.jobs import cancel
from earwitness.domain.speakers import HITS_MOST
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.extensions import apply_rule
from earwitness.messages import (
    EXPORT_LIMITS,
    ExportOptions,
    HighlightChanges,
    RedactText,
    SearchResult,
    SubtitleRules,
    TextVersions,
    TranscriptList,
    TranscriptSummary,
)  # fmt: skip
from earwitness.search.find import Query as SearchQuery
from earwitness.serialization import from_plain
from earwitness.transcript import HighlightColour, Transcript
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from earwitness_server import redactions
from earwitness_server.errors import ApiError, error_answers
from earwitness_server.http.auth import MayRead, MayWrite
from earwitness_server.http.byte_ranges import requested_range
from earwitness_server.http.old_pages import ApiRoute
from earwitness_server.services import CurrentServices, Services
from earwitness_server.storage.database import now_s
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.library import PAGE_MOST, audio_names

AUDIO_TYPE = "application/octet-stream"
FORMATS = f"{', '.join(formats.NAMES)}, or the extension of an added format"
MOMENT = r"^(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?)?$"
SINCE = "Only transcripts made then or later: a date or a moment in UTC, ISO 8601."
UNTIL = "Only transcripts made before: a date or a moment in UTC, ISO 8601."
router = APIRouter(
    prefix="/api",
    tags=["library"],
    route_class=ApiRoute,
    responses=error_answers(400, 401, 403, 404, 422, 429, 503),
)


Index = Annotated[int, Field(ge=0, le=10_000_000)]
Time = Annotated[float | None, Field(allow_inf_nan=False)]


class Split(BaseModel, extra="forbid"):
    """Where to split a segment."""

    segment: Index
    at_char: int = Field(
        ge=0,
        le=TEXT_MAX,
        description="Index of the first character of the second part, in Unicode code points.",
    )


class Redacted(BaseModel, extra="forbid"):
    """What to redact of a segment: the words that the characters belong to."""

    segment: Index
    from_char: int = Field(ge=0, le=TEXT_MAX)
    to_char: int = Field(
        ge=0, le=TEXT_MAX, description="Index after the last character, in Unicode code points."
    )


class Move(BaseModel, extra="forbid"):
    """New times of a segment; what is not given stays."""

    segment: Index
    start_s: float | None = Field(default=None, allow_inf_nan=False)
    end_s: float | None = Field(default=None, allow_inf_nan=False)


class AddedHighlight(BaseModel, extra="forbid"):
    """A part of the recording to mark."""

    start_s: float = Field(allow_inf_nan=False)
    end_s: float = Field(allow_inf_nan=False)
    colour: HighlightColour = "yellow"
    label: str = ""
    note: str = ""
    id: str = Field(
        default="", max_length=64, description="Letters, digits, '-' and '_'; empty: a new one."
    )


class HighlightValues(BaseModel, extra="forbid"):
    """New values of a highlight; what is not given stays."""

    start_s: float | None = Field(default=None, allow_inf_nan=False)
    end_s: float | None = Field(default=None, allow_inf_nan=False)
    colour: HighlightColour | None = None
    label: str | None = None
    note: str | None = None


class HighlightsChange(BaseModel, extra="forbid"):
    """Highlights to add, change and remove."""

    add: list[AddedHighlight] = Field(default=[], max_length=HIGHLIGHTS_MAX)
    change: dict[str, HighlightValues] = Field(
        default={}, max_length=HIGHLIGHTS_MAX, description="Id of a highlight -> new values."
    )
    remove: list[str] = Field(default=[], max_length=HIGHLIGHTS_MAX, description="Ids.")


class NewSentence(BaseModel, extra="forbid"):
    """A sentence that stands in the place of segments."""

    text: Annotated[str, Field(max_length=TEXT_MAX)]
    start_s: float = Field(allow_inf_nan=False)
    end_s: float = Field(allow_inf_nan=False)
    speaker: str | None = Field(
        default=None, max_length=200, description="Name of who says it; empty: nobody known."
    )


class Replace(BaseModel, extra="forbid"):
    """Segments that follow each other, and the sentences in their place."""

    segment: Index
    count: int = Field(ge=1, le=10_000)
    sentences: list[NewSentence] = Field(max_length=10_000)


class Change(BaseModel, extra="forbid"):
    """What to change; what is not given stays."""

    name: str | None = Field(default=None, pattern=r"\S", max_length=1000)
    tags: list[Annotated[str, Field(max_length=200)]] | None = Field(default=None, max_length=50)
    shared: bool | None = None
    segments: dict[int, Annotated[str, Field(max_length=TEXT_MAX)]] | None = Field(
        default=None, max_length=10_000, description="Index of a segment -> its new text."
    )
    split: list[Split] = Field(default=[], max_length=10_000)
    join: list[Index] = Field(
        default=[], max_length=10_000, description="Segments that become one with the next."
    )
    move: list[Move] = Field(default=[], max_length=10_000)
    edges: dict[int, tuple[Time, Time]] = Field(
        default={},
        max_length=10_000,
        description="Index of a segment -> its start and end in seconds; null: as before.",
    )
    delete: list[Index] = Field(default=[], max_length=10_000)
    highlights: HighlightsChange = HighlightsChange()
    speakers: dict[str, Annotated[str, Field(max_length=200)]] | None = Field(
        default=None, max_length=1000, description="Id of a speaker -> the new name."
    )
    merged_speakers: dict[str, str] | None = Field(
        default=None, max_length=1000, description="Id of a speaker -> id of who it really is."
    )
    segment_speakers: dict[int, str] | None = Field(
        default=None,
        max_length=10_000,
        description="Index of a segment -> id of who says it; empty: nobody known.",
    )
    segment_speaker_names: dict[int, Annotated[str, Field(max_length=200)]] | None = Field(
        default=None,
        max_length=10_000,
        description="Index of a segment -> name of who says it; somebody new is added.",
    )
    replace: list[Replace] = Field(default=[], max_length=10_000)
    redact: list[Redacted] = Field(
        default=[], max_length=1000, description="Words that no answer has from now on."
    )
    unredact: list[str] = Field(
        default=[], max_length=1000, description="Ids of redactions that are taken away."
    )
    paragraphs: dict[int, bool] = Field(
        default={},
        max_length=10_000,
        description="Index of a segment -> whether a paragraph begins with it in any case.",
    )
    revision: int | None = Field(
        default=None, description="Of the transcript that the indices are of; without: as it is."
    )

    @property
    def wanted(self) -> Wanted:
        """The changes of segments and highlights."""
        moves = [(each.segment, each.start_s, each.end_s) for each in self.move]
        moves += [(segment, start_s, end_s) for segment, (start_s, end_s) in self.edges.items()]
        return Wanted(
            self.segments or {},
            [(each.segment, each.at_char) for each in self.split],
            self.join,
            moves,
            self.delete,
            speakers={i: name or None for i, name in (self.segment_speaker_names or {}).items()},
            speaker_ids=self.segment_speakers or {},
            highlights=from_plain(HighlightChanges, self.highlights.model_dump()),
            replacements=[
                Replacement(
                    each.segment,
                    each.count,
                    tuple(Sentence(**sentence.model_dump()) for sentence in each.sentences),
                )
                for each in self.replace
            ],
            redact=[RedactText(**each.model_dump()) for each in self.redact],
            unredact=self.unredact,
            paragraphs=self.paragraphs,
        )


def _within(option: str) -> Any:
    least, most = EXPORT_LIMITS[option]
    return Field(ge=least, le=most)


class WriteOptions(BaseModel):
    """How a file is written, as `ExportOptions`; what is not given is the format's own way."""

    speakers: bool | None = None
    times: bool | None = None
    times_every_s: Annotated[float, _within("times_every_s")] = 0.0
    paragraphs: bool | None = None
    words: bool = True
    table: bool = False
    rules: SubtitleRules = "earwitness"
    children: bool = False
    columns: Annotated[int, _within("columns")] = 0
    lines: Annotated[int, _within("lines")] = 0
    frames_per_s: Annotated[float, _within("frames_per_s")] = 25.0
    byte_order_mark: bool = True
    highlights: bool | None = None
    highlights_only: bool = False


@router.get("/transcripts")
def transcripts(
    services: CurrentServices,
    caller: MayRead,
    before: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MOST)] = 50,
) -> TranscriptList:
    """A page of the history, newest first."""
    return services.library.list(caller.owner, before, limit)


@router.get("/transcripts/{transcript_id}")
def transcript(services: CurrentServices, caller: MayRead, transcript_id: str) -> Transcript:
    """One transcript with its words, as far as it has come."""
    return services.library.read(caller.owner, transcript_id)


@router.patch("/transcripts/{transcript_id}", responses=error_answers(409))
def change(
    services: CurrentServices, caller: MayWrite, transcript_id: str, change: Change
) -> TranscriptSummary:
    """Change name, tags, sharing, segments, who says them, or highlights.

    Indices and characters are those before the change. With a revision, a segment or highlight that
    somebody else has changed since is not overwritten: the answer is 409, with both texts.
    """
    wanted = change.wanted
    is_edit = wanted.segments or wanted.highlights or wanted.unredact
    if is_edit or change.speakers or change.merged_speakers:
        services.library.edit(
            caller.owner,
            transcript_id,
            wanted,
            change.revision,
            by=caller.name,
            names=change.speakers,
            merged=change.merged_speakers,
        )
    return services.library.update(
        caller.owner, transcript_id, name=change.name, tags=change.tags, shared=change.shared
    ).summary


@router.get("/transcripts/{transcript_id}/versions")
def versions(services: CurrentServices, caller: MayRead, transcript_id: str) -> TextVersions:
    """The versions of the text, newest first, with who made them, and whether you may change it.

    The last one is what was recognised.
    """
    may_write = "write" in caller.scopes
    return services.library.versions(caller.owner, transcript_id, may_write=may_write)


@router.post("/transcripts/{transcript_id}/versions/{version}/restore")
def restore(
    services: CurrentServices, caller: MayWrite, transcript_id: str, version: int
) -> TranscriptSummary:
    """Go back to the text of a version, as a change like any other."""
    return services.library.restore(caller.owner, transcript_id, version, caller.name).summary


class Part(BaseModel, extra="forbid"):
    """A part of a recording, in seconds."""

    start_s: float = Field(ge=0, allow_inf_nan=False)
    end_s: float = Field(ge=0, allow_inf_nan=False)


class FinalRedactions(BaseModel, extra="forbid"):
    """What is redacted before all redactions are made final."""

    parts: list[Part] = Field(default=[], max_length=2000)


@router.post("/transcripts/{transcript_id}/redactions/final")
async def make_redactions_final(
    services: CurrentServices, caller: MayWrite, transcript_id: str, final: FinalRedactions
) -> TranscriptSummary:
    """Delete the words of all redactions, the versions of the text, and the recording with them.

    The recording becomes a WAV file that is silent there. This cannot be undone.
    """
    parts = [(part.start_s, max(part.start_s, part.end_s)) for part in final.parts]
    made = await redactions.make_final(services, caller.owner, transcript_id, parts, by=caller.name)
    return made.summary


@router.delete("/transcripts/{transcript_id}", status_code=204, response_class=Response)
def delete(services: CurrentServices, caller: MayWrite, transcript_id: str) -> None:
    """Delete a transcript and its audio, now and for good."""
    entry = services.library.get(caller.owner, transcript_id, to_change=True)
    services.queue.change(transcript_id, cancel)
    services.workflows.cancel(entry)
    services.objects.delete(*audio_names(transcript_id))
    services.library.delete([transcript_id])
    services.database.truncate_log()


@router.get("/transcripts/{transcript_id}/export", response_class=Response)
def export(
    services: CurrentServices,
    caller: MayRead,
    transcript_id: str,
    format: Annotated[str, Query(max_length=40, description=FORMATS)],
    options: Annotated[WriteOptions, Query()],
    time_zone: Annotated[str, Query(max_length=64, description="IANA name, for dates")] = "UTC",
) -> Response:
    """The transcript as a file; always an attachment, so that no browser opens it here."""
    added = services.extensions.formats
    known = (*formats.NAMES, *(each.extension for each in added if each.write is not None))
    if format not in known:
        raise ApiError(
            422,
            f"Unknown format: {format!r:.80}.",
            hint=f"Use one of {', '.join(known)}.",
            code="invalid_value",
            param="format",
        )
    found = services.library.read(caller.owner, transcript_id)
    chosen = ExportOptions(**options.model_dump())
    file = formats.export(found, format, _zone(time_zone), chosen, added)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {"content-disposition": disposition}
    return Response(formats.content_of(file), media_type=file.media_type, headers=headers)


@router.post("/transcripts/import", status_code=201)
async def import_file(
    services: CurrentServices,
    request: Request,
    caller: MayWrite,
    name: Annotated[str, Query(max_length=1000, description="Of the file, with its extension")],
) -> TranscriptSummary:
    """Add a transcript that another program made: the body is the file."""
    data = await request.body()
    found = await asyncio.to_thread(formats.read, data, name, services.extensions.formats)
    return await asyncio.to_thread(_added, services, caller, found)


def _added(services: Services, caller: Caller, found: Transcript) -> TranscriptSummary:
    days = services.settings.retention_days
    expires_s = now_s() + days * 86400 if days else None
    return services.library.add(caller.owner, found, expires_s).summary


class AppliedRule(BaseModel, extra="forbid"):
    """Which rule is applied."""

    rule: str = Field(max_length=200)


@router.get("/extensions")
def extensions(services: CurrentServices, caller: MayRead) -> dict[str, list[dict[str, str]]]:
    """What the installed extensions add: formats and rules."""
    found = services.extensions
    return {
        "formats": [{"extension": f.extension, "title": f.title} for f in found.formats],
        "rules": [{"name": name, "title": rule.title} for name, rule in found.rules],
    }


@router.post("/transcripts/{transcript_id}/apply")
def apply(
    services: CurrentServices, caller: MayWrite, transcript_id: str, applied: AppliedRule
) -> TranscriptSummary:
    """Change the text with a rule of an extension; the recognized text stays beneath."""
    found = services.library.get(caller.owner, transcript_id, to_change=True)
    rule = dict(services.extensions.rules).get(applied.rule)
    if rule is None:
        raise NotFoundError(f"There is no rule {applied.rule!r:.80}.", hint="List /api/extensions.")
    texts = apply_rule(rule, services.library.read(caller.owner, transcript_id))
    if not texts:
        return found.summary
    services.library.edit(caller.owner, transcript_id, Wanted(texts), by=caller.name)
    return services.library.get(caller.owner, transcript_id).summary


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC  # Known without a database of time zones.
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadRequestError(
            f"Unknown time zone: {name!r:.80}.", hint="Use a name such as Europe/Berlin."
        ) from error


@router.head("/transcripts/{transcript_id}/audio", include_in_schema=False)
@router.get(
    "/transcripts/{transcript_id}/audio",
    response_class=StreamingResponse,
    responses=error_answers(409, 416) | {206: {"description": "The requested part."}},
)
def audio(
    services: CurrentServices, caller: MayRead, transcript_id: str, request: Request
) -> Response:
    """The recording as it was sent, or the part that `Range` asks for."""
    record = services.library.get(caller.owner, transcript_id).record
    if not record.audio_path:
        raise NotFoundError("The audio was not kept.", hint="Only the words are stored.")
    if record.has_open_redactions:
        raise ApiError(
            409,
            "The recording has redactions that are not final, so it is not sent.",
            hint="Make them final, or take them away.",
            code="not_final",
        )
    etag = f'"{record.fingerprint}"'
    part = requested_range(request.headers, record.audio_bytes, etag)
    start, stop = part or (0, record.audio_bytes)
    headers = {
        "accept-ranges": "bytes",
        "content-length": str(stop - start),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(record.name, safe='')}",
        "etag": etag,
    }
    if part:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{record.audio_bytes}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, media_type=AUDIO_TYPE, headers=headers)
    stream = services.objects.read(record.audio_path, part)
    return StreamingResponse(stream, status, media_type=AUDIO_TYPE, headers=headers)


@router.delete("/transcripts/{transcript_id}/audio", status_code=204, response_class=Response)
def delete_audio(services: CurrentServices, caller: MayWrite, transcript_id: str) -> None:
    """Delete the recording and keep the words."""
    services.library.get(caller.owner, transcript_id, to_change=True)
    services.objects.delete(*audio_names(transcript_id))
    services.queue.mark_audio_deleted(transcript_id)


@router.get("/search")
def search(
    services: CurrentServices,
    caller: MayRead,
    query: Annotated[str, Query(max_length=1000)],
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    language: Annotated[str, Query(max_length=20)] = "",
    tag: Annotated[str, Query(max_length=200)] = "",
    transcript_id: Annotated[str, Query(max_length=64)] = "",
    speaker: Annotated[str, Query(max_length=200)] = "",
    label: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(max_length=40, pattern=MOMENT, description=SINCE)] = "",
    until: Annotated[str, Query(max_length=40, pattern=MOMENT, description=UNTIL)] = "",
) -> SearchResult:
    """Find words in names and texts: the page's own grammar, ranking and snippets."""
    most = HITS_MOST if speaker or label else limit
    asked = SearchQuery(query, most, language, tag, transcript_id, since=since, until=until)
    found = services.search.find(caller.owner, asked)
    if not speaker and not label:
        return found
    hits = services.library.narrowed(caller.owner, found.hits, speaker, label)
    return replace(found, hits=tuple(hits[:limit]))
