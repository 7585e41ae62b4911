"""The reference page of the REST API."""
