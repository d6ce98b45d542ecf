"""The library in one file: a zip of JSON and audio, written in pieces, read with suspicion.

    earwitness.json            what this is: kind, version, when, the ids, jobs that are not done
    transcripts/<id>.json      record, document and windows of one recording
    audio/<id>                 its audio as it was given, stored uncompressed

`manifest` names what is in it, `write` makes it, `read` checks it, `service` moves recordings
between it and the library.
"""
