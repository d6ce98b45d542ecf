"""Clients of transcription servers: Earwitness, and every server with OpenAI's API.

Lives here: requests, responses, addresses, and what a server's refusal means.
May import: the shared modules of `earwitness`, `earwitness.domain`, the standard library.
Never put here: the network itself. `HttpClient` is a Protocol, given from outside.
"""
