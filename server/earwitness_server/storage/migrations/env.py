"""Alembic's door: migrations run on the connection that `Database.migrate` opened."""

from alembic import context
from earwitness_server.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
