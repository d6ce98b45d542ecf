"""What surrounds every request: protocol, guards, headers, the request log and the page's files."""

API = ("/api/", "/v1/")
"""Every address of the API begins with one of these; other addresses belong to the page."""
