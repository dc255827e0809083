"""The windows of Project Lifesaver."""
