"""What surrounds every request: protocol, guards, headers, the request log and the page's files."""

API = ("/api/", "/v1/")
"""Every address of the API begins with one of these; other addresses belong to the page."""
SHARE_TARGET = "/share-target"
"""Systems post shared files here, for the service worker. Without one the answer is the page, which
asks to share again. A request changes nothing here, so no guard refuses it."""
