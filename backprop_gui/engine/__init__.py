"""How it learns: activations, losses, the compiled plan, the passes, optimisers and the trainer. No Qt."""

from __future__ import annotations
