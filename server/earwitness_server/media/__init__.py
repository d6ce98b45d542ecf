"""Decoding, in a process of its own that can neither harm nor outlive the server."""
