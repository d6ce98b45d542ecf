"""Jobs that survive: DBOS workflows, a checkpoint a batch, taken over when a worker is gone."""
