"""Forms that belong to no case: begun, gone on with, corrected, printed and put away."""
