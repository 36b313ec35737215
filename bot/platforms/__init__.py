"""One module or package a platform: translate in, render out, nothing else."""
