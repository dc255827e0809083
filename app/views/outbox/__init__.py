"""What became of one's own work, record by record: only here, on its way, received, refused."""
