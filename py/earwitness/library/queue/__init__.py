"""Where and when a job runs: on this device or on a server, and in which order."""
