"""What people do with the mouse in the picture: a gesture holds its own state, draws a ghost, and ends in one edit."""
