"""Changes of texts that the user asks for, and the documents that they are made in."""
