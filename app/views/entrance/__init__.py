"""The way in: first start, unlocking, a new vault, enrolment. Nothing here needs the database layer."""
