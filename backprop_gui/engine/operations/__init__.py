"""One training step on one example, scalar operation by scalar operation, each with its equation."""
