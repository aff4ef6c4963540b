"""The panels around the canvas, one file each; they are found by being here."""
