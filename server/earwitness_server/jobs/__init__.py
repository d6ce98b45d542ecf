"""Durable jobs: DBOS workflows with a checkpoint a batch, recovered when a worker is gone."""
