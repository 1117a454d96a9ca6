"""What the command line does, one module a command. Read by `simulator.cli` when the command is given."""
