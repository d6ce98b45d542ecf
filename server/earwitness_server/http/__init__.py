"""What surrounds every request: protocol, guards, headers, the request log and the page's files."""
