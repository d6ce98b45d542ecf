"""Files of several transcripts, and files of sound."""
