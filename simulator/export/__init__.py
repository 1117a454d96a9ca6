"""What leaves the program: numbers, tables, and the race inside a picture."""
