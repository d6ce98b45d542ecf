"""What the user asks of a server's library: whether it is there, its hits, its transcripts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from earwitness.domain.finished_transcript import finished_transcript
from earwitness.domain.jobs import ServerJob
from earwitness.errors import BadRequestError
from earwitness.library.importing.import_transcript import import_transcript
from earwitness.library.repository import LibraryRepository
from earwitness.library.servers.server_settings import server_address, server_view
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import (
    ListTranscripts,
    Search,
    SearchResult,
    ServerView,
    TranscribeOptions,
    TranscriptList,
)
from earwitness.remote.address import origin_of
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.remote.http import HttpClient
from earwitness.remote.openai_client import OpenAiClient


@dataclass(frozen=True)
class ServerRequests:
    """Asks the server of the settings.

    Each method raises BadRequestError where there is none, and ServerError when it does not
    answer or refuses.
    """

    _repository: LibraryRepository
    _documents: DocumentCache
    _http: HttpClient

    async def check(self) -> ServerView:
        """Return the server with its models; it must take the key."""
        address, key = server_address(self._repository), self._repository.settings.server_key
        kind = OpenAiClient if address.kind == "openai" else EarwitnessClient
        models = await kind(self._http, address.base, key).models()
        view = server_view(self._repository)
        return ServerView(address.origin, address.kind, view is not None and view.allowed, models)

    async def search(self, request: Search) -> SearchResult:
        """Return hits of the server's library. Those that came from here have their ids here."""
        base, api = self.library()
        found = await api.search(request)
        ids, origin = self._ids_here(base), origin_of(base)
        hits = tuple(
            dataclasses.replace(hit, transcript_id=id_)
            if (id_ := ids.get(hit.transcript_id))
            else dataclasses.replace(hit, server=origin)
            for hit in found.hits
        )
        return dataclasses.replace(found, hits=hits)

    async def transcripts(self, request: ListTranscripts) -> TranscriptList:
        """Return a page of the server's library, newest first, with the server's own ids."""
        _, api = self.library()
        return await api.transcripts(request.before, request.limit)

    async def copy(self, server_id: str) -> str:
        """Copy a transcript into this library unless it is here; return its id here."""
        base, api = self.library()
        known = self._ids_here(base).get(server_id)
        if known:
            return known
        found = await api.transcript(server_id)
        options = TranscribeOptions(model=found.model, task=found.task, where="server")
        server = ServerJob(base, id=found.id, revision=found.revision)
        made = finished_transcript(found, options, server)
        return await import_transcript(self._repository, self._documents, made)

    def library(self) -> tuple[str, EarwitnessClient]:
        """Return base address and client of the server whose library can be searched and read.

        Raises:
            BadRequestError: there is none, or the user has not agreed to talk to it.
        """
        view = server_view(self._repository)
        open_ = view is not None and (view.allowed or self._repository.settings.search_server)
        if view is None or not open_ or view.kind != "earwitness":
            raise BadRequestError(
                "There is no server to search.",
                hint="Choose an Earwitness server in the settings first.",
            )
        base = server_address(self._repository).base
        return base, EarwitnessClient(self._http, base, self._repository.settings.server_key)

    def _ids_here(self, base: str) -> dict[str, str]:
        """Return the ids of this library by those of that server."""
        jobs = self._repository.jobs()
        return {job.server.id: job.transcript_id for job in jobs if job.server.base == base}
