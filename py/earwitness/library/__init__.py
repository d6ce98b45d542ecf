"""The page's library: what is kept of each transcript, the queue of jobs, tags, bin, backup.

May import: `earwitness.domain`, `.search`, `.remote`, the shared modules, the standard library.
Never put here: IndexedDB, HTTP, inference. Storage is a Protocol, given from outside.

The page's library worker runs one `service.LibraryService`:

    service = LibraryService(
        # The Protocols of `store` and `ports`:
        store=…, audio_store=…, backups=…, engines=…, host=…, clock=…,
        http=…,      # remote.http.HttpClient: the network, for a server
        emit=…,      # ports.Emit: an event to every page
        export=…,    # ports.Exporter: formats.export
        read=…,      # ports.TranscriptReader: formats.read
        new_id=…,    # () -> str, a fresh transcript id
    )
    await service.boot()                                # emits BootChanged library, then ready
    reply = await service.handle(request, attachments)  # many at once; raises EarwitnessError
    await service.on_engine_event(event)                # in the order the engine sent them
    await service.settle()                              # waits for what runs behind (for tests)
"""
