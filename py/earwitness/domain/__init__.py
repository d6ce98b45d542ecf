"""What page and server share of a recording: records, documents, jobs. Pure: no I/O."""
