"""Many runs at once, and what is read off them. Each study stands on a Crowd, and its numbers are those of races."""
