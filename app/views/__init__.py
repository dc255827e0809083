"""What people see: the shell, the pages of each programme, and the common widgets that they are built from."""
