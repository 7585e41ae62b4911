"""How Alembic runs the migrations: on the connection, and in the transaction, that it is given."""

from alembic import context

from vestnik.gateway.stores.sqlite.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
