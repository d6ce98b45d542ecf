"""The library: records, jobs, search, tags, backup.

Lives here: what is kept of each transcript, in which order jobs run, how words are found again.
May import: `earwitness.transcript`, `.messages`, `.engine_messages`, `.plain`, `.errors`, stdlib.
Never put here: IndexedDB, HTTP, inference. Storage is a Protocol, given from outside.

The page's library worker runs one `service.LibraryService`:

    service = LibraryService(
        # The Protocols of `store` and `platform`:
        store=…, shelf=…, backups=…, engines=…, host=…, clock=…,
        wire=…,      # remote.wire.Wire: the network, for a server
        emit=…,      # platform.Emit: an event to every page
        export=…,    # platform.Exporter: formats.export
        new_id=…,    # () -> str, a fresh transcript id
    )
    await service.boot()                                # emits BootChanged library, then ready
    reply = await service.handle(request, attachments)  # many at once; raises EarwitnessError
    await service.on_engine_event(event)                # in the order the engine sent them
    await service.settle()                              # waits for what runs behind (for tests)

The server shares `library.search` (an index on SQLite, in memory or in a file) and `formats`.
"""
