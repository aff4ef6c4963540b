"""Pictures of numbers: what the curve and result panels draw with."""
