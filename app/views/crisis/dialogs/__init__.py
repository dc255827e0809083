"""What people fill in about a case, one form a file."""
