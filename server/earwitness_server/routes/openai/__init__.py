"""OpenAI's transcription API, so that the clients people already have work here unchanged."""
