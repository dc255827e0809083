"""Today: what one person has to do now, and what waits to be sent."""
