"""Clients of transcription servers: ours, and any that speaks the OpenAI API."""
