"""What scripts/generate_core.py knows about the core; no one edits these modules."""
