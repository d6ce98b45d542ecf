"""Recordings and transcripts that come into the library."""
