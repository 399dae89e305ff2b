"""One file for each thing that a user asks for. Rooms meet here and nowhere else."""
