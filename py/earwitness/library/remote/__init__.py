"""Work done by a server, and found there. The words land in this library all the same.

What is sent, when, and what an answer means is decided here; how bytes reach the network is a
`Wire`, given from outside. Imports `earwitness.library` and the shared modules, nothing else.
"""
