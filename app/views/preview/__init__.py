"""Documents before they leave: who is it for, then the pages as they will be, then print or save. From memory only."""
