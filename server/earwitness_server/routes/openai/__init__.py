"""OpenAI's transcription API, so that its clients work here unchanged."""
